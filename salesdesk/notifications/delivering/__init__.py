"""From a notice to what is sent: to whom over which channel, when, and how often it is tried."""
