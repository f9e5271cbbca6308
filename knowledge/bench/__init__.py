"""Measures search: how fast it is among many passages, and how well it answers questions."""
