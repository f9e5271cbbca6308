"""Times that are taken outside are not offered, and doubtful ones neither."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache

from leads.calendars import asking
from leads.calendars.asking import without_ours
from leads.calendars.syncing import sync_appointment
from leads.models import Calendar, Integration, Lead
from leads.tests.conftest import NOW, TUESDAY, at
from leads.tests.vendors.google import GoogleServer
from leads.visits.appointments import NotFree, book, move
from leads.visits.diaries import diaries_of, find_free
from leads.visits.wanted import Wanted
from salesdesk.lib.errors import ProviderError

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def span(start: float, end: float) -> tuple[datetime, datetime]:
    return NOON + start * HOUR, NOON + end * HOUR


@pytest.mark.parametrize(
    ("ours", "left"),
    [
        ([], [span(0, 4)]),
        ([span(5, 6)], [span(0, 4)]),
        ([span(4, 5)], [span(0, 4)]),
        ([span(0, 4)], []),
        ([span(-1, 5)], []),
        ([span(0, 1)], [span(1, 4)]),
        ([span(1, 2)], [span(0, 1), span(2, 4)]),
        ([span(1, 2), span(2, 3)], [span(0, 1), span(3, 4)]),
    ],
)
def test_what_we_put_there_is_not_counted_twice(
    ours: list[tuple[datetime, datetime]], left: list[tuple[datetime, datetime]]
) -> None:
    assert list(without_ours([span(0, 4)], ours)) == left


# ---------------------------------------------------------------- with a calendar at Google


def wish(clock: str) -> Wanted:
    return Wanted(TUESDAY, TUESDAY, datetime.fromisoformat(f"2026-11-24T{clock}").time())


@pytest.mark.django_db
def test_a_time_that_is_taken_outside_is_not_offered_nor_booked(
    lead: Lead, crew: Calendar, google: GoogleServer
) -> None:
    three = at(crew.business, "15:00")
    google.add("theirs", three, three + HOUR)

    found = find_free(crew.business, wish("15:00"), NOW)

    assert (found.why, found.exact) == ("taken", False)
    assert three not in [slot.start for slot in found.slots]
    with pytest.raises(NotFree, match="already taken"):
        book(lead, three, purpose="Inspection", now=NOW)


@pytest.mark.django_db
def test_what_is_free_outside_is_offered(crew: Calendar) -> None:
    assert find_free(crew.business, wish("15:00"), NOW).exact


@pytest.mark.django_db
def test_our_own_appointment_does_not_stand_in_its_own_way(lead: Lead, crew: Calendar) -> None:
    three = at(crew.business, "15:00")
    appointment = book(lead, three, purpose="Inspection", now=NOW)
    sync_appointment(appointment.pk)
    cache.clear()

    moved = move(appointment, three + HOUR / 2, now=NOW)

    assert moved.starts_at == three + HOUR / 2


@pytest.mark.django_db
def test_when_no_calendar_answers_no_time_is_offered(crew: Calendar, google: GoogleServer) -> None:
    google.spoiled = (503, None)

    with pytest.raises(ProviderError, match=r"which times are free.*has trouble") as refused:
        find_free(crew.business, wish("15:00"), NOW)

    assert refused.value.retryable


@pytest.mark.django_db
def test_only_calendars_that_answer_offer_times(
    calendar: Calendar, crew: Calendar, google: GoogleServer
) -> None:
    google.spoiled = (503, None)

    assert [each.calendar for each in diaries_of(crew.business, NOW)] == [calendar.public_id]


@pytest.mark.django_db
def test_a_calendar_that_is_not_connected_offers_nothing(crew: Calendar) -> None:
    Integration.objects.all().delete()

    with pytest.raises(ProviderError, match="not connected with Google Calendar"):
        diaries_of(crew.business, NOW)


@pytest.mark.django_db
def test_a_silent_calendar_is_not_waited_for(
    crew: Calendar, google: GoogleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 0.2)
    google.is_silent = True

    with pytest.raises(ProviderError, match="did not answer in time"):
        diaries_of(crew.business, NOW)


@pytest.mark.django_db
def test_it_is_asked_once_for_offering_and_booking(
    lead: Lead, crew: Calendar, google: GoogleServer
) -> None:
    find_free(crew.business, wish("15:00"), NOW)
    book(lead, at(crew.business, "15:00"), purpose="Inspection", now=NOW)

    asked = [each for each in google.seen if each.path.endswith("/freeBusy")]
    assert len(asked) == 2  # 62 days, in two questions
