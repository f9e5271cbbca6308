"""Quiet hours, by the clock on a person's wall. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def quiet_until(now: datetime, zone: ZoneInfo, begin: time | None, end: time | None) -> datetime:
    """The end (UTC-aware, in ``zone``) of the quiet hours that ``now`` is in; else ``now``.

    ``end`` is reached on the next day when it is not after ``begin``. Without either, or with
    both the same, no hour is quiet. An end that the change to summer time leaves out is the
    moment at which the clock passes it.
    """
    if begin is None or end is None or begin == end:
        return now
    local = now.astimezone(zone)
    if not _is_between(local.time(), begin, end):
        return now
    day = local.date()
    if local.time() >= begin > end:
        day += timedelta(days=1)
    return datetime.combine(day, end, tzinfo=zone)


def _is_between(moment: time, begin: time, end: time) -> bool:
    if begin < end:
        return begin <= moment < end
    return moment >= begin or moment < end
