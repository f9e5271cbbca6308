"""The agent that needs no model: rules over the conversation, and the tools they ask for."""
