"""What `bin/demo` shows of leads: everything is loaded once, through the services."""
