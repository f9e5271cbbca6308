"""Attempts to reach a lead: when, how, and what comes after what."""
