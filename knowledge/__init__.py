"""What the agent may say: documents, their passages, and the search for them."""
