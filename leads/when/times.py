"""The times of the day that are named in (tidied) words from which the days are filled in."""

import re
from dataclasses import dataclass, replace
from datetime import time

from leads.visits.wanted import AFTERNOON, EVENING, MORNING
from leads.when.days import FILLED

Hours = tuple[time, time]

PART = re.compile(
    r"(?<!good )(?<!nice )(?<!great )(?<!lovely )\b(?:(?P<when>early|late|mid|1st thing|end of)"
    r"(?: (?:in )?the)? )?(?P<part>morning|afternoon|evening|night|tonight)s?\b"
)
FIRST_THING = re.compile(r"\b1st thing\b")
END_OF_DAY = re.compile(r"\b(?:end of|late in|later in) the day\b")
AFTER_WORK = re.compile(r"\bafter (?:work|hours)\b")
AFTER_THAT = re.compile(r"\b(?:after|later than|from) (?:that|then)\b|\bor (?:later|after)\b")
BEFORE_THAT = re.compile(r"\b(?:before|earlier than) (?:that|then)\b|\bor (?:earlier|before)\b")
AFTER_LUNCH = re.compile(r"\bafter lunch\b")
NAMES = {MORNING: MORNING, AFTERNOON: AFTERNOON, EVENING: EVENING}
PLACES = {  # around what time, by part of the day
    ("early", MORNING): time(8),
    ("mid", MORNING): time(10),
    ("late", MORNING): time(11),
    ("early", AFTERNOON): time(13),
    ("mid", AFTERNOON): time(14, 30),
    ("late", AFTERNOON): time(16),
    ("end of", AFTERNOON): time(16),
}

_FORMS = (
    r"half past (?P<half_past{n}>\d{{1,2}})"
    r"|(?:a )?quarter (?P<side{n}>past|after|to|of|before|till) (?P<quarter{n}>\d{{1,2}})"
    r"|(?P<minutes{n}>5|10|20|25) (?:minutes )?(?P<side_of{n}>past|minutes to) (?P<of{n}>\d{{1,2}})"
    r"|(?P<hour{n}>\d{{1,2}})(?:(?:[:.]|\s)(?P<minute{n}>[0-5]\d))?"
    r"|(?P<noon{n}>noon|midday|lunch ?time)"
)


def _clock(n: int) -> str:
    oclock = rf"(?:\s?(?P<oclock{n}>oclock|sharp))?"
    half = rf"(?:\s?(?P<half{n}>am|pm)\b)?"
    return rf"(?:{_FORMS.format(n=n)}){oclock}{half}(?: ish\b)?"


_LEAD = (
    r"(?P<lead>at|around|about|by|after|before|until|till|from|between|past|since|maybe|say"
    r"|make it|for|or|to|do|than|how about|what about|actually|rather|approximately|roughly"
    r"|no later than|not before|starting(?: at)?|up to)"
)
_JOINED = rf"(?: ?(?P<join>-|to|and|or|until|till) (?:at )?{_clock(2)})?"
CLOCK = re.compile(
    rf"(?<![\d$.,:/])(?:\b{_LEAD} (?:about |around |at )?)?(?<![\d])\b{_clock(1)}(?!\d){_JOINED}"
    r"(?![\d%/])(?:,? (?:in the|at) (?P<part>morning|afternoon|evening|night)\b)?"
)
_FOLLOWS = re.compile(
    rf"\s*(?:$|[.,;?!]|{FILLED}|(?:in the (?:morning|afternoon|evening)|at night|on|would|works?|is"
    r"|please|or|if|sharp|instead|then|thanks?|ok|okay|that|that's|should|will|could|can|be"
    r"|for|because|i|i'm|i'd|we|my|with|suits?|fits?|sounds|so|but|when|at the latest|onwards?"
    r"|latest|maybe|and (?=[a-z])(?!an? )|doesn't|does|isn't|won't|not|was|the|how|what"
    r"|local)\b)"
)
_ALONE = re.compile(
    r"^(?:(?:yes|yeah|yep|ok|okay|sure|well|um|uh|please|then|let's|do|say|it)\W+)*$"
)
_AFTER = ("after", "past", "from", "since", "not before", "starting", "starting at")
_BEFORE = ("before", "by", "until", "till", "no later than", "up to")
_REFUSED_BEFORE = re.compile(r"\bnot(?: at| around)? $|\binstead of(?: at)? $|\bexcept(?: at)? $")
_REFUSED_AFTER = re.compile(
    r"^\s*(?:doesn't|does not|won't|will not|isn't|is not|is bad|is no good|is taken)\b"
)


@dataclass(frozen=True, slots=True)
class Times:
    """See :class:`leads.visits.wanted.Wanted` for the fields."""

    around: time | None = None
    part_of_day: str = ""
    not_before: time | None = None
    not_after: time | None = None


def find_times(text: str, hours: Hours) -> Times:
    """The last time that is named, or else the part of the day.

    ``hours`` decide between morning and afternoon where nothing was said: “three” is 15:00.
    """
    part, around = _part(text, hours)
    named = [match for match in CLOCK.finditer(text) if _is_time(match, text)]
    kept = [match for match in named if not _is_refused(match, text)]
    if kept:
        return _bounded(_read(_preferred(kept), part, hours), text)
    if named:
        return Times()
    return _vague(text) or Times(around, part)


def _bounded(times: Times, text: str) -> Times:
    """“at four, or later”, “I am home at four, anything after that”."""
    if AFTER_THAT.search(text):
        return replace(times, not_before=times.not_before or times.around)
    if BEFORE_THAT.search(text):
        return replace(times, not_after=times.not_after or times.around)
    return times


def _preferred(matches: list[re.Match[str]]) -> re.Match[str]:
    """The last that was said counts, but of “at three or at four” the first."""
    last = matches[-1]
    return matches[-2] if last["lead"] == "or" and len(matches) > 1 else last


def _vague(text: str) -> Times | None:
    if AFTER_WORK.search(text):
        return Times(time(17), "", time(17))
    if AFTER_LUNCH.search(text):
        return Times(time(13), "", time(13))
    return None


def _part(text: str, hours: Hours) -> tuple[str, time | None]:
    match = PART.search(text)
    if match is None:
        if FIRST_THING.search(text):
            return MORNING, hours[0]
        return (AFTERNOON, time(16)) if END_OF_DAY.search(text) else ("", None)
    part = NAMES.get(match["part"], EVENING)
    when = "1st thing" if FIRST_THING.search(text) else match["when"]
    if part == MORNING and when == "1st thing":
        return part, hours[0]
    return part, PLACES.get((when or "", part))


# ---------------------------------------------------------------- is it a time at all?


def _is_time(match: re.Match[str], text: str) -> bool:
    """A number alone is a time only where the words around it say so."""
    if not _is_possible(match):
        return False
    if _is_marked(match):
        return True
    hour = int(match["hour1"])
    if not 1 <= hour <= 12 or (match["join"] and not _is_small(match["hour2"])):
        return False
    follows = _FOLLOWS.match(text, match.end()) is not None or bool(match["part"])
    return follows and (bool(match["lead"]) or _stands_by_a_day(match, text))


def _is_small(hour: str | None) -> bool:
    return hour is None or 1 <= int(hour) <= 12


def _is_marked(match: re.Match[str]) -> bool:
    marks = (
        "half1",
        "half2",
        "oclock1",
        "oclock2",
        "noon1",
        "half_past1",
        "quarter1",
        "of1",
        "part",
    )
    is_written = match["minute1"] is not None and re.search(r"\d[:.]\d\d", match.group())
    return bool(is_written) or any(match[mark] for mark in marks)


def _is_possible(match: re.Match[str]) -> bool:
    hours = [match[f"{name}{n}"] for name in ("hour", "half_past", "quarter", "of") for n in (1, 2)]
    return all(hour is None or int(hour) < 24 for hour in hours)


def _stands_by_a_day(match: re.Match[str], text: str) -> bool:
    before = text[: match.start()].rstrip(" ,")
    return before.endswith(FILLED) or _ALONE.match(text[: match.start()]) is not None


def _is_refused(match: re.Match[str], text: str) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    if match["lead"] == "than":
        return True
    return bool(_REFUSED_BEFORE.search(before) or _REFUSED_AFTER.match(after))


# ---------------------------------------------------------------- which time


def _read(match: re.Match[str], part: str, hours: Hours) -> Times:
    part = NAMES.get(match["part"] or "", part) if match["part"] != "night" else EVENING
    half = match["half1"] or match["half2"] or ""
    clock = _time(match, 1, half, part, hours)
    if match["join"] and match["join"] != "or":
        until = _time(match, 2, match["half2"] or "", part, hours)
        return Times(None, "", *_in_order(clock, until, match, part, hours))
    lead = match["lead"] or ""
    if lead in _AFTER:
        return Times(clock, "", not_before=clock)
    if lead in _BEFORE:
        return Times(clock, "", not_after=clock)
    return Times(clock)


def _in_order(
    clock: time, until: time, match: re.Match[str], part: str, hours: Hours
) -> tuple[time, time]:
    """“ten to two pm” begins in the morning: the half of the day belongs to the end."""
    if clock > until and not match["half1"]:
        return _time(match, 1, "am", "", hours), until
    return (clock, until) if clock <= until else (until, clock)


def _time(match: re.Match[str], n: int, half: str, part: str, hours: Hours) -> time:
    if match[f"noon{n}"]:
        return time(12)
    hour, minute = _shown(match, n)
    return _meant(hour, minute, half, part, hours)


def _shown(match: re.Match[str], n: int) -> tuple[int, int]:
    """Hour and minute as the words have them, whatever the half of the day."""
    if match[f"half_past{n}"]:
        return int(match[f"half_past{n}"]), 30
    if match[f"quarter{n}"]:
        is_past = match[f"side{n}"] in ("past", "after")
        hour = int(match[f"quarter{n}"])
        return (hour, 15) if is_past else ((hour - 1) % 12 or 12, 45)
    if match[f"of{n}"]:
        minutes, hour = int(match[f"minutes{n}"]), int(match[f"of{n}"])
        is_past = match[f"side_of{n}"] == "past"
        return (hour, minutes) if is_past else ((hour - 1) % 12 or 12, 60 - minutes)
    return int(match[f"hour{n}"]), int(match[f"minute{n}"] or 0)


def _meant(hour: int, minute: int, half: str, part: str, hours: Hours) -> time:
    if hour > 12 or hour == 0:
        return time(hour, minute)
    morning, afternoon = time(hour % 12, minute), time(hour % 12 + 12, minute)
    if half:
        return morning if half == "am" else afternoon
    if part:
        return morning if part == MORNING else afternoon
    opens, closes = hours
    is_open = [opens <= clock < closes for clock in (morning, afternoon)]
    if is_open[0] != is_open[1]:
        return morning if is_open[0] else afternoon
    return morning if 7 <= hour <= 11 else afternoon
