"""Slack: what its messages look like, and what their buttons do."""
