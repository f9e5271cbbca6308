"""Google's answers and events, as pure functions."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from leads.calendars.base import Visit
from leads.calendars.google import busy_in, event_id, event_of
from leads.outside.errors import Gone
from leads.tests.vendors.google import CREW
from salesdesk.lib.errors import ProviderError
from salesdesk.lib.ids import public_id

BUSY = {"start": "2026-11-24T15:00:00-05:00", "end": "2026-11-24T21:30:00Z"}


def test_busy_times_are_told_in_utc() -> None:
    answer = {"kind": "calendar#freeBusy", "calendars": {CREW: {"busy": [BUSY]}}}

    [(starts, ends)] = busy_in(answer, CREW)

    assert (starts.isoformat(), ends.isoformat()) == (
        "2026-11-24T20:00:00+00:00",
        "2026-11-24T21:30:00+00:00",
    )


def test_a_calendar_that_is_not_shared_is_told() -> None:
    errors = [{"domain": "global", "reason": "notFound"}]

    with pytest.raises(Gone):
        busy_in({"calendars": {CREW: {"errors": errors, "busy": []}}}, CREW)


@pytest.mark.parametrize(
    "answer",
    [None, [], {}, {"calendars": {}}, {"calendars": {CREW: []}}, {"calendars": {CREW: {}}}]
    + [{"calendars": {CREW: {"busy": [busy]}}} for busy in ({}, {**BUSY, "end": "x"}, None)],
)
def test_an_answer_without_busy_times_is_an_error(answer: Any) -> None:
    with pytest.raises(ProviderError, match="nobody understands"):
        busy_in(answer, CREW)


def test_an_event_has_what_the_crew_must_know() -> None:
    local = timezone(timedelta(hours=-5))
    starts = datetime(2026, 11, 24, 15, tzinfo=local)
    visit = Visit("key", "Inspection", starts, starts + timedelta(hours=1), "1 Elm Road", "Dog.")

    assert event_of(visit) == {
        "summary": "Inspection",
        "location": "1 Elm Road",
        "description": "Dog.",
        "start": {"dateTime": "2026-11-24T20:00:00+00:00"},
        "end": {"dateTime": "2026-11-24T21:00:00+00:00"},
        "status": "confirmed",
        "extendedProperties": {"private": {"salesdesk": "key"}},
    }


def test_ids_have_only_characters_that_google_takes() -> None:
    key = event_id(public_id())

    assert len(key) == 34
    assert set(key) <= set("0123456789abcdefghijklmnopqrstuv")
