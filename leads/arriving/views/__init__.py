"""The pages about what comes in."""
