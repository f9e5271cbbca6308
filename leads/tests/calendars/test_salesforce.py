"""Salesforce's events as spans of time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from leads.calendars.salesforce import span_of
from salesdesk.lib.errors import ProviderError

NEW_YORK = ZoneInfo("America/New_York")


def test_an_event_takes_its_time() -> None:
    row = {
        "StartDateTime": "2026-11-24T20:00:00.000+0000",
        "EndDateTime": "2026-11-24T21:30:00.000+0000",
        "IsAllDayEvent": False,
    }

    assert span_of(row, NEW_YORK) == (
        datetime(2026, 11, 24, 20, tzinfo=UTC),
        datetime(2026, 11, 24, 21, 30, tzinfo=UTC),
    )


def test_a_whole_day_is_one_by_the_local_clock() -> None:
    row = {
        "StartDateTime": "2026-11-24T00:00:00.000+0000",
        "EndDateTime": "2026-11-25T00:00:00.000+0000",
        "IsAllDayEvent": True,
    }

    assert span_of(row, NEW_YORK) == (
        datetime(2026, 11, 24, 5, tzinfo=UTC),
        datetime(2026, 11, 26, 5, tzinfo=UTC),
    )


@pytest.mark.parametrize("row", [{}, {"StartDateTime": None, "EndDateTime": "x"}])
def test_what_has_no_time_is_an_error(row: dict[str, str]) -> None:
    with pytest.raises(ProviderError, match="nobody understands"):
        span_of(row, NEW_YORK)
