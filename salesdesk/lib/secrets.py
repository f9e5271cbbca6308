"""Secrets at rest: encrypted with a key derived from SECRET_KEY (Fernet: AES-128-CBC and HMAC).

`SECRET_KEY_FALLBACKS` still decrypt, so that the key can be changed without losing anything.
"""

import base64
import hashlib
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from salesdesk.lib.errors import NotConfigured


def encrypt(text: str) -> str:
    return _cipher().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Raises :class:`NotConfigured` for what another key has encrypted."""
    try:
        return _cipher().decrypt(token.encode()).decode()
    except InvalidToken:
        raise NotConfigured(
            "A stored secret cannot be read: SECRET_KEY is not the one it was stored with."
        ) from None


def _cipher() -> MultiFernet:
    return MultiFernet(_keys((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)))


def _keys(secrets: Iterable[str]) -> list[Fernet]:
    digests = (hashlib.sha256(b"salesdesk secrets\0" + each.encode()).digest() for each in secrets)
    return [Fernet(base64.urlsafe_b64encode(digest)) for digest in digests]
