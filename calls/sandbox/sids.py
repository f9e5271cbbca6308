"""Names and times in Twilio's forms."""

import secrets
from datetime import UTC, datetime


def new_sid(prefix: str) -> str:
    """Two letters and 32 hexadecimal digits, as ``CA…`` for calls."""
    return prefix + secrets.token_hex(16)


def utc_now() -> datetime:
    return datetime.now(UTC)
