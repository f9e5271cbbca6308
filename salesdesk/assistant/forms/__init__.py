"""Forms of the assistant's pages."""
