"""The pages of appointments and calendars, those for customers, and the feeds."""
