"""The assistant for programs: a message in, an answer out, and the conversations so far."""
