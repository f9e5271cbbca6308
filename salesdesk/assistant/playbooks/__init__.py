"""How a business wants its conversations to go."""
