from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from leads.campaigns.window import next_call
from leads.models import Campaign

HOURS = {"mon": ("09:00", "12:00"), "tue": ("09:00", "12:00")}
NEW_YORK, LOS_ANGELES = ZoneInfo("America/New_York"), ZoneInfo("America/Los_Angeles")
MONDAY = (2026, 11, 16)


@pytest.mark.parametrize(
    ("zones", "now", "called"),
    [
        ([NEW_YORK], (*MONDAY, 15), (*MONDAY, 15)),
        ([NEW_YORK], (*MONDAY, 13, 59), (*MONDAY, 14)),
        ([NEW_YORK], (*MONDAY, 17), (2026, 11, 17, 14)),
        ([LOS_ANGELES], (*MONDAY, 15), (*MONDAY, 17)),
        ([NEW_YORK, LOS_ANGELES], (*MONDAY, 15), None),
        ([NEW_YORK], (2026, 11, 17, 18), (2026, 11, 23, 14)),
    ],
)
def test_a_lead_is_called_within_the_hours_of_its_clock(
    zones: list[ZoneInfo], now: tuple[int, ...], called: tuple[int, ...] | None
) -> None:
    expected = datetime(*called, tzinfo=UTC) if called else None  # type: ignore[misc, arg-type]
    assert next_call(datetime(*now, tzinfo=UTC), HOURS, zones) == expected  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (["mon", "tue", "wed", "thu", "fri"], "Mon–Fri"),
        (["wed", "mon"], "Mon, Wed"),
        (["sat", "sun"], "Sat, Sun"),
        (["sun"], "Sun"),
    ],
)
def test_the_days_are_told_as_people_do(days: list[str], words: str) -> None:
    assert Campaign(days=days).days_in_words == words
