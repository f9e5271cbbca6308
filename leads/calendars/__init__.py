"""Where appointments are put: the desk's own calendar, or an outside one besides."""
