"""The facts that a business wants to know."""
