"""Mailboxes that are watched, and how messages become leads."""
