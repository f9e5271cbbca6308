"""Forms of the pages about what comes in."""
