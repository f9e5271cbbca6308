"""Which part of a period is read where."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from salesdesk.assistant.metrics.periods import HOUR, Span, ceil_hour, floor_hour, sources

DAY = datetime(2026, 11, 20, tzinfo=UTC)


def at(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return DAY + timedelta(hours=int(hour), minutes=int(minute))


def span(given: str) -> Span:
    since, until = given.split()
    return Span(at(since), at(until))


@pytest.mark.parametrize(
    ("period", "summed", "first", "hours", "last"),
    [
        ("3:00 9:00", "20:00", "3:00 3:00", "3:00 9:00", "9:00 9:00"),
        ("3:20 9:40", "20:00", "3:20 4:00", "4:00 9:00", "9:00 9:40"),
        ("3:20 9:40", "7:00", "3:20 4:00", "4:00 7:00", "7:00 9:40"),
        ("3:20 9:40", "2:00", "3:20 4:00", "4:00 4:00", "4:00 9:40"),
        ("3:20 3:40", "20:00", "3:20 3:40", "3:40 3:40", "3:40 3:40"),
        ("3:00 3:40", "20:00", "3:00 3:00", "3:00 3:00", "3:00 3:40"),
    ],
)
def test_whole_hours_are_read_as_sums(
    period: str, summed: str, first: str, hours: str, last: str
) -> None:
    found = sources(span(period), at(summed))

    assert (found.first, found.hours, found.last) == (span(first), span(hours), span(last))


@pytest.mark.parametrize("seed", range(200))
def test_nothing_is_left_out_and_nothing_counted_twice(seed: int) -> None:
    dice = random.Random(seed)
    since = DAY + timedelta(minutes=dice.randrange(1440))
    whole = Span(since, since + timedelta(minutes=dice.randrange(3000)))
    summed = DAY + dice.randrange(-5, 60) * HOUR

    found = sources(whole, summed)

    assert found.first.since == whole.since
    assert found.first.until == found.hours.since
    assert found.hours.until == found.last.since
    assert found.last.until == whole.until
    if not found.hours.is_empty:
        assert found.hours.since == floor_hour(found.hours.since)
        assert found.hours.until == floor_hour(found.hours.until) <= summed
    assert found.first.length < HOUR


def test_rounding() -> None:
    assert ceil_hour(at("3:00")) == at("3:00")
    assert ceil_hour(at("3:01")) == at("4:00")
    assert span("4:00 6:00").before() == span("2:00 4:00")
