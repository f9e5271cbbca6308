"""The next allowed moment: examples by hand, and what must hold for any."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.cadences.timing import BY_DAY, LOOKED_AHEAD, Opening, next_allowed, planned
from leads.regions import HolidaysOf

NEW_YORK, LOS_ANGELES = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00", "17:00"))
OFFICE = Opening(NEW_YORK, WEEK, HolidaysOf("US"))


def local(text: str, tz: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=tz)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("2026-11-20T10:00", "2026-11-20T10:00"),
        ("2026-11-20T08:59", "2026-11-20T09:00"),
        ("2026-11-20T17:00", "2026-11-23T09:00"),
        ("2026-11-22T12:00", "2026-11-23T09:00"),
        ("2026-11-25T18:00", "2026-11-27T09:00"),
    ],
    ids=["open", "before opening", "closing time, Friday", "Sunday", "before Thanksgiving"],
)
def test_opening_hours_weekends_and_holidays_are_kept(asked: str, expected: str) -> None:
    assert next_allowed(local(asked), [OFFICE]) == local(expected)


def test_nobody_is_woken_where_they_live() -> None:
    in_california = Opening(LOS_ANGELES, BY_DAY)

    found = next_allowed(local("2026-11-20T09:30"), [OFFICE, in_california])

    assert found == local("2026-11-20T08:00", LOS_ANGELES)


def test_clocks_that_never_agree_have_no_moment() -> None:
    night = Opening(NEW_YORK, {"mon": ("02:00", "03:00")})
    day = Opening(NEW_YORK, {"mon": ("09:00", "10:00")})

    assert next_allowed(local("2026-11-20T10:00"), [night, day]) is None
    assert next_allowed(local("2026-11-20T10:00"), [Opening(NEW_YORK, {})]) is None


def test_hours_that_are_skipped_in_spring_begin_as_much_later() -> None:
    night = Opening(NEW_YORK, {"sun": ("02:30", "05:00")})

    found = next_allowed(local("2027-03-14T00:00"), [night])

    assert found == local("2027-03-14T03:30")


def test_hours_that_come_twice_in_autumn_begin_with_the_first() -> None:
    night = Opening(NEW_YORK, {"sun": ("01:30", "05:00")})

    found = next_allowed(local("2026-11-01T00:00"), [night])

    assert found == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)  # 1:30 daylight time


def test_a_plan_goes_on_from_each_step() -> None:
    waits = [timedelta(minutes=minutes) for minutes in (10, 30, 60, 240, 1440)]

    found = planned(local("2026-11-19T15:30"), waits, [OFFICE])

    told = [each.astimezone(NEW_YORK).isoformat()[:16] for each in found if each]
    assert told == [
        "2026-11-19T15:40",
        "2026-11-19T16:10",
        "2026-11-20T09:00",
        "2026-11-20T13:00",
        "2026-11-23T09:00",
    ]


def test_a_plan_that_finds_no_moment_ends_there() -> None:
    closed = [Opening(NEW_YORK, {})]

    assert planned(local("2026-11-19T15:30"), [timedelta()] * 2, closed) == [None, None]


# ---------------------------------------------------------------- whatever is asked

ZONES = ("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Etc/UTC")
clock = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
spans = st.tuples(clock, clock).filter(lambda pair: pair[0] < pair[1])
days = st.dictionaries(st.sampled_from(list(BY_DAY)), spans, max_size=7)
openings = st.builds(
    Opening,
    st.sampled_from(ZONES).map(ZoneInfo),
    days,
    st.frozensets(st.dates(date(2026, 3, 1), date(2026, 11, 30)), max_size=5),
)
moments = st.datetimes(
    datetime(2026, 3, 1), datetime(2026, 11, 30), timezones=st.just(UTC)
)  # both changes of clocks, in both hemispheres


def is_open(moment: datetime, opening: Opening) -> bool:
    """By looking at the days around, one by one."""
    day = moment.astimezone(opening.tz).date()
    near = (opening.span(day + timedelta(days=shift)) for shift in (-1, 0, 1))
    return any(span is not None and span[0] <= moment < span[1] for span in near)


@given(moments, st.lists(openings, max_size=3))
def test_what_is_found_is_open_everywhere_and_not_before(
    moment: datetime, asked: list[Opening]
) -> None:
    found = next_allowed(moment, asked)

    if found is not None:
        assert moment <= found <= moment + LOOKED_AHEAD + timedelta(days=2)
        assert all(is_open(found, opening) for opening in asked)
        assert next_allowed(found, asked) == found


@given(moments, st.lists(openings, min_size=1, max_size=3), st.floats(0, 1))
def test_nothing_earlier_would_have_done(
    moment: datetime, asked: list[Opening], share: float
) -> None:
    found = next_allowed(moment, asked)

    end = found if found is not None else moment + timedelta(days=30)
    between = moment + share * (end - moment)
    if between < end:
        assert not all(is_open(between, opening) for opening in asked)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=30)), st.lists(openings, max_size=2))
def test_who_asks_later_is_answered_no_earlier(
    moment: datetime, later: timedelta, asked: list[Opening]
) -> None:
    first, second = next_allowed(moment, asked), next_allowed(moment + later, asked)

    if first is not None and second is not None:
        assert first <= second
