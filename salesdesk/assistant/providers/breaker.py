"""A circuit breaker for each provider, shared by all processes through Redis.

After ``FAILURES`` failures within ``WINDOW_S`` seconds nothing is asked of the provider for
``OPEN_S`` seconds; then one request is let through, and its success closes the circuit again.
"""

import asyncio
from dataclasses import dataclass
from enum import StrEnum
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from django.conf import settings

FAILURES = 5
WINDOW_S = 60
OPEN_S = 30
TRIAL_S = 15
REMEMBERED_S = 24 * 3600
PREFIX = "salesdesk:breaker:"

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, redis.asyncio.Redis] = WeakKeyDictionary()


class Circuit(StrEnum):
    CLOSED = "closed"
    HALF_OPEN = "half open"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Health:
    """A provider's circuit, the failures that count at present, and what went wrong last."""

    provider: str
    circuit: Circuit
    failures: int
    last_error: str


class Breaker:
    """One provider's circuit."""

    def __init__(self, provider: str) -> None:
        self.provider = provider
        self._failures, self._open, self._tripped, self._trial, self._error = (
            f"{PREFIX}{provider}:{name}"
            for name in ("failures", "open", "tripped", "trial", "error")
        )

    async def allows(self) -> bool:
        """Whether a request may be sent now; of those that wait for a trial only one may."""
        client = _client()
        is_open, was_tripped = await client.mget(self._open, self._tripped)
        if is_open:
            return False
        if not was_tripped:
            return True
        return bool(await client.set(self._trial, 1, nx=True, ex=TRIAL_S))

    async def succeeded(self) -> None:
        await _client().delete(self._failures, self._open, self._tripped, self._trial)

    async def failed(self, error: str) -> None:
        async with _client().pipeline(transaction=True) as pipe:
            pipe.set(self._failures, 0, nx=True, ex=WINDOW_S)
            pipe.incr(self._failures)
            pipe.set(self._error, error[:300], ex=REMEMBERED_S)
            pipe.exists(self._tripped)
            _, failures, _, was_tripped = await pipe.execute()
        if failures >= FAILURES or was_tripped:
            await self._open_it()

    async def _open_it(self) -> None:
        async with _client().pipeline(transaction=True) as pipe:
            pipe.set(self._open, 1, ex=OPEN_S)
            pipe.set(self._tripped, 1, ex=REMEMBERED_S)
            pipe.delete(self._trial)
            await pipe.execute()

    def health(self) -> Health:
        """For a page: read without an event loop."""
        with redis.Redis.from_url(settings.REDIS_URL, decode_responses=True) as client:
            is_open, tripped, failures, error = client.mget(
                self._open, self._tripped, self._failures, self._error
            )
        circuit = Circuit.OPEN if is_open else Circuit.HALF_OPEN if tripped else Circuit.CLOSED
        return Health(self.provider, circuit, int(failures or 0), error or "")


def _client() -> redis.asyncio.Redis:
    """This event loop's connections to Redis."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = redis.asyncio.Redis.from_url(settings.REDIS_URL, decode_responses=True)
    return _clients[loop]
