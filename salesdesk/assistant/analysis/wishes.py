"""The day and time that a caller asks for, in the caller's own words."""

import re
from dataclasses import dataclass

_WEEKDAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_HOURS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_PART_OF_DAY = r"morning|afternoon|evening"
_ORDINAL = r"(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)"
_CLOCK = rf"(?:\d{{1,2}}(?:[:.]\d\d)?|{_HOURS})(?:\s+thirty)?"

_DAY = re.compile(
    rf"\b(?:(?:next|this|coming|on)\s+)?(?:{_WEEKDAYS})\b"
    rf"|\b(?:the\s+)?day\s+after\s+tomorrow\b|\btoday\b|\btomorrow\b|\bnext\s+week\b"
    rf"|\b(?:{_MONTHS})\s+(?:the\s+)?(?:{_ORDINAL}|\d{{1,2}})\b"
    rf"|\bthe\s+{_ORDINAL}(?:\s+of\s+(?:{_MONTHS}))?\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    rf"\b(?:at|around|about|after|before|by)\s+(?:{_CLOCK}|noon)\b"
    rf"(?:\s*o'?clock)?(?:\s*[ap]\.?\s?m\b\.?)?(?:\s+in\s+the\s+(?:{_PART_OF_DAY}))?"
    rf"|\b{_CLOCK}(?:\s*o'?clock|\s*[ap]\.?\s?m\b\.?|\s+in\s+the\s+(?:{_PART_OF_DAY}))"
    rf"(?:\s+in\s+the\s+(?:{_PART_OF_DAY}))?"
    rf"|\b(?:in\s+the\s+)?(?:{_PART_OF_DAY})\b|\bat\s+noon\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wish:
    """When somebody would like to come or be visited; either part may be empty."""

    day: str = ""
    time: str = ""

    def __bool__(self) -> bool:
        return bool(self.day or self.time)

    def __str__(self) -> str:
        return f"{self.day} {self.time}".strip()


def find_wish(text: str) -> Wish:
    """Day and time in ``text``, such as “next Tuesday” and “at 3 in the afternoon”."""
    day = _DAY.search(text)
    rest = text[: day.start()] + "," + text[day.end() :] if day else text
    time = _TIME.search(rest)
    return Wish(_tidy_day(day.group()) if day else "", _tidy(time.group()) if time else "")


def _tidy_day(day: str) -> str:
    words = [word for word in _tidy(day).split() if word != "on"]
    names = f"{_WEEKDAYS}|{_MONTHS}".split("|")
    return " ".join(word.capitalize() if word in names else word for word in words)


def _tidy(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip().lower().rstrip(".")
