"""An authenticator app: time-based one-time passwords as in RFC 6238."""

import base64
import hashlib
import hmac
import time

STEP_SECONDS = 30
DIGITS = 6


def app_code(secret: str) -> str:
    """The code that the app shows now for a base32 ``secret``."""
    counter = (int(time.time()) // STEP_SECONDS).to_bytes(8)
    digest = hmac.digest(base64.b32decode(secret), counter, hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"
