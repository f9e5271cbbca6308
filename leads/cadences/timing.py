"""The next moment at which a lead may be disturbed. Pure: no database, no clock.

Hours are told by local clocks and compared as moments. As RFC 5545 (3.3.5) has it, a time that
clocks skip in spring means the moment that many minutes later, and one that they show twice in
autumn the first of the two.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BY_DAY = dict.fromkeys(WEEKDAYS, ("08:00", "21:00"))
"""When somebody may be called where they live (47 CFR 64.1200(c)(1))."""
LOOKED_AHEAD = timedelta(days=120)
DAY = timedelta(days=1)

Span = tuple[datetime, datetime]
"""From the first moment on and before the second, both in UTC."""


@dataclass(frozen=True, slots=True)
class Opening:
    """When it may be, by one clock: ``hours`` like ``{"mon": ("08:00", "18:00")}``.

    Nothing is open on a day that is left out, and on holidays.
    """

    tz: ZoneInfo
    hours: Mapping[str, Sequence[str]]
    holidays: Container[date] = ()

    def span(self, day: date) -> Span | None:
        """When it is open on this day of the clock; nothing where it is not."""
        hours = self.hours.get(WEEKDAYS[day.weekday()])
        if hours is None or day in self.holidays:
            return None
        opens, closes = (self._moment(day, clock) for clock in hours)
        return (opens, closes) if opens < closes else None

    def next_open(self, moment: datetime) -> datetime | None:
        """``moment`` if it is open then, else when it opens next; nothing where it never does."""
        day = moment.astimezone(self.tz).date() - DAY
        last = day + LOOKED_AHEAD
        while day <= last:
            span = self.span(day)
            if span is not None and moment < span[1]:
                return max(moment, span[0])
            day += DAY
        return None

    def _moment(self, day: date, clock: str) -> datetime:
        return datetime.combine(day, time.fromisoformat(clock), self.tz).astimezone(UTC)


def next_allowed(moment: datetime, openings: Iterable[Opening]) -> datetime | None:
    """The first moment, not before ``moment``, at which all ``openings`` are open; in UTC.

    Nothing where there is none within :data:`LOOKED_AHEAD`.
    """
    asked = list(openings)
    found = moment.astimezone(UTC)
    latest = found + LOOKED_AHEAD
    while found <= latest:
        opens = [opening.next_open(found) for opening in asked]
        known = [each for each in opens if each is not None]
        if len(known) < len(opens):
            return None
        later = max(known, default=found)
        if later == found:
            return found
        found = later
    return None


def planned(
    start: datetime, waits: Iterable[timedelta], openings: Sequence[Opening]
) -> list[datetime | None]:
    """When steps with these waits are taken, if each is over at once and nobody is reached."""
    moments: list[datetime | None] = []
    at: datetime | None = start
    for wait in waits:
        at = next_allowed(at + wait, openings) if at is not None else None
        moments.append(at)
    return moments
