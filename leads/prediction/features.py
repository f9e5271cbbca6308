"""What was known of a lead at one moment, as numbers and in words. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import log1p

from leads.enums import LeadSource, LeadStage

DAY_SECONDS = 86_400
MORNING, AFTERNOON, EVENING, NIGHT = 6, 12, 17, 22
"""The hours at which they begin."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A lead as it was at the moment ``at``, and nothing that came later.

    ``arrived_at`` shows the clock of the business. ``value`` in dollars. ``calls`` are attempts
    to reach it, ``reached`` those that a person answered, ``replies`` conversations with it.
    """

    arrived_at: datetime
    at: datetime
    source: str
    stage: str = LeadStage.NEW
    value: float | None = None
    calls: int = 0
    reached: int = 0
    replies: int = 0
    appointments: int = 0
    facts: int = 0
    has_phone: bool = False
    has_email: bool = False
    has_address: bool = False
    has_company: bool = False
    is_suppressed: bool = False

    @property
    def age_days(self) -> float:
        return max(0.0, (self.at - self.arrived_at).total_seconds() / DAY_SECONDS)


def numbers_of(known: Snapshot) -> dict[str, float]:
    """Numbers by ``group`` or ``group=value``; what is left out is 0.

    Counts and amounts as log(1 + n): the first of them says more than the tenth.
    """
    return {
        f"source={known.source}": 1.0,
        f"stage={known.stage}": 1.0,
        f"part_of_day={part_of_day(known.arrived_at.hour)}": 1.0,
        f"weekday={known.arrived_at:%A}": 1.0,
        "age": log1p(known.age_days),
        "value": log1p(known.value or 0.0),
        "value_known": float(known.value is not None),
        "calls": log1p(known.calls),
        "reached": log1p(known.reached),
        "replies": log1p(known.replies),
        "appointments": log1p(known.appointments),
        "facts": log1p(known.facts),
        "phone": float(known.has_phone),
        "email": float(known.has_email),
        "address": float(known.has_address),
        "company": float(known.has_company),
        "suppressed": float(known.is_suppressed),
    }


def part_of_day(hour: int) -> str:
    if hour < MORNING or hour >= NIGHT:
        return "night"
    if hour < AFTERNOON:
        return "morning"
    return "afternoon" if hour < EVENING else "evening"


def group_of(name: str) -> str:
    """Numbers of one group are told as one reason: ``source=email`` and ``source=api`` alike."""
    return {"value_known": "value"}.get(name, name.partition("=")[0])


# ---------------------------------------------------------------- in words

LABELS: Mapping[str, str] = {
    "source": "Where it came from",
    "stage": "Stage",
    "part_of_day": "Time of day of its arrival",
    "weekday": "Weekday of its arrival",
    "age": "Age",
    "value": "Value",
    "calls": "Calls made",
    "reached": "Calls answered",
    "replies": "Conversations",
    "appointments": "Appointments",
    "facts": "Facts known",
    "phone": "Phone number",
    "email": "E-mail address",
    "address": "Address",
    "company": "Company",
    "suppressed": "Do not call",
}


def in_words(group: str, known: Snapshot) -> str:
    """What the lead is like in this respect: “Came by web form”."""
    return WORDS[group](known)


def _source(known: Snapshot) -> str:
    return f"Source: {LeadSource(known.source).label.lower()}"


def _stage(known: Snapshot) -> str:
    return f"Stage: {LeadStage(known.stage).label.lower()}"


def _age(known: Snapshot) -> str:
    days = int(known.age_days)
    return "Arrived today" if days == 0 else f"Arrived {_count(days, 'day')} ago"


def _value(known: Snapshot) -> str:
    return "Value not known" if known.value is None else f"Worth ${known.value:,.0f}"


def _count(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def _counted(noun: str, number: Callable[[Snapshot], int]) -> Callable[[Snapshot], str]:
    return lambda known: _count(number(known), noun).capitalize()


def _having(noun: str, has: Callable[[Snapshot], bool]) -> Callable[[Snapshot], str]:
    return lambda known: f"{noun} {'known' if has(known) else 'not known'}"


WORDS: Mapping[str, Callable[[Snapshot], str]] = {
    "source": _source,
    "stage": _stage,
    "part_of_day": lambda known: f"Arrived: {part_of_day(known.arrived_at.hour)}",
    "weekday": lambda known: f"Arrived on a {known.arrived_at:%A}",
    "age": _age,
    "value": _value,
    "calls": _counted("call", lambda known: known.calls),
    "reached": _counted("answered call", lambda known: known.reached),
    "replies": _counted("conversation", lambda known: known.replies),
    "appointments": _counted("appointment", lambda known: known.appointments),
    "facts": _counted("fact", lambda known: known.facts),
    "phone": _having("Phone number", lambda known: known.has_phone),
    "email": _having("E-mail address", lambda known: known.has_email),
    "address": _having("Address", lambda known: known.has_address),
    "company": _having("Company", lambda known: known.has_company),
    "suppressed": lambda known: f"{'On' if known.is_suppressed else 'Not on'} the do-not-call list",
}
