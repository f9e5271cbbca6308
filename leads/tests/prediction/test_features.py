from datetime import UTC, datetime, timedelta
from math import log1p

import pytest

from leads.enums import LeadSource, LeadStage
from leads.prediction.features import LABELS, WORDS, Snapshot, group_of, in_words, numbers_of

AT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
LEAD = Snapshot(AT, AT + timedelta(days=3), LeadSource.WEB_FORM, value=900.0, calls=2)


def test_numbers_tell_what_was_known() -> None:
    numbers = numbers_of(LEAD)
    assert numbers["source=web_form"] == numbers["weekday=Friday"] == 1.0
    assert numbers["part_of_day=evening"] == 1.0
    assert numbers["age"] == log1p(3)
    assert numbers["value"] == log1p(900)
    assert (numbers["calls"], numbers["reached"]) == (log1p(2), 0.0)


@pytest.mark.parametrize(
    ("hour", "part"),
    [(0, "night"), (5, "night"), (6, "morning"), (12, "afternoon"), (17, "evening"), (22, "night")],
)
def test_parts_of_the_day(hour: int, part: str) -> None:
    arrived = Snapshot(AT.replace(hour=hour), AT.replace(hour=23), LeadSource.API)
    assert numbers_of(arrived)[f"part_of_day={part}"] == 1.0


def test_an_unknown_value_is_not_a_value_of_nothing() -> None:
    unknown = Snapshot(AT, AT, LeadSource.API)
    nothing = Snapshot(AT, AT, LeadSource.API, value=0.0)
    assert numbers_of(unknown)["value_known"] != numbers_of(nothing)["value_known"]


def test_every_number_has_a_label_and_words() -> None:
    groups = {group_of(name) for name in numbers_of(LEAD)}
    assert groups == set(LABELS) == set(WORDS)
    assert all(in_words(group, LEAD) for group in groups)


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("source", "Source: web form"),
        ("value", "Worth $900"),
        ("calls", "2 calls"),
        ("reached", "No answered calls"),
        ("age", "Arrived 3 days ago"),
        ("weekday", "Arrived on a Friday"),
        ("email", "E-mail address not known"),
        ("stage", f"Stage: {LeadStage.NEW.label.lower()}"),
    ],
)
def test_words(group: str, words: str) -> None:
    assert in_words(group, LEAD) == words
