"""Whose models think: made from their names, watched, and replaced when they fail."""
