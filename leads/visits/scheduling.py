"""When calendars are free, and which free times to offer. Pure: no database, no clock.

Lengths of time are measured in UTC and days told by the local clock, so that the days on which
clocks are changed come out right.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import chain
from zoneinfo import ZoneInfo

from leads.visits.wanted import PARTS_OF_DAY, Wanted
from leads.wording import spoken

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USUAL_HOURS = dict.fromkeys(WEEKDAYS[:5], ("09:00", "17:00"))
"""Kept where neither calendar nor business has hours of its own."""

CLOCKS = tuple(time(hour, minute) for hour in range(24) for minute in (0, 30))
"""The times that are offered; one that is asked for may be any."""
MOST_PROPOSALS = 3
MOST_DAYS_AHEAD = 366
WINDOW_DAYS = 14
"""Looked at when no last day is wanted, and beyond the last day when there is nothing free."""
REASONS_DAYS = 30
"""After the first day that is wanted, reasons are no longer looked for."""

Span = tuple[datetime, datetime]
"""From the first moment on and before the second, both aware."""


class Why(StrEnum):
    """Why a time cannot be had; in this order, the first is the most hopeful."""

    FREE = ""
    TAKEN = "taken"
    TOO_SOON = "too_soon"
    HOLIDAY = "holiday"
    CLOSED = "closed"
    TOO_FAR = "too_far"
    PAST = "past"


MOST_HOPEFUL_FIRST = tuple(Why)


@dataclass(frozen=True, slots=True)
class Diary:
    """What one calendar keeps to, and when it is busy (buffers included).

    ``hours`` are ``{"mon": ("08:00", "18:00"), …}`` by the clock of ``tz``; a day that is left out
    is closed. A visit keeps ``buffer`` free after itself, and is arranged ``notice`` ahead.
    """

    calendar: str
    tz: ZoneInfo
    hours: Mapping[str, Sequence[str]]
    visit: timedelta
    buffer: timedelta = timedelta()
    notice: timedelta = timedelta()
    days_ahead: int = 60
    holidays: Container[date] = ()
    busy: tuple[Span, ...] = ()

    def last_day(self, now: datetime) -> date:
        """The last day on which something can be arranged."""
        ahead = min(self.days_ahead, MOST_DAYS_AHEAD)
        return now.astimezone(self.tz).date() + timedelta(days=ahead)

    def loads(self) -> Counter[date]:
        """How much there is to do on each day."""
        return Counter(begins.astimezone(self.tz).date() for begins, _ in self.busy)


@dataclass(frozen=True, slots=True)
class Slot:
    """A free time. ``start`` and ``end`` are aware and local to the calendar."""

    start: datetime
    end: datetime
    calendar: str

    @property
    def spoken(self) -> str:
        return spoken(self.start)


@dataclass(frozen=True, slots=True)
class Found:
    """Up to three good times. ``exact``: they are at the very time that was asked for.

    ``why`` is empty when they are what was wanted; else it says why that cannot be had, and the
    slots are the nearest instead.
    """

    slots: tuple[Slot, ...]
    exact: bool
    why: Why


# ---------------------------------------------------------------- local time


def at_local(day: date, clock: time, tz: ZoneInfo) -> datetime | None:
    """The moment when clocks in ``tz`` show this; ``None`` where they skip it in spring.

    What they show twice in autumn is the first of the two.
    """
    naive = datetime.combine(day, clock.replace(fold=0))
    local = naive.replace(tzinfo=tz).astimezone(UTC).astimezone(tz)
    return local if local.replace(tzinfo=None) == naive else None


def later(start: datetime, length: timedelta) -> datetime:
    """``start`` and ``length`` of real time, in the zone of ``start``."""
    return (start.astimezone(UTC) + length).astimezone(start.tzinfo)


# ---------------------------------------------------------------- one calendar


def why_not(diary: Diary, start: datetime, now: datetime) -> Why:
    """Why a visit cannot begin at ``start``; ``Why.FREE`` when it can."""
    begins, local = start.astimezone(UTC), start.astimezone(diary.tz)
    if begins <= now:
        return Why.PAST
    if begins < now + diary.notice:
        return Why.TOO_SOON
    if local.date() > diary.last_day(now):
        return Why.TOO_FAR
    if local.date() in diary.holidays:
        return Why.HOLIDAY
    if not _is_open(diary, local):
        return Why.CLOSED
    return Why.TAKEN if _is_taken(diary, diary.busy, begins) else Why.FREE


def blocked_by(diary: Diary, start: datetime) -> Span:
    """What a visit at ``start`` takes up of the calendar, in UTC."""
    begins = start.astimezone(UTC)
    return begins, begins + diary.visit + diary.buffer


def free_slots(diary: Diary, first: date, last: date, now: datetime) -> Iterator[Slot]:
    """The free times that can be offered from ``first`` to ``last`` (included), in order."""
    today = now.astimezone(diary.tz).date()
    day, last = max(first, today), min(last, diary.last_day(now))
    while day <= last:
        yield from _free_on(diary, day, now)
        day += timedelta(days=1)


def _free_on(diary: Diary, day: date, now: datetime) -> Iterator[Slot]:
    opening = _opening(diary, day)
    if opening is None or day in diary.holidays:
        return
    earliest = now + diary.notice
    busy = _near(diary.busy, opening)
    for start in _grid(day, diary):
        in_time = now < start >= earliest and _is_within(diary, start, opening)
        if in_time and not _is_taken(diary, busy, start.astimezone(UTC)):
            yield slot_at(diary, start)


def slot_at(diary: Diary, start: datetime) -> Slot:
    local = start.astimezone(diary.tz)
    return Slot(local, later(local, diary.visit), diary.calendar)


def _grid(day: date, diary: Diary) -> Iterator[datetime]:
    opens, closes = _clocks(diary, day)
    for clock in CLOCKS:
        start = at_local(day, clock, diary.tz) if opens <= clock < closes else None
        if start is not None:
            yield start


def _opening(diary: Diary, day: date) -> Span | None:
    """When the calendar opens and closes on that day, in UTC."""
    if WEEKDAYS[day.weekday()] not in diary.hours:
        return None
    opens, closes = (
        datetime.combine(day, clock, diary.tz).astimezone(UTC) for clock in _clocks(diary, day)
    )
    return opens, closes


def _clocks(diary: Diary, day: date) -> tuple[time, time]:
    opens, closes = diary.hours[WEEKDAYS[day.weekday()]]
    return time.fromisoformat(opens), time.fromisoformat(closes)


def _is_open(diary: Diary, local: datetime) -> bool:
    opening = _opening(diary, local.date())
    return opening is not None and _is_within(diary, local, opening)


def _is_within(diary: Diary, start: datetime, opening: Span) -> bool:
    begins = start.astimezone(UTC)
    return opening[0] <= begins and begins + diary.visit <= opening[1]


def _is_taken(diary: Diary, busy: Iterable[Span], start: datetime) -> bool:
    begins, ends = blocked_by(diary, start)
    return any(begins < until and since < ends for since, until in busy)


def _near(busy: Iterable[Span], opening: Span) -> tuple[Span, ...]:
    """What may matter to a visit that begins in ``opening``: its own buffer reaches beyond."""
    end = opening[1] + timedelta(days=1)
    return tuple(span for span in busy if span[0] < end and opening[0] < span[1])


# ---------------------------------------------------------------- several calendars


def find(diaries: Sequence[Diary], wanted: Wanted, now: datetime) -> Found:
    """Good times for a wish, of whichever calendar is free; the least busy one where several are.

    There must be at least one diary, and all must be in one time zone.
    """
    window = _window(diaries, wanted, now)
    if wanted.is_one_time:
        at_that_time = _at_the_time(diaries, wanted, window, now)
        if at_that_time:
            return Found(spread(at_that_time, wanted, window), True, Why.FREE)
    else:
        fitting = [
            slot for slot in all_free(diaries, window, now) if wanted.allows(slot.start.time())
        ]
        if fitting:
            return Found(spread(fitting, wanted, window), False, Why.FREE)
    nearest = spread(_around(diaries, window, now), wanted, window)
    return Found(nearest, False, why_none(diaries, wanted, window, now))


def why_at(diaries: Sequence[Diary], start: datetime, now: datetime) -> Why:
    """Why no calendar can be had at ``start``; ``Why.FREE`` when one can."""
    return _most_hopeful(why_not(diary, start, now) for diary in diaries)


def why_none(
    diaries: Sequence[Diary], wanted: Wanted, window: tuple[date, date], now: datetime
) -> Why:
    """The most hopeful of the reasons why nothing that is wanted is free."""
    first, last = window
    tz = diaries[0].tz
    days = _days(first, min(last, first + timedelta(days=REASONS_DAYS)))
    clocks = _clocks_wanted(wanted)
    starts = (at_local(day, clock, tz) for day in days for clock in clocks)
    return _most_hopeful(why_at(diaries, start, now) for start in starts if start)


def _most_hopeful(reasons: Iterable[Why]) -> Why:
    return min(reasons, key=MOST_HOPEFUL_FIRST.index, default=Why.CLOSED)


def _clocks_wanted(wanted: Wanted) -> list[time]:
    if wanted.around is not None and wanted.is_one_time:
        return [wanted.around]
    return [clock for clock in CLOCKS if wanted.allows(clock)]


def _window(diaries: Sequence[Diary], wanted: Wanted, now: datetime) -> tuple[date, date]:
    """The first and the last day that are meant."""
    today = now.astimezone(diaries[0].tz).date()
    first = wanted.earliest or min(today, wanted.latest or today)
    last = wanted.latest or first + timedelta(days=WINDOW_DAYS - 1)
    return first, max(first, min(last, first + timedelta(days=MOST_DAYS_AHEAD)))


def _at_the_time(
    diaries: Sequence[Diary], wanted: Wanted, window: tuple[date, date], now: datetime
) -> list[Slot]:
    assert wanted.around is not None
    starts = [at_local(day, wanted.around, diaries[0].tz) for day in _days(*window)]
    free = (
        slot_at(diary, start)
        for start in starts
        if start
        for diary in diaries
        if why_not(diary, start, now) is Why.FREE
    )
    return _one_calendar_each(diaries, free)


def all_free(diaries: Sequence[Diary], window: tuple[date, date], now: datetime) -> list[Slot]:
    """The free times of the days from the first to the last, each in one calendar; in order."""
    free = chain.from_iterable(free_slots(diary, *window, now) for diary in diaries)
    return _one_calendar_each(diaries, free)


def _around(diaries: Sequence[Diary], window: tuple[date, date], now: datetime) -> list[Slot]:
    """Free times near the window; where there are none, all that there are."""
    first, last = window
    horizon = max(diary.last_day(now) for diary in diaries)
    first = min(first - timedelta(days=3), horizon - timedelta(days=WINDOW_DAYS))
    last = max(last, now.date()) + timedelta(days=WINDOW_DAYS)
    return all_free(diaries, (first, last), now) or all_free(diaries, (first, horizon), now)


def _one_calendar_each(diaries: Sequence[Diary], slots: Iterable[Slot]) -> list[Slot]:
    """One slot for each start, of the calendar with the least to do on that day; in order."""
    ranks = {diary.calendar: (diary.loads(), rank) for rank, diary in enumerate(diaries)}

    def burden(slot: Slot) -> tuple[int, int]:
        loads, rank = ranks[slot.calendar]
        return loads[slot.start.date()], rank

    by_start: dict[datetime, Slot] = {}
    for slot in slots:
        begins = slot.start.astimezone(UTC)
        known = by_start.get(begins)
        if known is None or burden(slot) < burden(known):
            by_start[begins] = slot
    return [by_start[begins] for begins in sorted(by_start)]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=number) for number in range((last - first).days + 1))


# ---------------------------------------------------------------- which to offer

DAY_BEFORE, DAY_AFTER, DAY_LATER = 180, 120, 10
SAME_DAY = 60


def spread(slots: Sequence[Slot], wanted: Wanted, window: tuple[date, date]) -> tuple[Slot, ...]:
    """At most three of ``slots``: near to what is wanted, not all at once; in order of time.

    One day and one time that are free need no alternatives.
    """
    most = 1 if wanted.is_one_day and wanted.is_one_time and _is_there(slots, wanted) else 3
    chosen: list[Slot] = []
    costs = {slot: distance(slot, wanted, window) for slot in slots}
    while costs and len(chosen) < min(most, MOST_PROPOSALS):
        best = min(
            costs, key=lambda slot: (costs[slot] + _crowding(slot, chosen, wanted), slot.start)
        )
        chosen.append(best)
        del costs[best]
    return tuple(sorted(chosen, key=lambda slot: slot.start.astimezone(UTC)))


def distance(slot: Slot, wanted: Wanted, window: tuple[date, date]) -> float:
    """How far a slot is from what is wanted, in minutes.

    A day before the window counts as three hours, a day after it as two; a later day in it as
    ten minutes.
    """
    first, last = window
    day = slot.start.date()
    days_off = DAY_BEFORE * max(0, (first - day).days) + DAY_AFTER * max(0, (day - last).days)
    return days_off + DAY_LATER * max(0, (day - first).days) + _clock_distance(slot, wanted)


def _clock_distance(slot: Slot, wanted: Wanted) -> float:
    minute = _minute(slot.start.time())
    if wanted.around is not None:
        return abs(minute - _minute(wanted.around))
    if wanted.allows(slot.start.time()):
        return 0
    begins, ends = PARTS_OF_DAY.get(wanted.part_of_day, (time.min, time.max))
    begins = max(begins, wanted.not_before or time.min)
    ends = min(ends, wanted.not_after or time.max)
    return min(abs(minute - _minute(begins)), abs(minute - _minute(ends)))


def _crowding(slot: Slot, chosen: Iterable[Slot], wanted: Wanted) -> float:
    return sum(_nearness(slot, other, wanted) for other in chosen)


def _nearness(slot: Slot, other: Slot, wanted: Wanted) -> float:
    """What it costs to offer both: they should differ in the day, else by hours."""
    apart = abs(_minute(slot.start.time()) - _minute(other.start.time()))
    if slot.start.date() != other.start.date():
        return 0 if wanted.around else _lacking(apart, 120) / 8
    same_day = 0 if wanted.is_one_day else SAME_DAY
    return same_day + _lacking(apart, 120 if wanted.around else 240)


def _lacking(apart: float, wished: float) -> float:
    """What is missing to the wished distance, squared, so that it is shared out evenly."""
    return float(max(0, wished - apart) ** 2 / wished)


def _is_there(slots: Sequence[Slot], wanted: Wanted) -> bool:
    return any(
        slot.start.date() == wanted.earliest and slot.start.time() == wanted.around
        for slot in slots
    )


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute
