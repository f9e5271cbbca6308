"""What a customer's words mean to a field: pure functions, from words to values."""
