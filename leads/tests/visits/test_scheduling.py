"""Free times: by table where a person may argue, by property where nobody may."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.visits.scheduling import (
    MOST_PROPOSALS,
    Diary,
    Found,
    Slot,
    Why,
    at_local,
    blocked_by,
    find,
    free_slots,
    why_not,
)
from leads.visits.wanted import Wanted

PACIFIC = ZoneInfo("America/Los_Angeles")
NEW_YORK = ZoneInfo("America/New_York")
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("08:00", "18:00"))
HOURS = {**WEEK, "sat": ("09:00", "13:00")}
THANKSGIVING = date(2026, 11, 26)
FRIDAY = date(2026, 11, 20)
TUESDAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=PACIFIC).astimezone(UTC)


def diary(calendar: str = "crew", **changes: Any) -> Diary:
    values: dict[str, Any] = {
        "tz": PACIFIC,
        "hours": HOURS,
        "visit": timedelta(minutes=60),
        "buffer": timedelta(minutes=30),
        "notice": timedelta(hours=2),
        "holidays": {THANKSGIVING},
    }
    return Diary(calendar, **{**values, **changes})


def at(day: date, clock: str, tz: ZoneInfo = PACIFIC) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), tz)


def taken(day: date, *clocks: str) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(blocked_by(diary(), at(day, clock)) for clock in clocks)


def clocks(slots: Any) -> list[str]:
    return [f"{slot.start:%H:%M}" for slot in slots]


def told(found: Found) -> list[str]:
    return [f"{slot.start:%a %H:%M}" for slot in found.slots]


# ---------------------------------------------------------------- one calendar


def test_a_day_has_a_time_each_half_hour_that_ends_before_closing() -> None:
    saturday = date(2026, 11, 21)
    free = clocks(free_slots(diary(), saturday, saturday, NOW))
    assert free == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00"]


def test_full_and_half_hours_are_offered_whenever_it_opens() -> None:
    early = diary(hours={"tue": ("08:10", "10:05")})
    free = clocks(free_slots(early, TUESDAY, TUESDAY, NOW))
    assert free == ["08:30", "09:00"]
    found = find([early], Wanted(TUESDAY, TUESDAY, not_before=time(9)), NOW)
    assert (told(found), found.why) == (["Tue 09:00"], Why.FREE)


def test_an_appointment_keeps_its_own_time_and_the_buffers_on_both_sides_free() -> None:
    busy = diary(busy=taken(TUESDAY, "12:00"))
    free = clocks(free_slots(busy, TUESDAY, TUESDAY, NOW))
    assert "10:30" in free and "13:30" in free
    assert not {"11:00", "11:30", "12:00", "12:30", "13:00"} & set(free)


def test_holidays_and_closed_days_have_no_times() -> None:
    sunday = date(2026, 11, 22)
    assert clocks(free_slots(diary(), THANKSGIVING, THANKSGIVING, NOW)) == []
    assert clocks(free_slots(diary(), sunday, sunday, NOW)) == []


def test_today_begins_after_the_notice() -> None:
    assert clocks(free_slots(diary(), FRIDAY, FRIDAY, NOW))[0] == "11:00"


@pytest.mark.parametrize(
    ("day", "clock", "why"),
    [
        (TUESDAY, "15:00", Why.FREE),
        (TUESDAY, "15:20", Why.FREE),
        (TUESDAY, "17:00", Why.FREE),
        (TUESDAY, "17:30", Why.CLOSED),
        (TUESDAY, "07:30", Why.CLOSED),
        (TUESDAY, "12:00", Why.TAKEN),
        (TUESDAY, "13:00", Why.TAKEN),
        (TUESDAY, "13:30", Why.FREE),
        (THANKSGIVING, "15:00", Why.HOLIDAY),
        (date(2026, 11, 22), "15:00", Why.CLOSED),
        (date(2026, 11, 21), "15:00", Why.CLOSED),
        (FRIDAY, "08:00", Why.PAST),
        (FRIDAY, "10:30", Why.TOO_SOON),
        (FRIDAY, "11:00", Why.FREE),
        (date(2027, 1, 19), "15:00", Why.FREE),
        (date(2027, 1, 20), "15:00", Why.TOO_FAR),
    ],
)
def test_it_is_known_why_a_time_cannot_be_had(day: date, clock: str, why: Why) -> None:
    assert why_not(diary(busy=taken(TUESDAY, "12:00")), at(day, clock), NOW) is why


# ---------------------------------------------------------------- clocks that change


def test_a_time_that_clocks_skip_is_none() -> None:
    assert at_local(date(2026, 3, 8), time(2, 30), NEW_YORK) is None
    skipping = diary(hours={"sun": ("01:00", "05:00")}, tz=NEW_YORK, days_ahead=200)
    spring = date(2026, 3, 8)
    now = datetime(2026, 3, 1, tzinfo=UTC)
    slots = list(free_slots(skipping, spring, spring, now))
    assert clocks(slots) == ["01:00", "01:30", "03:00", "03:30", "04:00"]
    assert f"{slots[1].end:%H:%M %z}" == "03:30 -0400", "an hour after half past one"


def test_a_time_that_clocks_show_twice_is_the_first() -> None:
    twice = at_local(date(2026, 11, 1), time(1, 30), NEW_YORK)
    assert twice is not None
    assert twice.isoformat() == "2026-11-01T01:30:00-04:00"
    turning = diary(hours={"sun": ("00:30", "03:00")}, tz=NEW_YORK, days_ahead=200)
    now = datetime(2026, 10, 25, tzinfo=UTC)
    slots = list(free_slots(turning, date(2026, 11, 1), date(2026, 11, 1), now))
    assert clocks(slots) == ["00:30", "01:00", "01:30", "02:00"]
    assert f"{slots[1].end:%H:%M %z}" == "01:00 -0500", "one real hour later"


# ---------------------------------------------------------------- what is offered


@pytest.mark.parametrize(
    ("wanted", "busy", "times", "exact", "why"),
    [
        pytest.param(Wanted(TUESDAY, TUESDAY, time(15)), (), ["Tue 15:00"], True, "", id="free"),
        pytest.param(
            Wanted(TUESDAY, TUESDAY, time(15)),
            taken(TUESDAY, "15:00"),
            ["Tue 13:30", "Tue 16:30", "Wed 15:00"],
            False,
            "taken",
            id="taken: nearest on both sides, and the same time on another day",
        ),
        pytest.param(
            Wanted(THANKSGIVING, THANKSGIVING, time(10)),
            (),
            ["Wed 10:00", "Fri 09:00", "Fri 10:00"],
            False,
            "holiday",
            id="holiday",
        ),
        pytest.param(
            Wanted(TUESDAY, TUESDAY),
            (),
            ["Tue 08:00", "Tue 12:00", "Tue 16:00"],
            False,
            "",
            id="a day: morning, noon and afternoon",
        ),
        pytest.param(
            Wanted(TUESDAY, TUESDAY, part_of_day="morning"),
            (),
            ["Tue 08:00", "Tue 09:30", "Tue 11:30"],
            False,
            "",
            id="a part of a day",
        ),
        pytest.param(
            Wanted(date(2026, 11, 23), date(2026, 11, 29)),
            (),
            ["Mon 08:00", "Tue 10:00", "Wed 12:00"],
            False,
            "",
            id="a week: several days",
        ),
        pytest.param(
            Wanted(date(2026, 11, 23), date(2026, 11, 29), time(15)),
            (),
            ["Mon 15:00", "Tue 15:00", "Wed 15:00"],
            True,
            "",
            id="a time on any day of a week",
        ),
        pytest.param(
            Wanted(TUESDAY, TUESDAY, time(16), not_before=time(16)),
            (),
            ["Tue 16:00", "Tue 16:30", "Tue 17:00"],
            False,
            "",
            id="after four",
        ),
        pytest.param(
            Wanted(date(2026, 11, 21), date(2026, 11, 21), part_of_day="afternoon"),
            (),
            ["Sat 12:00"],
            False,
            "",
            id="Saturday afternoon is noon",
        ),
        pytest.param(
            Wanted(date(2026, 11, 22), date(2026, 11, 22)),
            (),
            ["Mon 08:00", "Mon 12:00", "Mon 16:00"],
            False,
            "closed",
            id="Sunday",
        ),
        pytest.param(
            Wanted(FRIDAY, FRIDAY, time(10)),
            (),
            ["Fri 11:00", "Fri 12:00", "Sat 10:00"],
            False,
            "too_soon",
            id="in an hour",
        ),
        pytest.param(
            Wanted(date(2026, 11, 18), date(2026, 11, 18), time(10)),
            (),
            ["Fri 11:00", "Fri 12:00", "Sat 10:00"],
            False,
            "past",
            id="the day before yesterday",
        ),
        pytest.param(
            Wanted(date(2027, 6, 1), date(2027, 6, 1), time(10)),
            (),
            ["Tue 09:00", "Tue 10:00", "Tue 11:00"],
            False,
            "too_far",
            id="next summer: the last day there is",
        ),
    ],
)
def test_what_is_offered(
    wanted: Wanted, busy: Any, times: list[str], exact: bool, why: str
) -> None:
    found = find([diary(busy=busy)], wanted, NOW)
    assert (told(found), found.exact, found.why) == (times, exact, why)


def test_of_several_free_calendars_the_one_with_less_to_do_that_day_is_offered() -> None:
    crews = [diary("a", busy=taken(TUESDAY, "08:00")), diary("b")]
    found = find(crews, Wanted(TUESDAY, TUESDAY, time(15)), NOW)
    assert [slot.calendar for slot in found.slots] == ["b"]
    other_day = find(crews, Wanted(date(2026, 11, 25), date(2026, 11, 25), time(15)), NOW)
    assert [slot.calendar for slot in other_day.slots] == ["a"], "both have nothing to do"


def test_a_time_is_free_when_any_calendar_is() -> None:
    crews = [diary("a", busy=taken(TUESDAY, "15:00")), diary("b", hours=WEEK)]
    found = find(crews, Wanted(TUESDAY, TUESDAY, time(15)), NOW)
    assert (found.exact, [slot.calendar for slot in found.slots]) == (True, ["b"])


def test_the_most_hopeful_reason_is_told() -> None:
    crews = [
        diary("a", busy=taken(TUESDAY, "15:00")),
        diary("b", hours={"mon": ("09:00", "10:00")}),
    ]
    assert find(crews, Wanted(TUESDAY, TUESDAY, time(15)), NOW).why is Why.TAKEN


def test_a_calendar_that_never_opens_offers_nothing() -> None:
    found = find([diary(hours={})], Wanted(TUESDAY, TUESDAY, time(15)), NOW)
    assert found == Found((), False, Why.CLOSED)


# ---------------------------------------------------------------- properties

zones = st.sampled_from(["America/Los_Angeles", "America/New_York", "Europe/Berlin", "Asia/Tokyo"])
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
minutes = st.integers(0, 24 * 60 - 1)


@st.composite
def opening_hours(draw: st.DrawFn) -> dict[str, tuple[str, str]]:
    names = draw(st.sets(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])))
    return {name: draw(spans()) for name in sorted(names)}


@st.composite
def spans(draw: st.DrawFn) -> tuple[str, str]:
    opens = draw(st.integers(0, 22 * 60))
    closes = draw(st.integers(opens + 1, 24 * 60 - 1))
    return _clock(opens), _clock(closes)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def diaries(draw: st.DrawFn, today: date) -> Diary:
    around = datetime(today.year, today.month, today.day, tzinfo=UTC)
    begins = draw(st.lists(st.integers(0, 10 * 24 * 4), max_size=12))
    spells = draw(st.lists(st.integers(1, 24), min_size=len(begins), max_size=len(begins)))
    return Diary(
        draw(st.sampled_from("abc")),
        ZoneInfo(draw(zones)),
        draw(opening_hours()),
        visit=timedelta(minutes=draw(st.integers(5, 240))),
        buffer=timedelta(minutes=draw(st.integers(0, 120))),
        notice=timedelta(minutes=draw(st.integers(0, 3000))),
        days_ahead=draw(st.integers(0, 30)),
        holidays=draw(st.sets(days, max_size=3)),
        busy=tuple(
            (
                around + timedelta(minutes=15 * begin),
                around + timedelta(minutes=15 * (begin + spell)),
            )
            for begin, spell in zip(begins, spells, strict=True)
        ),
    )


def test_a_day_that_opens_in_the_hour_that_clocks_skip_opens_after_it() -> None:
    """In Los Angeles, 02:00 to 03:00 of 8 March 2026 were skipped."""
    sunday = date(2026, 3, 8)
    kept = diary(
        tz=ZoneInfo("America/Los_Angeles"),
        hours={"sun": ("02:01", "04:00")},
        visit=timedelta(minutes=5),
        notice=timedelta(),
    )
    now = datetime(2026, 3, 7, tzinfo=UTC)
    slots = list(free_slots(kept, sunday, sunday, now))
    assert [f"{slot.start:%H:%M}" for slot in slots] == ["03:30"]
    assert {why_not(kept, slot.start, now) for slot in slots} == {Why.FREE}


@settings(max_examples=300)
@given(st.data(), days, minutes)
def test_every_free_slot_can_be_had(data: st.DataObject, today: date, minute: int) -> None:
    now = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(minutes=minute)
    kept = data.draw(diaries(today))
    slots = list(free_slots(kept, today - timedelta(days=1), today + timedelta(days=12), now))
    for slot in slots:
        assert why_not(kept, slot.start, now) is Why.FREE
        assert slot.end.astimezone(UTC) - slot.start.astimezone(UTC) == kept.visit
        wall = slot.start.replace(tzinfo=None)
        assert wall == slot.start.astimezone(UTC).astimezone(kept.tz).replace(tzinfo=None)
    starts = [slot.start.astimezone(UTC) for slot in slots]
    assert all(one < other for one, other in pairwise(starts))


@settings(max_examples=300)
@given(st.data(), days, minutes)
def test_what_is_offered_is_free_and_no_more_than_three(
    data: st.DataObject, today: date, minute: int
) -> None:
    now = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(minutes=minute)
    kept = data.draw(diaries(today))
    wanted = data.draw(
        st.builds(
            Wanted,
            earliest=st.none() | st.just(today + timedelta(days=3)),
            latest=st.none() | st.just(today + timedelta(days=6)),
            around=st.none() | st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
            part_of_day=st.sampled_from(["", "morning", "afternoon", "evening"]),
            not_before=st.none() | st.just(time(11)),
        )
    )
    found = find([kept], wanted, now)
    assert len(found.slots) <= MOST_PROPOSALS
    assert len({slot.start for slot in found.slots}) == len(found.slots)
    assert all(why_not(kept, slot.start, now) is Why.FREE for slot in found.slots)
    if found.exact:
        assert all(slot.start.time() == wanted.around for slot in found.slots)
    assert found.slots or found.why is not Why.FREE
    if found.why is Why.FREE and not found.exact:
        assert all(wanted.allows(slot.start.time()) for slot in found.slots)


@given(st.integers(0, 47), st.integers(0, 47))
def test_two_visits_never_share_a_calendars_time(one: int, other: int) -> None:
    begin = at(TUESDAY, "00:00")
    first, second = (begin + timedelta(minutes=30 * number) for number in (one, other))
    busy = diary(
        hours={"tue": ("00:00", "23:59")}, busy=(blocked_by(diary(), first),), buffer=timedelta(0)
    )
    visit_ends = second + timedelta(minutes=60)
    overlaps = second < first + timedelta(minutes=90) and first < visit_ends
    if visit_ends <= at(TUESDAY, "23:59"):
        assert (why_not(busy, second, NOW) is Why.TAKEN) is overlaps


def test_a_slot_says_when_it_is() -> None:
    [slot] = find([diary()], Wanted(TUESDAY, TUESDAY, time(15)), NOW).slots
    assert slot.spoken == "Tuesday, November 24th at three in the afternoon"
    assert slot == Slot(at(TUESDAY, "15:00"), at(TUESDAY, "16:00"), "crew")
