"""How often something may be done from one place: counted in the cache, by the minute."""

import hashlib

from django.core.cache import cache

from salesdesk.lib.errors import TooMany

TOO_OFTEN = "Too many requests. Wait a moment, then try again."


def count_use(action: str, who: str, *, most: int, seconds: int = 60) -> None:
    """Count one more ``action`` by ``who``; raises ``TooMany`` beyond ``most`` in ``seconds``.

    The time begins with the first use. ``who`` may be secret or personal: only its digest is kept.
    """
    name = hashlib.sha256(who.encode()).hexdigest()[:32]
    key = f"rate:{action}:{name}"
    cache.add(key, 0, seconds)
    try:
        used = cache.incr(key)
    except ValueError:  # its time ended just now
        return
    if used > most:
        raise TooMany(TOO_OFTEN, retry_after=seconds)
