"""What is written to leads and what they write back: the one door for both."""
