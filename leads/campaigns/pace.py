"""How fast a campaign calls: a token bucket in Redis, which all workers draw from.

The bucket fills at the campaign's calls per second and holds what comes in within
:data:`BURST_SECONDS`, one call at least; so the pace is kept however the calls are spread over
workers and ticks.
"""

import time

import redis
from django.conf import settings

BURST_SECONDS = 4.0
FORGOTTEN_SECONDS = 3600
PREFIX = "salesdesk:pace:"

DRAW = """
local full, rate, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local level = tonumber(redis.call('HGET', KEYS[1], 'level') or full)
local at = tonumber(redis.call('HGET', KEYS[1], 'at') or now)
level = math.min(full, level + math.max(0, now - at) * rate)
local drawn = math.min(tonumber(ARGV[4]), math.floor(level))
redis.call('HSET', KEYS[1], 'level', tostring(level - drawn), 'at', tostring(math.max(at, now)))
redis.call('EXPIRE', KEYS[1], ARGV[5])
return drawn
"""


def draw(name: str, rate: float, wanted: int, *, now: float | None = None) -> int:
    """Of ``wanted`` calls, how many may be placed now, at ``rate`` a second; they then count.

    ``now`` in seconds since 1970. What is drawn and not used is lost, which only makes it slower.
    """
    moment = time.time() if now is None else now
    full = max(1.0, rate * BURST_SECONDS)
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        key = f"{PREFIX}{name}"
        return int(client.eval(DRAW, 1, key, full, rate, moment, wanted, FORGOTTEN_SECONDS))
