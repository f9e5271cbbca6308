"""Appointments: booked once, never double, moved without loss, settled for good."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from leads import signals
from leads.enums import AppointmentStatus, LeadSource, LeadStage
from leads.models import Appointment, Calendar, Lead
from leads.services import create_lead
from leads.tests.conftest import NOW, TUESDAY, at
from leads.tests.test_services import at_once
from leads.visits import appointments
from leads.visits.appointments import NotFree, add_calendar, book, cancel, close, confirm, move
from leads.visits.diaries import diaries_of, find_free
from leads.visits.scheduling import Why
from leads.visits.wanted import Wanted
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, InvalidTransition, NotConfigured

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def told(lead: Lead) -> list[str]:
    events = lead.events.filter(kind="appointment").order_by("pk")
    return [event.text for event in events]


@pytest.fixture
def appointment(lead: Lead, calendar: Calendar) -> Appointment:
    return book(lead, at(lead.business, "15:00"), purpose="Roof inspection", now=NOW)


@pytest.fixture
def other_lead(business: Business) -> Lead:
    return create_lead(business, source=LeadSource.API, first_name="John")


# ---------------------------------------------------------------- booking


def test_booking_takes_the_time_and_its_buffer(appointment: Appointment) -> None:
    start = at(appointment.business, "15:00")
    assert (appointment.starts_at, appointment.ends_at) == (start, start + timedelta(minutes=60))
    appointment.refresh_from_db()
    assert appointment.blocked.lower == start
    assert appointment.blocked.upper == start + timedelta(minutes=90)


def test_booking_is_told_in_the_leads_history_and_moves_its_stage(
    appointment: Appointment, lead: Lead
) -> None:
    lead.refresh_from_db()
    assert lead.stage == LeadStage.APPOINTMENT
    assert told(lead) == [
        "Booked: Roof inspection, Tuesday, November 24th at three in the afternoon."
    ]


def test_asking_twice_books_once(appointment: Appointment, lead: Lead) -> None:
    again = book(lead, appointment.starts_at, purpose="Roof", conversation="c2", now=NOW)
    assert again == appointment
    assert len(told(lead)) == 1


def test_the_leads_address_is_taken_unless_another_is_given(lead: Lead, calendar: Calendar) -> None:
    lead.address = "12 Elm Street"
    lead.save()
    first = book(lead, at(lead.business, "09:00"), purpose="A", now=NOW)
    other = book(lead, at(lead.business, "15:00"), purpose="B", address="1 Oak", now=NOW)
    assert (first.address, other.address) == ("12 Elm Street", "1 Oak")


def test_the_calendar_with_the_least_to_do_that_day_is_chosen(
    appointment: Appointment, second_calendar: Calendar, lead: Lead
) -> None:
    business = lead.business
    same_day = book(lead, at(business, "09:00"), purpose="B", now=NOW)
    other_day = book(lead, at(business, "09:00", date(2026, 11, 25)), purpose="C", now=NOW)
    assert same_day.calendar == second_calendar
    assert other_day.calendar == appointment.calendar, "the first, where both are free all day"


def test_a_calendar_out_of_use_is_not_booked(lead: Lead, calendar: Calendar) -> None:
    Calendar.objects.update(is_active=False)
    with pytest.raises(NotConfigured, match="no calendar"):
        book(lead, at(lead.business, "15:00"), purpose="A", now=NOW)


def test_hours_are_the_businesss_where_the_calendar_has_none(
    make_business: Callable[..., Business],
) -> None:
    business = make_business("Late", hours={"tue": ["12:00", "22:00"]})
    add_calendar(business, "Crew")
    lead = create_lead(business, source=LeadSource.API, first_name="Ann")
    assert book(lead, at(business, "20:00"), purpose="A", now=NOW).pk
    with pytest.raises(NotFree, match="working hours"):
        book(lead, at(business, "09:00"), purpose="A", now=NOW)


@pytest.mark.parametrize(
    ("day", "clock", "why", "sentence"),
    [
        (TUESDAY, "15:30", Why.TAKEN, "That time is already taken. Free instead: "),
        (TUESDAY, "20:00", Why.CLOSED, "That is outside of the working hours."),
        (date(2026, 11, 26), "15:00", Why.HOLIDAY, "That day is a holiday."),
        (date(2026, 11, 19), "15:00", Why.PAST, "That time is over."),
        (date(2026, 11, 20), "11:00", Why.TOO_SOON, "That is too soon to be arranged."),
        (date(2027, 11, 23), "15:00", Why.TOO_FAR, "That is too far ahead to be booked yet."),
    ],
)
def test_a_time_that_cannot_be_had_is_refused_with_others(
    appointment: Appointment,
    other_lead: Lead,
    day: date,
    clock: str,
    why: Why,
    sentence: str,
) -> None:
    with pytest.raises(NotFree) as refusal:
        book(other_lead, at(other_lead.business, clock, day), purpose="A", now=NOW)
    error = refusal.value
    assert (error.why, error.message.startswith(sentence)) == (why, True)
    assert 1 <= len(error.alternatives) <= 3
    for slot in error.alternatives:
        assert slot.spoken in error.message
        assert book(other_lead, slot.start, purpose="A", now=NOW).starts_at == slot.start
        Appointment.objects.filter(lead=other_lead).delete()


@pytest.mark.parametrize(
    "start",
    [datetime(2026, 11, 24, 15), datetime.fromisoformat("2026-11-24T15:00:07-05:00")],
)
def test_a_start_has_a_zone_and_a_full_minute(
    lead: Lead, calendar: Calendar, start: datetime
) -> None:
    with pytest.raises(InvalidInput):
        book(lead, start, purpose="A", now=NOW)


def test_postgres_refuses_what_the_services_would_not_do(appointment: Appointment) -> None:
    twin = Appointment.objects.get(pk=appointment.pk)
    twin.pk, twin.public_id = None, "0123456789abcdef"
    with pytest.raises(IntegrityError, match="appointment_never_double"), transaction.atomic():
        twin.save()
    twin.status = AppointmentStatus.CANCELED
    twin.save()


# ---------------------------------------------------------------- at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("calendars", [1, 2, 3])
def test_of_twenty_who_want_one_time_each_calendar_gets_one(
    business: Business, calendars: int
) -> None:
    for number in range(calendars):
        add_calendar(business, f"Crew {number}", hours={"tue": ["08:00", "18:00"]})
    leads = [
        create_lead(business, source=LeadSource.API, first_name=f"Lead {number}")
        for number in range(20)
    ]

    def want(number: int) -> Appointment:
        return book(leads[number], at(business, "15:00"), purpose="A", now=NOW)

    answers = at_once(20, want)
    won = [answer for answer in answers if isinstance(answer, Appointment)]
    lost = [answer for answer in answers if isinstance(answer, NotFree)]
    assert (len(won), len(lost)) == (calendars, 20 - calendars)
    assert len({appointment.calendar_id for appointment in won}) == calendars
    assert Appointment.objects.count() == calendars
    assert {error.why for error in lost} == {Why.TAKEN}
    assert all(error.alternatives for error in lost)


@pytest.mark.django_db(transaction=True)
def test_one_lead_that_asks_many_times_at_once_has_one_appointment(
    lead: Lead, calendar: Calendar, second_calendar: Calendar
) -> None:
    start = at(lead.business, "15:00")
    answers = at_once(6, lambda number: book(lead, start, purpose="A", conversation="c", now=NOW))
    assert len({answer.pk for answer in answers}) == 1
    assert Appointment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_move_to_one_time_the_others_keep_theirs(
    business: Business, calendar: Calendar
) -> None:
    booked = [
        book(
            create_lead(business, source=LeadSource.API, first_name=f"Lead {number}"),
            at(business, clock),
            purpose="A",
            now=NOW,
        )
        for number, clock in enumerate(("08:00", "09:30", "11:00", "12:30"))
    ]
    old = {appointment.pk: appointment.starts_at for appointment in booked}
    target = at(business, "16:00")
    answers = at_once(4, lambda number: move(booked[number], target, now=NOW))
    [moved] = [answer for answer in answers if isinstance(answer, Appointment)]
    now_at = dict(Appointment.objects.values_list("pk", "starts_at"))
    assert now_at == {**old, moved.pk: target}
    assert sum(isinstance(answer, NotFree) for answer in answers) == 3


# ---------------------------------------------------------------- moving


def test_moving_takes_the_new_time_and_frees_the_old(
    appointment: Appointment, other_lead: Lead
) -> None:
    confirm(appointment, now=NOW)
    moved = move(appointment, at(appointment.business, "10:00"), conversation="c1", now=NOW)
    assert (moved.pk, moved.status) == (appointment.pk, AppointmentStatus.BOOKED)
    assert moved.starts_at == at(appointment.business, "10:00")
    assert book(other_lead, at(appointment.business, "15:00"), purpose="A", now=NOW).pk
    event = appointment.lead.events.latest("pk") if appointment.lead else None
    assert event is not None
    assert event.text.startswith("Moved: Roof inspection, Tuesday, November 24th at ten in")
    assert event.data["was"] == "2026-11-24T20:00:00+00:00"


def test_an_appointment_may_move_into_its_own_time(appointment: Appointment) -> None:
    start = at(appointment.business, "15:30")
    assert move(appointment, start, now=NOW).starts_at == start


def test_moving_to_the_same_time_changes_nothing(appointment: Appointment, lead: Lead) -> None:
    confirm(appointment, now=NOW)
    assert move(appointment, appointment.starts_at, now=NOW).status == "confirmed"
    assert len(told(lead)) == 2


def test_moving_stays_in_the_calendar_if_it_can(
    appointment: Appointment, second_calendar: Calendar, other_lead: Lead
) -> None:
    business = appointment.business
    assert move(appointment, at(business, "09:00"), now=NOW).calendar == appointment.calendar
    book(other_lead, at(business, "12:00"), purpose="A", now=NOW)
    Appointment.objects.filter(lead=other_lead).update(calendar=appointment.calendar)
    assert move(appointment, at(business, "12:00"), now=NOW).calendar == second_calendar


def test_a_move_that_collides_keeps_the_old_time(
    appointment: Appointment, other_lead: Lead
) -> None:
    business = appointment.business
    book(other_lead, at(business, "10:00"), purpose="A", now=NOW)
    with pytest.raises(NotFree) as refusal:
        move(appointment, at(business, "10:30"), now=NOW)
    assert refusal.value.why is Why.TAKEN
    stored = Appointment.objects.get(pk=appointment.pk)
    assert (stored.starts_at, stored.status) == (at(business, "15:00"), "booked")
    with pytest.raises(NotFree):
        book(other_lead, at(business, "15:00"), purpose="B", now=NOW)


# ---------------------------------------------------------------- settling


def test_confirming_twice_is_told_once(appointment: Appointment, lead: Lead) -> None:
    for _ in range(2):
        assert confirm(appointment, now=NOW).status == AppointmentStatus.CONFIRMED
    assert len(told(lead)) == 2


def test_canceling_frees_the_time_and_keeps_the_reason(
    appointment: Appointment, other_lead: Lead, lead: Lead
) -> None:
    for reason in ("Sick.", "Other."):
        cancel(appointment, reason=reason, now=NOW)
    stored = Appointment.objects.get(pk=appointment.pk)
    assert (stored.status, stored.cancel_reason) == ("canceled", "Sick.")
    assert len(told(lead)) == 2
    assert book(other_lead, appointment.starts_at, purpose="A", now=NOW).pk


@pytest.mark.parametrize("status", [AppointmentStatus.DONE, AppointmentStatus.MISSED])
def test_what_has_begun_is_closed_and_stays_so(
    appointment: Appointment, status: AppointmentStatus
) -> None:
    with pytest.raises(InvalidTransition):
        close(appointment, status, now=NOW)
    assert close(appointment, status, now=LATER).status == status
    assert close(appointment, status, now=LATER).status == status
    for change in (cancel, confirm):
        with pytest.raises(InvalidTransition):
            change(appointment, now=NOW)
    with pytest.raises(InvalidTransition):
        move(appointment, at(appointment.business, "10:00"), now=NOW)


@pytest.mark.parametrize("change", [cancel, confirm])
def test_what_is_over_is_not_changed(appointment: Appointment, change: Any) -> None:
    with pytest.raises(InvalidTransition, match="over"):
        change(appointment, now=LATER)


def test_a_canceled_appointment_is_not_moved(appointment: Appointment) -> None:
    cancel(appointment, now=NOW)
    with pytest.raises(InvalidTransition, match="canceled"):
        move(appointment, at(appointment.business, "10:00"), now=NOW)


def test_each_step_is_news(
    lead: Lead,
    calendar: Calendar,
    rep: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    heard: list[dict[str, Any]] = []

    def hear(sender: Any, signal: Any, **ids: Any) -> None:
        heard.append(ids)

    signals.appointment_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            made = book(lead, at(lead.business, "15:00"), purpose="A", by=rep, now=NOW)
            move(made, at(lead.business, "10:00"), now=NOW)
            confirm(made, now=NOW)
            close(made, AppointmentStatus.DONE, now=LATER)
    finally:
        signals.appointment_changed.disconnect(hear)
    ids = {
        "appointment_id": made.public_id,
        "lead_id": lead.public_id,
        "business_id": lead.business_id,
    }
    events = ("booked", "moved", "confirmed", "done")
    assert heard == [{**ids, "event": event} for event in events]


# ---------------------------------------------------------------- free times


def test_free_times_are_read_with_two_queries(
    appointment: Appointment,
    second_calendar: Calendar,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    business = Business.objects.get(pk=appointment.business_id)
    with django_assert_num_queries(2):
        diaries = diaries_of(business, NOW)
    assert [len(diary.busy) for diary in diaries] == [1, 0]


def test_what_is_taken_in_one_business_is_free_in_another(
    appointment: Appointment, other_business: Business
) -> None:
    add_calendar(other_business, "Crew")
    wanted = Wanted(TUESDAY, TUESDAY, at(appointment.business, "15:00").time())
    assert find_free(other_business, wanted, NOW).exact
    assert find_free(appointment.business, wanted, NOW).why is Why.TAKEN
    assert find_free(appointment.business, wanted, NOW, without=appointment).exact


def test_a_start_that_is_told_is_local(appointment: Appointment) -> None:
    assert appointments.local_start(appointment).isoformat() == "2026-11-24T15:00:00-05:00"
