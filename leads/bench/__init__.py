"""Figures of what has to be fast."""
