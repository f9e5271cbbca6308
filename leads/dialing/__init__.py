"""Dials: who is to be called, when, and what became of it. Placing them is up to the calls app."""
