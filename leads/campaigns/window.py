"""When a lead of a campaign may be called. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from leads.cadences.timing import Opening, next_allowed


def next_call(
    now: datetime, hours: Mapping[str, Sequence[str]], zones: Iterable[ZoneInfo]
) -> datetime | None:
    """``now`` if it is within the hours by the clock of each zone, else when it is next.

    Nothing where it never is, as with hours so short that two zones have none in common.
    """
    return next_allowed(now, [Opening(zone, hours) for zone in zones])
