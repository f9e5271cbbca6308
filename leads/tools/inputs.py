"""The kinds of values that a model may give."""

import re
from datetime import date, datetime, time
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StringConstraints

FIRST_YEAR, LAST_YEAR = 2000, 2100
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")

D = TypeVar("D", bound=date)


def _without_control(value: object) -> object:
    """What Postgres cannot store, and nobody can say."""
    return _CONTROL.sub(" ", value) if isinstance(value, str) else value


def _sensible(value: D) -> D:
    if not FIRST_YEAR <= value.year < LAST_YEAR:
        raise ValueError("this year cannot be meant")
    return value


def _to_the_minute(value: time) -> time:
    return value.replace(second=0, microsecond=0, tzinfo=None)


def _full_minute(value: datetime) -> datetime:
    return value.replace(second=0, microsecond=0)


_tidy = BeforeValidator(_without_control)
Name = Annotated[str, _tidy, StringConstraints(strip_whitespace=True, max_length=80)]
Line = Annotated[str, _tidy, StringConstraints(strip_whitespace=True, max_length=300)]
Words = Annotated[str, _tidy, StringConstraints(strip_whitespace=True, max_length=2000)]
Number = Annotated[str, _tidy, StringConstraints(strip_whitespace=True, max_length=40)]
Email = Annotated[str, _tidy, StringConstraints(strip_whitespace=True, max_length=254)]
Id = Annotated[str, _tidy, StringConstraints(strip_whitespace=True, max_length=20)]
Day = Annotated[date, AfterValidator(_sensible)]
Clock = Annotated[time, AfterValidator(_to_the_minute)]
Moment = Annotated[datetime, AfterValidator(_sensible), AfterValidator(_full_minute)]
Purpose = Annotated[str, _tidy, StringConstraints(strip_whitespace=True, max_length=120)]


class OfLead(BaseModel):
    """What all tools about one lead take."""

    lead: Id = Field(
        default="",
        description="Leave empty for the customer of this conversation. Staff only: the id of "
        "another lead, as look_up_lead told it.",
    )


START = "When it begins, as find_slots told it (2026-11-24T15:00:00-08:00)."
