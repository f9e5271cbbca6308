"""How conversations with leads come out, and what follows from it."""
