"""The days that are named in (tidied) words."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
MONTHS = [name.lower() for name in calendar.month_name[1:]]
SHORT_WEEKDAYS = {
    "mon": 0,
    "tue": 1,
    "tues": 1,
    "wed": 2,
    "thu": 3,
    "thur": 3,
    "thurs": 3,
    "fri": 4,
}
"""“sat” and “sun” are words of their own."""

WD = rf"(?:{'|'.join((*WEEKDAYS, *SHORT_WEEKDAYS))})"
MON = rf"(?:{'|'.join((*MONTHS, *(name[:3] for name in MONTHS), 'sept'))})\.?"
ORD = r"(?:st|nd|rd|th)"
FILLED = "·"
"""Stands where words have been understood, so that nothing else is read into them."""

Range = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Mention:
    """Days that are named at a place in the text; ``last`` is none where it is left open.

    ``week`` is the Monday of the week that is meant, where a weekday may be sought in it.
    ``weekday`` is set where nothing but a weekday was said.
    """

    at: int
    end: int
    first: date
    last: date | None
    week: date | None = None
    weekday: int | None = None


Reading = Callable[[re.Match[str], date], Mention | None]


def find_days(text: str, today: date) -> tuple[list[Mention], str]:
    """What is named, in the order of the text, and the text with that filled in."""
    mentions: list[Mention] = []
    for pattern, reading in READINGS:
        for match in list(pattern.finditer(text)):
            mention = _read(reading, match, today)
            text = text[: match.start()] + FILLED * len(match.group()) + text[match.end() :]
            if mention is not None:
                mentions.append(replace(mention, at=match.start(), end=match.end()))
    return sorted(mentions, key=lambda mention: mention.at), text


def _read(reading: Reading, match: re.Match[str], today: date) -> Mention | None:
    """What was said, unless there is no such day."""
    try:
        return reading(match, today)
    except (ValueError, OverflowError):
        return None


def days(first: date, last: date | None) -> Mention:
    return Mention(0, 0, first, last)


# ---------------------------------------------------------------- arithmetic


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def month_of(first: date) -> Range:
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


def next_month(day: date, months: int = 1) -> date:
    """The first of a month after that of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def months_later(day: date, months: int) -> date:
    first = next_month(day, months)
    return first.replace(day=min(day.day, calendar.monthrange(first.year, first.month)[1]))


def coming(today: date, month: int, day: int) -> date:
    """The next such day, which may be today. Raises ``ValueError`` where there is none."""
    for year in range(today.year, today.year + 9):
        if day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day)
    raise ValueError("There is no such day.")


def _month_number(name: str) -> int:
    return [known[:3] for known in MONTHS].index(name[:3]) + 1


def _weekday_number(name: str) -> int:
    return SHORT_WEEKDAYS[name] if name in SHORT_WEEKDAYS else WEEKDAYS.index(name)


def _count(word: str) -> int:
    """How many “a”, “a couple of” and “a few” are."""
    if word.isdigit():
        return int(word)
    if "couple" in word:
        return 2
    return 3 if "few" in word or "several" in word else 1


# ---------------------------------------------------------------- how each is read


def _iso(match: re.Match[str], today: date) -> Mention:
    day = date(*map(int, match.groups()))
    return days(day, day)


def _numeric(match: re.Match[str], today: date) -> Mention:
    month, day, year = match.groups()
    return _dated(int(month), int(day), year, today)


def _month_day(match: re.Match[str], today: date) -> Mention:
    return _dated(_month_number(match["month"]), int(match["day"]), match["year"], today)


def _dated(month: int, day: int, year: str | None, today: date) -> Mention:
    if year:
        found = date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    else:
        found = coming(today, month, day)
    return days(found, found)


def _week_of(match: re.Match[str], today: date) -> Mention:
    return _whole_week(monday_of(_month_day(match, today).first))


def _whole_week(monday: date) -> Mention:
    return replace(days(monday, monday + timedelta(days=6)), week=monday)


def _day_of_month(match: re.Match[str], today: date) -> Mention:
    wanted = int(match["day"])
    for ahead in range(4):
        first, last = month_of(next_month(today, ahead))
        assert last is not None
        if wanted <= last.day and first.replace(day=wanted) >= today:
            found = first.replace(day=wanted)
            return days(found, found)
    raise ValueError("There is no such day.")


def _day_of_next_month(match: re.Match[str], today: date) -> Mention:
    found = next_month(today).replace(day=int(match["day"]))
    return days(found, found)


def _nth_week(match: re.Match[str], today: date) -> Mention:
    first, last = month_of(_named_month(match["month"], today))
    assert last is not None
    if match["which"] == "last":
        return days(last - timedelta(days=6), last)
    begins = first + timedelta(days=7 * (int(match["which"][0]) - 1))
    return days(begins, min(last, begins + timedelta(days=6)))


def _named_month(name: str, today: date) -> date:
    """The first of this or the next such month."""
    if name in ("next month", "this month", "the month"):
        return next_month(today, 1 if name == "next month" else 0)
    month = _month_number(name)
    return date(today.year + (month < today.month), month, 1)


def _relative(days_ahead: int) -> Reading:
    def read(match: re.Match[str], today: date) -> Mention:
        day = today + timedelta(days=days_ahead)
        return days(day, day)

    return read


def _from_now_on(match: re.Match[str], today: date) -> Mention:
    return days(today, None)


def _in_the_next(match: re.Match[str], today: date) -> Mention:
    length = _count(match["count"] or "1") * {"day": 1, "week": 7, "month": 30}[match["unit"]]
    return days(today, today + timedelta(days=length))


def _ahead(match: re.Match[str], today: date) -> Mention:
    """“in two weeks”, “three days from Monday”; the longer ahead, the less exact it is meant."""
    count, unit = _count(match["count"]), match["unit"]
    base = _base(match.groupdict().get("base") or "today", today)
    if unit == "month":
        day = months_later(base, count)
        return days(day, day + timedelta(days=6))
    day = base + timedelta(days=count * (7 if unit == "week" else 1))
    if match.groupdict().get("base") or (unit == "day" and match["count"].isdigit()):
        return days(day, day)
    slack = 4 if unit == "week" else 2
    return replace(days(day, day + timedelta(days=slack)), week=monday_of(day))


def _base(name: str, today: date) -> date:
    if name in ("today", "now"):
        return today
    if name == "tomorrow":
        return today + timedelta(days=1)
    return _coming_weekday(_weekday_number(name), today)


def _coming_weekday(weekday: int, today: date) -> date:
    """The next such day after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _weekend(match: re.Match[str], today: date) -> Mention:
    saturday = monday_of(today) + timedelta(days=5)
    if match["which"] == "next":
        saturday += timedelta(days=7)
    return days(max(today, saturday), saturday + timedelta(days=1))


def _week(match: re.Match[str], today: date) -> Mention:
    """“next week”, “early next week”, “the end of this week”, “the week after next”."""
    ahead = 14 if match["after"] else 7 if match["which"] in ("next", "coming", "following") else 0
    monday = monday_of(today) + timedelta(days=ahead)
    offset, until = _part_of_week(match["part"])
    first = monday + timedelta(days=offset)
    last = monday + timedelta(days=until)
    return replace(days(max(today, first), max(today, last)), week=monday)


def _part_of_week(part: str | None) -> tuple[int, int]:
    word = (part or "").split(" ")[0]
    parts = {"early": (0, 1), "beginning": (0, 1), "start": (0, 1), "mid": (1, 3), "middle": (1, 3)}
    return parts.get(word, (3, 4) if word in ("late", "end") else (0, 6))


def _month(match: re.Match[str], today: date) -> Mention:
    """“in December”, “early next month”, “the end of January”."""
    first, last = month_of(_named_month(match["month"], today))
    assert last is not None
    word = (match["part"] or "").split(" ")[0]
    if word in ("early", "beginning", "start"):
        last = first.replace(day=10)
    elif word in ("mid", "middle"):
        first, last = first.replace(day=11), first.replace(day=20)
    elif word in ("late", "end"):
        first = first.replace(day=21)
    return days(max(today, first), last)


def _weekday(match: re.Match[str], today: date) -> Mention | None:
    """“Tuesday” is the next one after today, “this Tuesday” may be today; “next Tuesday” is the
    one of next week, which begins on Monday."""
    weekday, which = _weekday_number(match["weekday"]), match["which"] or ""
    if which == "last":
        return None
    day = _coming_weekday(weekday, today)
    if which == "this" and weekday == today.weekday():
        day = today
    if which == "next" or match["after"]:
        day = monday_of(today) + timedelta(days=7 + weekday + (7 if match["after"] else 0))
    found = days(day, day)
    return found if which or match["after"] else replace(found, weekday=weekday)


def _weekday_of_week(match: re.Match[str], today: date) -> Mention:
    ahead = 14 if match["after"] else 7 if match["which"] != "this" else 0
    monday = monday_of(today) + timedelta(days=ahead)
    day = monday + timedelta(days=_weekday_number(match["weekday"]))
    return days(day, day)


# ---------------------------------------------------------------- the patterns, longest first

COUNT = r"(?P<count>\d{1,2}|an?|(?:a )?couple(?: of)?|(?:a )?few|several)"
UNIT = r"(?P<unit>day|week|month)s?"
PART = r"(?:(?P<part>early|late|mid|beginning of|start of|(?:the )?middle of|end of)(?: in)? )?"
NO_DAY = (
    r"(?! ?(?:am\b|pm\b|oclock|:\d|\.\d| (?:1|one|option|slot|choice|time|appointment|half)\b))"
)
BEFORE_DATE = rf"(?:{WD},?(?: on)? (?:the )?)?"
YEAR = r"(?P<year>\d{4})"


def _compiled(*readings: tuple[str, Reading]) -> Iterator[tuple[re.Pattern[str], Reading]]:
    return ((re.compile(pattern), reading) for pattern, reading in readings)


READINGS = tuple(
    _compiled(
        (r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b", _iso),
        (rf"{BEFORE_DATE}\b(\d{{1,2}})/(\d{{1,2}})(?:/(\d{{4}}|\d{{2}}))?\b", _numeric),
        (
            rf"\b(?:the )?week of (?P<month>{MON}) (?:the )?(?P<day>\d{{1,2}}){ORD}?"
            rf"(?:,? {YEAR})?\b",
            _week_of,
        ),
        (
            rf"\b(?P<which>1st|2nd|3rd|4th|last) week (?:of|in) (?P<month>{MON}|next month)",
            _nth_week,
        ),
        (
            rf"(?<!\bi )(?<!we )(?<!you )(?<!it ){BEFORE_DATE}\b(?P<month>{MON}) (?:the )?"
            rf"(?P<day>\d{{1,2}})(?:{ORD}|(?!\d)){NO_DAY}\b(?:,? {YEAR}\b)?",
            _month_day,
        ),
        (
            rf"{BEFORE_DATE}(?:\bthe )?\b(?P<day>\d{{1,2}}){ORD}?(?: of)? (?P<month>{MON})\b"
            rf"(?:,? {YEAR}\b)?",
            _month_day,
        ),
        (rf"\b(?:the )?(?P<day>\d{{1,2}}){ORD}(?: of)? next month\b", _day_of_next_month),
        (rf"{BEFORE_DATE}\bthe (?P<day>\d{{1,2}}){ORD}\b{NO_DAY}(?! week)", _day_of_month),
        (rf"\b{WD},? (?P<day>\d{{1,2}}){ORD}\b", _day_of_month),
        (rf"{BEFORE_DATE}\b(?<=the )(?P<day>\d{{1,2}})(?= at \d)", _day_of_month),
        (r"\b(?:the )?day after tomorrow\b", _relative(2)),
        (rf"\b{COUNT} {UNIT} (?:from|after) (?P<base>today|now|tomorrow|{WD})\b", _ahead),
        (rf"\b(?P<base>{WD}) (?P<count>a|1) (?P<unit>week)\b", _ahead),
        (r"\btomorrow\b", _relative(1)),
        (r"\btoday\b|\bthis (?=morning|afternoon|evening|noon)|\b(?=tonight\b)", _relative(0)),
        (
            r"\b(?:as soon as (?:possible|you can)|asap|right (?:now|away)|immediately"
            r"|(?:the )?(?:soonest|earliest|1st|next) (?:possible|available|free|opening|slot"
            r"|time|appointment)(?: (?:slot|time|appointment|you have))*"
            r"|the (?:soonest|earliest) (?:you (?:have|can)|there is)"
            r"|(?:any ?time|whenever)(?! (?:after|before|between|from|on|in|at|next|this)\b))\b",
            _from_now_on,
        ),
        (rf"\b(?:with)?in the next {COUNT} {UNIT}\b", _in_the_next),
        (
            r"\b(?:with)?in the (?:next|coming) (?P<count>)(?P<unit>day|week|month)s?\b",
            _in_the_next,
        ),
        (rf"\bwithin {COUNT} {UNIT}\b", _in_the_next),
        (rf"\bin (?:about )?{COUNT} {UNIT}(?:' time)?\b", _ahead),
        (
            rf"\b(?P<weekday>{WD})s?,? (?:of |in |the )*(?P<which>next|this|following|coming)"
            r" week\b(?P<after>)",
            _weekday_of_week,
        ),
        (
            rf"\b(?P<weekday>{WD})s?,? (?:of |in )?(?P<which>)(?:the )?week"
            r" (?P<after>after next)\b",
            _weekday_of_week,
        ),
        (r"\b(?:this|the|on|at)? ?(?:(?P<which>this|next|coming) )?weekend\b", _weekend),
        (
            rf"\b(?:the )?{PART}(?:the )?week (?P<after>after next)(?P<which>)\b",
            _week,
        ),
        (
            rf"\b(?:later )?(?:the )?{PART}(?:the )?(?P<which>next|this|coming|following) week\b"
            r"(?P<after>)",
            _week,
        ),
        (
            r"\b(?:the )?(?P<part>end of|middle of|beginning of) the week\b(?P<which>)(?P<after>)",
            _week,
        ),
        (rf"\b(?:the )?{PART}(?:in )?(?P<month>next month|this month)\b", _month),
        (r"\b(?:the )?(?P<part>end of|middle of|beginning of) (?P<month>the month)\b", _month),
        (
            rf"\b(?:the )?(?P<part>early|late|mid|beginning of|start of|middle of|end of)"
            rf"(?: in)? (?P<month>{MON})\b",
            _month,
        ),
        (rf"\b(?:sometime )?in (?P<part>)(?P<month>{MON})\b", _month),
        (
            rf"\b(?:(?:the )?(?P<which>this|next|last)(?: coming)? |the (?:coming|following) )?"
            rf"(?P<weekday>{WD})s?\b(?: (?P<after>after next)\b)?",
            _weekday,
        ),
    )
)
