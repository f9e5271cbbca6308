"""The day and time that a caller asks for, kept from turn to turn until it is booked."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from leads.visits.wanted import NOTHING, Wanted
from leads.when import read_when
from salesdesk.assistant.offline.turn import Turn

_CORRECTING = re.compile(
    r"^\W*(?:(?:no|wait|sorry|oh|actually|i mean|i meant|i said|make (?:that|it))\b\W*)+"
    r"|\W+(?:i meant|i mean|i said|actually|sorry|please|instead)\b\W*$",
    re.I,
)


def wish_in(turn: Turn) -> Wanted:
    """What the caller's words say of day and time; nothing where the time now is unknown."""
    if turn.now is None:
        return NOTHING
    return read_when(_CORRECTING.sub("", turn.text), turn.now)


def wish_new(turn: Turn, start: str) -> Wanted:
    """The new time for an appointment at ``start`` (ISO): what is said after “to” counts.

    “Move my Tuesday appointment to Friday” is a wish for Friday; where only the present time is
    named, nothing is wished yet.
    """
    if shifted := _shifted(turn.text, start):
        return shifted
    _, to, target = turn.text.rpartition(" to ")
    named = [wish_in(turn.with_text(target))] if to else []
    new = (wish for wish in (*named, wish_in(turn)) if wish and not fits(wish, start))
    wish = next(new, NOTHING)
    return completed(wish, on_day(start[:10])) if wish and not has_day(wish) else wish


_SHIFT = re.compile(
    r"\b(an|one|two|three|half an|\d) hours? (later|earlier)\b|\b(\d+|thirty) minutes (later"
    r"|earlier)\b",
    re.I,
)
_HOURS = {"an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "half an": 0.5}


def _shifted(text: str, start: str) -> Wanted | None:
    """“An hour later”: so much after (or before) the time at which it is now."""
    found = _SHIFT.search(text)
    if found is None:
        return None
    count, way, minutes, minutes_way = found.groups()
    hours = _HOURS.get((count or "").lower()) or (float(count) if count else 0.5)
    if minutes and minutes.isdigit():
        hours = int(minutes) / 60
    sign = 1 if (way or minutes_way).lower() == "later" else -1
    moment = datetime.fromisoformat(start) + sign * timedelta(hours=hours)
    day = moment.date()
    return Wanted(earliest=day, latest=day, around=moment.time().replace(second=0))


def on_day(day: str) -> Wanted:
    """Any time on this day (ISO)."""
    return from_json({"earliest": day, "latest": day})


def has_day(wish: Wanted) -> bool:
    return wish.earliest is not None or wish.latest is not None


def has_time(wish: Wanted) -> bool:
    times = (wish.around, wish.not_before, wish.not_after)
    return bool(wish.part_of_day) or any(each is not None for each in times)


def completed(wish: Wanted, before: Wanted) -> Wanted:
    """The wish; the day, or the time, that it leaves open is that of the one before."""
    if has_day(wish) and not has_time(wish):
        return replace(before, earliest=wish.earliest, latest=wish.latest)
    if has_time(wish) and not has_day(wish):
        return replace(wish, earliest=before.earliest, latest=before.latest)
    return wish


def arguments_of(wish: Wanted) -> dict[str, Any]:
    """As the tool ``find_slots`` takes it; what is empty is left out."""
    return {name: value for name, value in as_json(wish).items() if value}


def as_json(wish: Wanted) -> dict[str, Any]:
    return {
        "earliest": wish.earliest.isoformat() if wish.earliest else None,
        "latest": wish.latest.isoformat() if wish.latest else None,
        "around": wish.around.strftime("%H:%M") if wish.around else None,
        "part_of_day": wish.part_of_day,
        "not_before": wish.not_before.strftime("%H:%M") if wish.not_before else None,
        "not_after": wish.not_after.strftime("%H:%M") if wish.not_after else None,
    }


def from_json(stored: Mapping[str, Any] | None) -> Wanted:
    if not stored:
        return NOTHING
    return Wanted(
        earliest=_day(stored.get("earliest")),
        latest=_day(stored.get("latest")),
        around=_time(stored.get("around")),
        part_of_day=stored.get("part_of_day", ""),
        not_before=_time(stored.get("not_before")),
        not_after=_time(stored.get("not_after")),
    )


def fits(wish: Wanted, start: str) -> bool:
    """Whether an offered time (ISO, local) is one that the wish names."""
    moment = datetime.fromisoformat(start)
    day, clock = moment.date(), moment.time().replace(tzinfo=None)
    if (wish.earliest and day < wish.earliest) or (wish.latest and day > wish.latest):
        return False
    if wish.is_one_time and wish.around is not None:
        return _is_near(clock, wish.around)
    return wish.allows(clock)


def _is_near(clock: time, around: time) -> bool:
    """The same time by the twelve-hour clock; who says “three” of three offered means that one."""
    return (clock.hour % 12, clock.minute) == (around.hour % 12, around.minute)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None
