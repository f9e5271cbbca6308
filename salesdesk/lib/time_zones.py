"""The time zones that there are."""

import zoneinfo
from functools import cache


@cache
def time_zone_names() -> frozenset[str]:
    """Those of the IANA database, like ``America/New_York``. Python itself looks through the disk
    for them each time."""
    return frozenset(zoneinfo.available_timezones())
