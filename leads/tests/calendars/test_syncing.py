"""Appointments are put into the calendar outside, and follow what becomes of them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from leads import tasks
from leads.calendars.syncing import sync_appointment
from leads.enums import LeadSource
from leads.models import Appointment, Calendar, Lead
from leads.outside import integrations
from leads.services import create_lead
from leads.tests.conftest import MARIA, NOW, WEEK, at
from leads.tests.vendors import salesforce as salesforce_vendor
from leads.tests.vendors.google import GoogleServer
from leads.tests.vendors.salesforce import SalesforceServer
from leads.visits.appointments import add_calendar, book, cancel, move
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError
from salesdesk.lib.phone import for_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def appointment(lead: Lead, crew: Calendar) -> Appointment:
    three = at(crew.business, "15:00")
    return book(lead, three, purpose="Inspection", address="1 Elm Road", note="Dog.", now=NOW)


def stored(appointment: Appointment) -> Appointment:
    return Appointment.objects.get(pk=appointment.pk)


def test_an_appointment_is_put_there(appointment: Appointment, google: GoogleServer) -> None:
    sync_appointment(appointment.pk)

    [event] = google.there()
    assert event["summary"] == "Inspection: Maria Lopez"
    assert event["location"] == "1 Elm Road"
    assert event["description"] == f"Maria Lopez, {for_people(MARIA)}\nDog."
    assert event["start"] == {"dateTime": "2026-11-24T20:00:00+00:00"}
    row = stored(appointment)
    assert (row.external_id, row.outside, row.sync_error) == (event["id"], row.calendar, "")
    assert row.synced_at == row.updated_at


def test_doing_it_again_changes_nothing(appointment: Appointment, google: GoogleServer) -> None:
    sync_appointment(appointment.pk)
    sync_appointment(appointment.pk)

    assert len(google.there()) == 1


def test_an_answer_that_was_lost_makes_no_second_event(
    appointment: Appointment, google: GoogleServer
) -> None:
    sync_appointment(appointment.pk)
    Appointment.objects.update(external_id="", outside=None, synced_at=None)

    sync_appointment(appointment.pk)

    assert len(google.there()) == 1
    assert stored(appointment).external_id == google.there()[0]["id"]


def test_it_follows_a_move(appointment: Appointment, google: GoogleServer) -> None:
    sync_appointment(appointment.pk)
    move(appointment, at(appointment.business, "09:00"), now=NOW)

    sync_appointment(appointment.pk)

    [event] = google.there()
    assert event["start"] == {"dateTime": "2026-11-24T14:00:00+00:00"}


def test_it_leaves_with_a_move_to_another_calendar(
    appointment: Appointment, google: GoogleServer
) -> None:
    sync_appointment(appointment.pk)
    other = add_calendar(appointment.business, "Crew B", hours=WEEK)
    Appointment.objects.update(calendar=other)

    sync_appointment(appointment.pk)

    row = stored(appointment)
    assert google.there() == []
    assert (row.external_id, row.outside) == ("", None)


def test_a_canceled_one_is_taken_out(appointment: Appointment, google: GoogleServer) -> None:
    sync_appointment(appointment.pk)
    cancel(appointment, now=NOW)

    sync_appointment(appointment.pk)

    assert google.there() == []
    assert stored(appointment).external_id == ""


def test_one_that_was_canceled_before_it_was_put_is_not_put(
    appointment: Appointment, google: GoogleServer
) -> None:
    cancel(appointment, now=NOW)

    sync_appointment(appointment.pk)

    assert google.events == {}


def test_what_went_wrong_stands_in_the_appointment_until_it_is_well(
    appointment: Appointment, google: GoogleServer
) -> None:
    google.spoiled = (503, None)
    with pytest.raises(ProviderError):
        sync_appointment(appointment.pk)
    assert stored(appointment).sync_error == "Google Calendar has trouble at the moment."

    google.spoiled = None
    sync_appointment(appointment.pk)

    assert stored(appointment).sync_error == ""


def test_one_that_is_gone_is_nobodys(db: None) -> None:
    sync_appointment(0)


# ---------------------------------------------------------------- when it is done


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    keys: list[int] = []
    monkeypatch.setattr(tasks.sync_appointment, "delay", keys.append)
    return keys


def test_it_is_queued_on_commit(
    lead: Lead, crew: Calendar, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        made = book(lead, at(crew.business, "15:00"), purpose="Visit", now=NOW)
        assert queued == []
    with django_capture_on_commit_callbacks(execute=True):
        cancel(made, now=NOW)

    assert queued == [made.pk, made.pk]


def test_a_calendar_of_the_desk_needs_none(
    lead: Lead, calendar: Calendar, queued: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        book(lead, at(calendar.business, "15:00"), purpose="Visit", now=NOW)

    assert queued == []


def test_left_behind_is_what_outside_does_not_know(
    appointment: Appointment, queued: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = appointment.updated_at + tasks.LEFT_BEHIND_AFTER
    monkeypatch.setattr(timezone, "now", lambda: later)
    tasks.sync_left_behind()
    assert queued == []

    monkeypatch.setattr(timezone, "now", lambda: later + tasks.LEFT_BEHIND_AFTER)
    tasks.sync_left_behind()
    assert queued == [appointment.pk]

    sync_appointment(appointment.pk)
    tasks.sync_left_behind()
    assert queued == [appointment.pk]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_put_it_once(
    business: Business, salesforce: SalesforceServer, queued: list[int]
) -> None:
    integrations.set_credentials(business, "salesforce", salesforce_vendor.CREDENTIALS)
    fields = {"provider": "salesforce", "external_id": "005000000000001"}
    add_calendar(business, "Crew S", hours=WEEK, **fields)
    lead = create_lead(business, source=LeadSource.CALL_IN, phone=MARIA)
    made = book(lead, at(business, "15:00"), purpose="Visit", now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(_sync_and_close, [made.pk] * 4))

    assert list(salesforce.rows["Event"]) == [stored(made).external_id]


def _sync_and_close(appointment_id: int) -> None:
    try:
        sync_appointment(appointment_id)
    finally:
        connection.close()
