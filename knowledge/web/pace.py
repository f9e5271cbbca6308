"""Keeps requests to one host apart, over all workers."""

import math
from dataclasses import dataclass, field

from django.conf import settings
from redis import Redis


def _redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL)


@dataclass(slots=True)
class Pace:
    """One request to a host at a time, then a pause. Shared through Redis.

    ``seconds`` is the pause at least, also where a site asks for none.
    """

    seconds: float = field(default_factory=lambda: float(settings.WEB_SECONDS_BETWEEN_REQUESTS))
    prefix: str = "web.pace"
    redis: Redis = field(default_factory=_redis)

    def take(self, host: str, delay_seconds: float = 0.0) -> float:
        """Seconds still to wait before ``host`` may be asked; at 0 the turn has been taken."""
        pause = math.ceil(max(self.seconds, delay_seconds, 0.001) * 1000)
        if self.redis.set(self._key(host), 1, nx=True, px=pause):
            return 0.0
        left = self.redis.pttl(self._key(host))
        return max(int(left), 1) / 1000

    def rest(self, host: str, seconds: float) -> None:
        """Leave the host alone for so long, as it has asked."""
        self.redis.set(self._key(host), 1, px=math.ceil(seconds * 1000))

    def _key(self, host: str) -> str:
        return f"{self.prefix}:{host}"
