"""Quiet hours by the clock on the wall."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from salesdesk.notifications.delivering.quiet import quiet_until

NEW_YORK = ZoneInfo("America/New_York")
NIGHT = (time(21), time(7))


@pytest.mark.parametrize(
    ("now", "hours", "until"),
    [
        ("2026-11-20T22:30", NIGHT, "2026-11-21T07:00"),
        ("2026-11-21T03:00", NIGHT, "2026-11-21T07:00"),
        ("2026-11-20T21:00", NIGHT, "2026-11-21T07:00"),
        ("2026-11-21T07:00", NIGHT, "2026-11-21T07:00"),
        ("2026-11-20T12:00", NIGHT, "2026-11-20T12:00"),
        ("2026-11-20T12:30", (time(12), time(13)), "2026-11-20T13:00"),
        ("2026-11-20T13:00", (time(12), time(13)), "2026-11-20T13:00"),
        ("2026-11-20T22:30", (None, None), "2026-11-20T22:30"),
        ("2026-11-20T22:30", (time(21), None), "2026-11-20T22:30"),
        ("2026-11-20T22:30", (time(21), time(21)), "2026-11-20T22:30"),
        # The night in which clocks are put back, and the one in which they are put forward.
        ("2026-10-31T22:00", NIGHT, "2026-11-01T07:00"),
        ("2026-03-07T22:00", NIGHT, "2026-03-08T07:00"),
    ],
)
def test_it_is_quiet_until(now: str, hours: tuple[time, time], until: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=NEW_YORK).astimezone(UTC)

    told = quiet_until(moment, NEW_YORK, *hours)

    assert told == datetime.fromisoformat(until).replace(tzinfo=NEW_YORK)


def test_the_clock_is_that_of_the_person() -> None:
    moment = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)  # 18:00 in New York, 08:00 in Tokyo

    assert quiet_until(moment, NEW_YORK, *NIGHT) == moment
    assert quiet_until(moment, ZoneInfo("Asia/Tokyo"), time(8), time(9)) == datetime(
        2026, 11, 21, 0, 0, tzinfo=UTC
    )
