"""Hearing and speaking on this machine, with no key and no network."""
