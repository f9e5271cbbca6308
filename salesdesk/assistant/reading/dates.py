"""Dates in what people say: ``in March``, ``next Tuesday``, ``the fifteenth``, ``in two weeks``."""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from salesdesk.assistant.loop.state import FieldSpec
from salesdesk.assistant.reading.numbers import spoken_words
from salesdesk.assistant.reading.result import Reading, Setting
from salesdesk.assistant.reading.spoken import (
    MONTHS,
    WEEKDAYS,
    day_in_words,
    ordinal_in_words,
    year_in_words,
)

NO_DATE = "I did not catch a date."
NO_SUCH_DAY = "There is no such day in the calendar."
AS_SOON_AS_POSSIBLE = "as soon as possible"
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}

_NAMES = {name.lower(): place for place, name in enumerate(MONTHS, start=1)}
_SHORT = {name[:3].lower(): place for place, name in enumerate(MONTHS, start=1)} | {"sept": 9}
_MONTH_OF = {**_SHORT, **_NAMES}
_WEEKDAY_OF = {name.lower(): place for place, name in enumerate(WEEKDAYS)}
_MONTH = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_ORDINALS = {
    word: str(number)
    for number in range(1, 32)
    for word in {ordinal_in_words(number), ordinal_in_words(number).replace("-", " ")}
}
_ORDINAL = re.compile(
    rf"\b({'|'.join(sorted(_ORDINALS, key=len, reverse=True))})\b(?!\s+(?:thing|time|of all))"
)
_SECOND_AS_TIME = re.compile(r"\bseconds?\b(?=\s+(?:floor|story|half))")
_WRITTEN_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_YEAR = r"(?:\s*,?\s*(?:of )?(?P<year>(?:19|20)\d\d))?"
_PART = r"(?:(?P<part>early|mid|middle|late|beginning|start|end)(?: of| in)?(?: the)? )?"
_UNITS = {"day": 1, "week": 7}

_SOON = re.compile(
    r"\b(?:as soon as|asap|right away|right now|straight away|immediately|at once|now"
    r"|today if possible|the sooner the better|earliest)\b"
)
_NOT_NOW = re.compile(r"\b(?:not|no)\b.{0,12}\b(?:now|right away|immediately)\b")


class NoSuchDay(ValueError):
    """The words name a day that the calendar does not have."""


@dataclass(frozen=True, slots=True)
class When:
    """A day, or the first day of a ``month`` or ``year`` that was named as a whole."""

    day: date
    precision: str = "day"

    def in_words(self, today: date) -> str:
        if self.precision == "year":
            return year_in_words(self.day.year)
        if self.precision == "month":
            return f"{MONTHS[self.day.month - 1]} {year_in_words(self.day.year)}"
        return day_in_words(self.day, today)


def read_date(spec: FieldSpec, text: str, setting: Setting) -> Reading:
    """The day as ISO date; of a month or a year that is named, its first day still to come.

    Who wants to begin as soon as possible has said so: that stays as those words.
    """
    normal = _normal(text)
    try:
        when = find_date(normal, setting.today)
    except NoSuchDay:
        return Reading(problem=NO_SUCH_DAY)
    if when is not None:
        return Reading(when.day.isoformat(), when.in_words(setting.today))
    if _SOON.search(normal) and not _NOT_NOW.search(normal):
        return Reading(AS_SOON_AS_POSSIBLE, AS_SOON_AS_POSSIBLE)
    return Reading(problem=NO_DATE)


def find_date(text: str, today: date) -> When | None:
    """The first kind of date that ``text`` (small letters, numbers in digits) has.

    Raises :class:`NoSuchDay`.
    """
    for pattern, rule in _RULES:
        found = pattern.search(text)
        when = rule(found, today) if found else None
        if when is not None:
            return when
    return None


def _normal(text: str) -> str:
    """Small letters, and numbers in digits: ``march 15``, ``in 2 weeks``."""
    text = _SECOND_AS_TIME.sub(" ", text.lower().replace("’", "'"))
    if re.search(r"\d{1,4}[-/.]\d{1,2}(?:[-/.]\d{1,4})?", text):
        return text
    text = _WRITTEN_ORDINAL.sub(r"\1", text)
    text = _ORDINAL.sub(lambda found: _ORDINALS[found.group()], text.replace("-", " "))
    return " ".join(spoken_words(text))


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoSuchDay from None


# ---------------------------------------------------------------- written


def _iso(found: re.Match[str], today: date) -> When:
    year, month, day = found.group("y", "m", "d")
    if day is None:
        return When(_made(int(year), int(month), 1), "month")
    return When(_made(int(year), int(month), int(day)))


def _american(found: re.Match[str], today: date) -> When:
    """Month before day; without a year, the next such day."""
    month, day, year = found.group("m", "d", "y")
    if year is None:
        return When(_next_day(int(month), int(day), today))
    return When(_made(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)))


# ---------------------------------------------------------------- by name


def _month_and_day(found: re.Match[str], today: date) -> When:
    month, day, year = _MONTH_OF[found["month"]], int(found["day"]), found["year"]
    if year:
        return When(_made(int(year), month, day))
    return When(_next_day(month, day, today))


def _month_alone(found: re.Match[str], today: date) -> When:
    month, year = _MONTH_OF[found["month"]], found["year"]
    first = date(int(year), month, 1) if year else _next_month(month, today, found["next"] or "")
    return _part_of(first, found["part"] or "", today)


def _season(found: re.Match[str], today: date) -> When:
    month = SEASONS[found["season"]]
    year = found["year"]
    first = date(int(year), month, 1) if year else _next_month(month, today, "next")
    return When(first, "month")


def _weekday(found: re.Match[str], today: date) -> When:
    """The next one after today; “a week from Tuesday” a week later."""
    ahead = (_WEEKDAY_OF[found["weekday"]] - today.weekday()) % 7 or 7
    return When(today + timedelta(days=ahead + (7 if found["later"] else 0)))


def _day_of_month(found: re.Match[str], today: date) -> When:
    """“the 15th”: of this month, or of the next when it has passed."""
    day = int(found["day"])
    if not 1 <= day <= 31:
        raise NoSuchDay
    first = today.replace(day=1)
    while day > _days_in(first) or first.replace(day=day) < today:
        first = _months_later(first, 1)
    return When(first.replace(day=day))


def _part_of(first: date, part: str, today: date) -> When:
    if part in ("mid", "middle"):
        return When(first.replace(day=15))
    if part in ("end", "late"):
        return When(first.replace(day=_days_in(first)))
    return When(max(first, today) if _is_month_of(first, today) else first, "month")


def _is_month_of(first: date, today: date) -> bool:
    return (first.year, first.month) == (today.year, today.month)


def _next_month(month: int, today: date, word: str) -> date:
    """The first of the next such month; the one we are in counts, unless the next is meant."""
    is_over = month < today.month or (word == "next" and month == today.month)
    return date(today.year + is_over, month, 1)


def _next_day(month: int, day: int, today: date) -> date:
    """The next such day from today on; the 29th of February in its next leap year."""
    for year in range(today.year, today.year + 9):
        is_there = 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
        if is_there and date(year, month, day) >= today:
            return date(year, month, day)
    raise NoSuchDay


# ---------------------------------------------------------------- from today on


def _near(found: re.Match[str], today: date) -> When:
    days = {"day after tomorrow": 2, "tomorrow": 1, "today": 0, "tonight": 0}
    return When(today + timedelta(days=days[found["near"]]))


def _in_units(found: re.Match[str], today: date) -> When:
    """“in 2 weeks”: to the day; months and years ahead are named as a whole."""
    count = int(float(found["count"])) if found["count"] not in ("a", "an", "one") else 1
    unit = found["unit"]
    if count > 1200:
        raise NoSuchDay
    if unit in _UNITS:
        return When(today + timedelta(days=count * _UNITS[unit]))
    months = count * (12 if unit == "year" else 1)
    return When(_months_later(today, months).replace(day=1), "month")


def _next_unit(found: re.Match[str], today: date) -> When:
    is_next, unit, part = found["which"] == "next", found["unit"], found["part"] or ""
    if unit == "week":
        monday = today - timedelta(days=today.weekday()) + timedelta(days=7)
        end = timedelta(days=4 if part in ("end", "late") else 0)
        return When(monday + end) if is_next else When(_friday_or(today, part))
    if unit == "weekend":
        saturday = today + timedelta(days=(5 - today.weekday()) % 7)
        return When(saturday + timedelta(days=7 if is_next and today.weekday() < 5 else 0))
    if unit == "month":
        first = _months_later(today.replace(day=1), 1 if is_next else 0)
        return _part_of(first, part, today)
    year = today.year + is_next
    if part in ("end", "late"):
        return When(date(year, 12, 1), "month")
    return When(date(year, 1, 1), "year") if is_next else When(today, "year")


def _friday_or(today: date, part: str) -> date:
    friday = today + timedelta(days=(4 - today.weekday()) % 7)
    return friday if part in ("end", "late") else today


def _new_year(found: re.Match[str], today: date) -> When:
    return When(date(today.year + 1, 1, 1), "month")


def _year_alone(found: re.Match[str], today: date) -> When:
    year = int(found["year"])
    return When(max(date(year, 1, 1), today) if year == today.year else date(year, 1, 1), "year")


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, _days_in(first)))


def _days_in(first: date) -> int:
    return calendar.monthrange(first.year, first.month)[1]


Rule = Callable[[re.Match[str], date], When | None]
_MAY = r"(?<!we )(?<!i )(?<!it )(?<!you )(?<!they )(?<!he )(?<!she )"
_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>\d\d?)(?:-(?P<d>\d\d?))?\b"), _iso),
    (re.compile(r"\b(?P<m>\d\d?)[/.](?P<d>\d\d?)(?:[/.](?P<y>\d{4}|\d\d))?\b"), _american),
    (
        re.compile(rf"\b{_MAY}(?P<month>{_MONTH}) (?:the )?(?P<day>\d\d?)\b{_YEAR}"),
        _month_and_day,
    ),
    (re.compile(rf"\b(?P<day>\d\d?) (?:of )?{_MAY}(?P<month>{_MONTH})\b{_YEAR}"), _month_and_day),
    (
        re.compile(rf"\b{_PART}(?:(?P<next>next|this|coming) )?{_MAY}(?P<month>{_MONTH})\b{_YEAR}"),
        _month_alone,
    ),
    (re.compile(r"\b(?P<near>day after tomorrow|tomorrow|today|tonight)\b"), _near),
    (
        re.compile(
            r"\b(?P<later>week from |week after )?(?:next |this |coming |on )*"
            rf"(?P<weekday>{'|'.join(_WEEKDAY_OF)})s?\b"
        ),
        _weekday,
    ),
    (
        re.compile(
            r"\b(?:in|within|after|about|maybe|around)? ?(?P<count>\d+(?:\.\d+)?|an?|one) "
            r"(?P<unit>day|week|month|year)s?(?=$| from now| from today| or so| time)"
        ),
        _in_units,
    ),
    (
        re.compile(
            r"\b(?:in|within) (?:about |around |maybe |the next )*(?P<count>\d+(?:\.\d+)?|an?|one) "
            r"(?P<unit>day|week|month|year)s?\b"
        ),
        _in_units,
    ),
    (
        re.compile(rf"\b{_PART}(?P<which>next|this|the) (?P<unit>weekend|week|month|year)\b"),
        _next_unit,
    ),
    (re.compile(r"\bnew year\b"), _new_year),
    (re.compile(rf"\b(?P<season>{'|'.join(SEASONS)})\b{_YEAR}"), _season),
    (re.compile(r"\b(?:the|on) (?P<day>\d\d?)\b(?! (?:year|month|week|day))"), _day_of_month),
    (re.compile(r"\b(?P<year>20\d\d)\b"), _year_alone),
)
"""In their order: what is exact first. A month that may be a verb wants no pronoun before it."""
