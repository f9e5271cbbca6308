"""What an agent is told to be, in versions, filled with what is known by now."""
