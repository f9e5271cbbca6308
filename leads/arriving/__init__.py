"""How leads come in: one way for all of them, and what brings them there."""
