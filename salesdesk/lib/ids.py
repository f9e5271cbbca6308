"""Public ids: what stands in URLs and APIs instead of a database key."""

import secrets

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16


def public_id() -> str:
    """16 characters of Crockford's base 32 (80 random bits): short to read, not to be guessed."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
