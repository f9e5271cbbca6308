from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.wording import either, spoken, spoken_day, spoken_time


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        (time(15), "three in the afternoon"),
        (time(8), "eight in the morning"),
        (time(8, 30), "half past eight in the morning"),
        (time(14, 15), "a quarter past two in the afternoon"),
        (time(14, 45), "a quarter to three in the afternoon"),
        (time(11, 45), "a quarter to twelve in the morning"),
        (time(12), "noon"),
        (time(12, 30), "half past twelve in the afternoon"),
        (time(0), "midnight"),
        (time(0, 30), "half past twelve in the morning"),
        (time(17, 30), "half past five in the evening"),
        (time(21), "nine at night"),
        (time(10, 20), "ten twenty in the morning"),
        (time(10, 5), "ten oh five in the morning"),
        (time(10, 17), "ten seventeen in the morning"),
        (time(10, 55), "ten fifty five in the morning"),
    ],
)
def test_times_are_said_as_people_say_them(clock: time, words: str) -> None:
    assert spoken_time(clock) == words


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 24), "Tuesday, November 24th"),
        (date(2026, 12, 1), "Tuesday, December 1st"),
        (date(2026, 12, 2), "Wednesday, December 2nd"),
        (date(2026, 12, 3), "Thursday, December 3rd"),
        (date(2026, 12, 11), "Friday, December 11th"),
        (date(2026, 12, 12), "Saturday, December 12th"),
        (date(2026, 12, 13), "Sunday, December 13th"),
        (date(2026, 12, 21), "Monday, December 21st"),
    ],
)
def test_days_are_said_with_weekday_and_ordinal(day: date, words: str) -> None:
    assert spoken_day(day) == words


def test_a_moment_is_a_day_at_a_time() -> None:
    said = spoken(datetime(2026, 11, 24, 15))
    assert said == "Tuesday, November 24th at three in the afternoon"


def test_choices_end_with_or() -> None:
    assert either(["one"]) == "one"
    assert either(["one", "two", "three"]) == "one, two or three"


@given(st.times())
def test_no_time_is_said_in_digits(clock: time) -> None:
    assert not any(letter.isdigit() for letter in spoken_time(clock))
