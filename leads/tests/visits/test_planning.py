"""Which messages are planned, and which are dropped when the appointment changes."""

from datetime import timedelta

import pytest

from leads.enums import AppointmentStatus, LeadSource, MessageChannel, VisitNews
from leads.models import Appointment, Calendar
from leads.services import create_lead
from leads.tests.conftest import NOW, at
from leads.visits.appointments import book, cancel, close, confirm, move, resize
from leads.visits.wordings import change_rules, set_words

pytestmark = pytest.mark.django_db

Row = tuple[str, str, int, str]


def planned(visit: Appointment) -> list[Row]:
    rows = visit.messages.order_by("due_at", "kind", "channel")
    return [(row.kind, row.channel, row.ahead_minutes, row.state) for row in rows]


def test_a_booking_is_confirmed_and_reminded_of_a_day_and_two_hours_before(
    visit: Appointment,
) -> None:
    assert planned(visit) == [
        ("booked", "email", 0, "waiting"),
        ("booked", "sms", 0, "waiting"),
        ("reminder", "email", 1440, "waiting"),
        ("reminder", "sms", 1440, "waiting"),
        ("reminder", "email", 120, "waiting"),
        ("reminder", "sms", 120, "waiting"),
    ]
    due = visit.messages.filter(ahead_minutes=120).values_list("due_at", flat=True)
    assert set(due) == {visit.starts_at - timedelta(hours=2)}


def test_reminders_that_would_be_over_are_not_planned(visit: Appointment) -> None:
    lead = create_lead(visit.business, source=LeadSource.API, phone="+14155550177")
    late = visit.starts_at - timedelta(hours=5)
    soon = book(lead, at(visit.business, "12:30"), purpose="A", now=late)
    assert [row[:3] for row in planned(soon)] == [("booked", "sms", 0), ("reminder", "sms", 120)]


def test_who_has_no_address_is_not_written_to(visit: Appointment) -> None:
    nobody = create_lead(visit.business, source=LeadSource.API, first_name="John")
    assert planned(book(nobody, at(visit.business, "09:00"), purpose="A", now=NOW)) == []


def test_moving_drops_what_was_planned_for_the_old_time(visit: Appointment) -> None:
    old = visit.starts_at
    moved = move(visit, at(visit.business, "10:00"), now=NOW)
    states = {(row.about, row.state) for row in moved.messages.all()}
    assert states == {(old, "dropped"), (moved.starts_at, "waiting")}
    kinds = {row.kind for row in moved.messages.waiting()}
    assert kinds == {VisitNews.MOVED, VisitNews.REMINDER}


def test_moving_back_plans_the_reminders_again(visit: Appointment) -> None:
    first = visit.starts_at
    moved = move(visit, at(visit.business, "10:00"), now=NOW)
    back = move(moved, first, now=NOW)
    waiting = back.messages.waiting()
    assert {row.about for row in waiting} == {first}
    assert waiting.filter(kind=VisitNews.REMINDER).count() == 4


def test_canceling_leaves_the_news_of_it_only(visit: Appointment) -> None:
    cancel(visit, now=NOW)
    assert {(row.kind, row.channel) for row in visit.messages.waiting()} == {
        ("canceled", "email"),
        ("canceled", "sms"),
    }


def test_what_changes_nothing_for_the_customer_is_not_told(
    visit: Appointment, second_calendar: Calendar
) -> None:
    before = planned(visit)
    confirmed = confirm(visit, now=NOW)
    handed = move(confirmed, visit.starts_at, calendar=second_calendar, now=NOW)
    longer = resize(handed, 90, now=NOW)
    assert planned(longer) == before
    assert (longer.status, longer.calendar) == (AppointmentStatus.CONFIRMED, second_calendar)


def test_nobody_is_reminded_of_what_is_over(visit: Appointment) -> None:
    close(visit, AppointmentStatus.DONE, now=visit.ends_at)
    assert not visit.messages.waiting().exists()


def test_the_business_says_when_and_by_what(visit: Appointment) -> None:
    business = visit.business
    change_rules(business, reminders=[60])
    for kind in (VisitNews.BOOKED, VisitNews.REMINDER):
        set_words(business, kind, MessageChannel.SMS, text="x", is_active=False)
    lead = visit.lead
    assert lead is not None
    other = book(lead, at(business, "09:00"), purpose="B", now=NOW)
    assert [row[:3] for row in planned(other)] == [
        ("booked", "email", 0),
        ("reminder", "email", 60),
    ]


def test_a_business_that_does_not_write_plans_nothing(visit: Appointment) -> None:
    change_rules(visit.business, writes=False)
    lead = visit.lead
    assert lead is not None
    assert planned(book(lead, at(visit.business, "09:00"), purpose="B", now=NOW)) == []
