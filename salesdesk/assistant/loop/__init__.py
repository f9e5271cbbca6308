"""One turn: from the customer's words to whole sentences, whatever model thinks."""
