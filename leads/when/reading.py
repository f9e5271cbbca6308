"""Days and times of a text put together."""

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from leads.visits.wanted import NOTHING, Wanted
from leads.when.days import MON, WD, Mention, find_days
from leads.when.times import Hours, find_times
from leads.when.words import tidy

USUAL_HOURS = (time(8), time(18))

_ON = r"(?:(?:on|the|this|next) )*$"
_AFTER = re.compile(rf"\b(?:after|later than|past) {_ON}")
_FROM = re.compile(
    rf"\b(?:not before|no earlier than|from|starting|beginning|as of|since|not until) {_ON}"
)
_BEFORE = re.compile(rf"(?<!not )\b(?:before|earlier than) {_ON}")
_UNTIL = re.compile(
    rf"(?<!not )(?<!come )(?<!stop )(?<!drop )(?<!swing )(?<!over )"
    rf"\b(?:by|until|till|no later than|through|thru|up to) {_ON}"
)
"""Until when; but “come by on Thursday” names the day itself."""
_TO = re.compile(rf"(?:\bto|\band|-) {_ON}")
_REFUSED_BEFORE = re.compile(
    rf"\b(?:not|except|other than|instead of|rather than|besides|can't(?: do| make(?: it)?)?"
    rf"|cannot(?: do| make(?: it)?)?|won't do) {_ON}"
)
_REFUSED_AFTER = re.compile(
    r"^[^.;,!?]{0,25}?\b(?:doesn't|does not|won't|will not|isn't|is not|is bad|is no good|is taken"
    r"|is full|is out)\b"
)
_TARGET = re.compile(
    rf"\b(?:move|moved|change|changed|reschedule|switch|push|shift|postpone)\b.*?\bto "
    rf"(?=(?:the |next |this |around |about |at |on |a )*(?:{WD}|{MON}|\d|tomorrow|today|noon|day "
    r"after|week|weekend|morning|afternoon|evening|half|quarter|later))"
)
_IN_HOURS = re.compile(
    r"\bin (?:about )?(?:(?P<half>half an) hour|(?P<count>\d{1,2}|an?|a couple of|a few) "
    r"(?P<unit>hour|minute)s?)\b"
)


def read_when(text: str, now: datetime, hours: Hours = USUAL_HOURS) -> Wanted:
    """The days and times that ``text`` asks for; an empty ``Wanted`` when it asks for none.

    ``now`` is the local time of the business. ``hours`` (when it opens and closes) tell what
    “three” means. What is refused (“Tuesday doesn't work”) is left out, and of “from Tuesday to
    Thursday” the second counts when something is to be moved. A week begins on Monday.
    """
    tidied = tidy(text)
    target = _TARGET.search(tidied)
    if target:
        tidied = tidied[target.end() :]
    soon = _in_hours(tidied, now)
    if soon is not None:
        return soon
    mentions, rest = find_days(tidied, now.date())
    times = find_times(rest, hours)
    first, last = _days_of(_kept(mentions, tidied), tidied, now.date())
    return Wanted(first, last, times.around, times.part_of_day, times.not_before, times.not_after)


def _in_hours(text: str, now: datetime) -> Wanted | None:
    """“in two hours”: today, at the next quarter of an hour."""
    match = _IN_HOURS.search(text)
    if match is None:
        return None
    moment = now.replace(tzinfo=None, second=0, microsecond=0) + _length(match)
    moment += timedelta(minutes=-moment.minute % 15)
    return Wanted(moment.date(), moment.date(), moment.time())


def _length(match: re.Match[str]) -> timedelta:
    if match["half"]:
        return timedelta(minutes=30)
    words = {"a couple of": 2, "a few": 3}
    count = int(match["count"]) if match["count"].isdigit() else words.get(match["count"], 1)
    return timedelta(hours=count) if match["unit"] == "hour" else timedelta(minutes=count)


def _kept(mentions: list[Mention], text: str) -> list[Mention]:
    """What is not refused, weekdays sought in the week that was named beside them."""
    kept = [mention for mention in mentions if not _is_refused(mention, text)]
    weeks = [mention for mention in kept if mention.week is not None]
    dated = {mention.first for mention in kept if mention.weekday is None}
    weekdays = [mention for mention in kept if mention.weekday is not None]
    if weeks and weekdays:
        week = weeks[0].week
        assert week is not None
        return [_in_week(mention, week) for mention in weekdays]
    if any(mention.first in dated for mention in weekdays):
        return [mention for mention in kept if mention.weekday is None]
    return kept


def _in_week(mention: Mention, monday: date) -> Mention:
    assert mention.weekday is not None
    day = monday + timedelta(days=mention.weekday)
    return replace(mention, first=day, last=day)


def _is_refused(mention: Mention, text: str) -> bool:
    before, after = text[: mention.at], text[mention.end :]
    return bool(_REFUSED_BEFORE.search(before) or _REFUSED_AFTER.match(after))


def _days_of(mentions: list[Mention], text: str, today: date) -> tuple[date | None, date | None]:
    """From the first to the last day that is meant."""
    if not mentions:
        return NOTHING.earliest, NOTHING.latest
    ranges = [_bounded(mention, text, today) for mention in mentions]
    first = min(start for start, _ in ranges)
    if len(ranges) > 1 and _is_span(mentions, text):
        first, last = ranges[0][0], ranges[-1][1]
        while last is not None and last < first:
            last += timedelta(days=7)
        return first, last
    ends = [end for _, end in ranges]
    return first, None if None in ends else max(end for end in ends if end is not None)


def _is_span(mentions: list[Mention], text: str) -> bool:
    """“from Monday to Wednesday”, “between Monday and Wednesday”."""
    last = text[: mentions[-1].at]
    return bool(_TO.search(last) or _UNTIL.search(last))


def _bounded(mention: Mention, text: str, today: date) -> tuple[date, date | None]:
    before = text[: mention.at]
    last = mention.last or mention.first
    if _FROM.search(before):
        return mention.first, None
    if _AFTER.search(before):
        return last + timedelta(days=1), None
    if _BEFORE.search(before):
        return today, max(today, mention.first - timedelta(days=1))
    if _UNTIL.search(before):
        return today, last
    return mention.first, mention.last
