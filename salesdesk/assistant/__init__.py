"""The text brain: what an agent says next, whatever carries its words to the caller."""
