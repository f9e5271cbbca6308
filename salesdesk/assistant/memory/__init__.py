"""What an agent knows of a conversation, kept in Postgres."""
