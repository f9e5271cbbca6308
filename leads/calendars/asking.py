"""When the calendars outside are busy: all asked at once, within seconds."""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.cache import cache

from leads.calendars.base import OutsideCalendar
from leads.enums import CalendarProvider
from leads.models import Calendar
from leads.outside.errors import too_slow
from leads.outside.integrations import outside_calendar
from leads.visits.scheduling import MOST_DAYS_AHEAD, Span
from salesdesk.lib.errors import SalesdeskError

PATIENCE_SECONDS = 4.0
"""Somebody waits on the phone."""
KEPT_SECONDS = 20
"""So that booking what was just offered does not ask again."""

_pool = ThreadPoolExecutor(8, thread_name_prefix="calendars")

Asked = dict[Future[list[Span]], tuple[Calendar, OutsideCalendar]]


@dataclass(slots=True)
class Outside:
    """When calendars are busy outside, and why some do not say; by the calendar's key."""

    busy: dict[int, tuple[Span, ...]] = field(default_factory=dict)
    errors: dict[int, SalesdeskError] = field(default_factory=dict)


def busy_outside(calendars: Iterable[Calendar], now: datetime) -> Outside:
    """From ``now`` to each calendar's last day; nothing for those that have none outside.

    What does not answer within :data:`PATIENCE_SECONDS` is an error.
    """
    found, asked = Outside(), Asked()
    for calendar in calendars:
        if calendar.provider != CalendarProvider.INTERNAL:
            _ask(calendar, now, found, asked)
    done, _ = wait(asked, timeout=PATIENCE_SECONDS)
    for future, (calendar, there) in asked.items():
        future.cancel()
        if future in done:
            _take(future, calendar, found)
        else:
            found.errors[calendar.pk] = too_slow(there.name)
    return found


def _ask(calendar: Calendar, now: datetime, found: Outside, asked: Asked) -> None:
    known = cache.get(_key(calendar))
    if known is not None:
        found.busy[calendar.pk] = known
        return
    try:
        there = outside_calendar(calendar)
    except SalesdeskError as error:
        found.errors[calendar.pk] = error
        return
    assert there is not None, "its provider is outside"
    asked[_pool.submit(there.busy, now, _until(calendar, now))] = (calendar, there)


def _take(future: Future[list[Span]], calendar: Calendar, found: Outside) -> None:
    try:
        spans = tuple(future.result())
    except SalesdeskError as error:
        found.errors[calendar.pk] = error
        return
    cache.set(_key(calendar), spans, KEPT_SECONDS)
    found.busy[calendar.pk] = spans


def _until(calendar: Calendar, now: datetime) -> datetime:
    return now + timedelta(days=min(calendar.days_ahead, MOST_DAYS_AHEAD) + 2)


def _key(calendar: Calendar) -> str:
    return f"busy-outside:{calendar.provider}:{calendar.pk}"


def without_ours(busy: Iterable[Span], ours: Sequence[Span]) -> tuple[Span, ...]:
    """``busy`` but for what is ``ours``: the desk knows itself of what it has put there."""
    left = list(busy)
    for span in ours:
        left = [rest for each in left for rest in _cut(each, span)]
    return tuple(left)


def _cut(span: Span, hole: Span) -> Iterator[Span]:
    begins, ends = span
    if ends <= hole[0] or hole[1] <= begins:
        yield span
        return
    if begins < hole[0]:
        yield begins, hole[0]
    if hole[1] < ends:
        yield hole[1], ends
