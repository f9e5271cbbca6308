"""Messages are handed over once, when they are due, if they still hold and may be sent."""

from datetime import datetime, timedelta

import pytest

from leads.enums import AppointmentStatus, MessageChannel, SuppressionSource, VisitNews
from leads.models import Appointment, Calendar, Lead, VisitMessage
from leads.services import suppress, update_lead
from leads.tests.conftest import NOW, at
from leads.tests.test_services import at_once
from leads.tests.visits.calendar_files import read_ics
from leads.visits.appointments import book, cancel, move
from leads.visits.outbox import note_delivery, send_due, send_next
from leads.visits.wordings import set_words
from salesdesk.notifications.enums import DeliveryStatus
from salesdesk.notifications.models import Delivery

pytestmark = pytest.mark.django_db


def deliveries() -> list[Delivery]:
    found = Delivery.objects.filter(subject_type="visit_message").order_by("pk")
    return list(found)


def at_due(visit: Appointment, ahead: int) -> datetime:
    return visit.starts_at - timedelta(minutes=ahead)


def test_a_confirmation_is_handed_over_once_with_the_appointment_as_a_file(
    visit: Appointment,
) -> None:
    assert send_due(NOW) == 2
    assert send_due(NOW) == 0
    email, sms = sorted(deliveries(), key=lambda each: each.channel)
    assert (email.to, sms.to) == ("maria@example.com", "+14155550199")
    assert email.subject == "Roof inspection: Tuesday, November 24 at 3:00 PM EST"
    assert "12 Elm Street" in email.text and "/visit/" in sms.text
    [file] = email.attachments
    [event] = read_ics(file["text"]).events
    assert (file["name"], event.start) == ("appointment.ics", visit.starts_at)
    states = set(visit.messages.filter(kind="booked").values_list("state", flat=True))
    assert states == {"sending"}


def test_reminders_wait_for_their_time(visit: Appointment) -> None:
    send_due(NOW)
    assert send_due(at_due(visit, 1441)) == 0
    assert send_due(at_due(visit, 1440)) == 2
    assert deliveries()[-1].attachments == []


def test_after_an_outage_only_the_latest_reminder_is_sent(visit: Appointment) -> None:
    send_due(NOW)
    send_due(at_due(visit, 60))
    reminders = visit.messages.filter(kind=VisitNews.REMINDER, channel=MessageChannel.SMS)
    assert dict(reminders.values_list("ahead_minutes", "state")) == {
        1440: "dropped",
        120: "sending",
    }


@pytest.mark.parametrize("late", [timedelta(), timedelta(hours=1)])
def test_nothing_is_sent_once_it_has_begun(visit: Appointment, late: timedelta) -> None:
    send_due(visit.starts_at + late)
    assert deliveries() == []
    assert set(visit.messages.values_list("state", flat=True)) == {"dropped"}


def test_what_no_longer_holds_is_not_sent(visit: Appointment) -> None:
    """Though nobody dropped it: the row was changed past the services."""
    Appointment.objects.filter(pk=visit.pk).update(status=AppointmentStatus.CANCELED)
    send_due(NOW)
    assert deliveries() == []
    [why] = set(visit.messages.filter(kind="booked").values_list("why", flat=True))
    assert why == "The appointment is canceled."


def test_a_cancellation_is_told_and_takes_it_out_of_calendars(visit: Appointment) -> None:
    cancel(visit, now=NOW)
    send_due(NOW)
    [email] = [each for each in deliveries() if each.channel == "email"]
    ics = read_ics(email.attachments[0]["text"])
    assert ics["METHOD"] == "CANCEL"
    assert ics.events[0]["STATUS"] == "CANCELLED"


def test_who_must_be_left_in_peace_is_not_written_to(visit: Appointment, lead: Lead) -> None:
    suppress(visit.business, phone=lead.phone, source=SuppressionSource.CALLER)
    suppress(visit.business, email="maria@example.com", source=SuppressionSource.CALLER)
    send_due(NOW)
    assert deliveries() == []
    refused = visit.messages.filter(kind="booked")
    assert set(refused.values_list("state", flat=True)) == {"refused"}
    assert all(refused.values_list("why", flat=True))


def test_the_address_of_now_counts(visit: Appointment) -> None:
    assert visit.lead is not None
    update_lead(visit.lead, email="")
    send_due(NOW)
    assert [each.channel for each in deliveries()] == ["sms"]


def test_the_business_own_words_are_sent(visit: Appointment) -> None:
    set_words(visit.business, VisitNews.BOOKED, MessageChannel.SMS, text="See you {{ day }}!")
    send_due(NOW)
    [sms] = [each for each in deliveries() if each.channel == "sms"]
    assert sms.text == "See you Tuesday, November 24!"


def test_what_became_of_it_is_seen(visit: Appointment) -> None:
    send_due(NOW)
    sent, failed = deliveries()
    Delivery.objects.filter(pk=sent.pk).update(status=DeliveryStatus.SENT, sent_at=NOW)
    Delivery.objects.filter(pk=failed.pk).update(status=DeliveryStatus.FAILED, error="No such box.")
    for each in (sent, failed, sent, failed):
        note_delivery(each.public_id)
    note_delivery("unknown")
    known = {row.reference: (row.state, row.why) for row in visit.messages.exclude(reference="")}
    assert known == {sent.public_id: ("sent", ""), failed.public_id: ("failed", "No such box.")}
    assert VisitMessage.objects.get(reference=sent.public_id).sent_at == NOW


def test_a_message_that_is_planned_again_is_sent_again(visit: Appointment) -> None:
    first = visit.starts_at
    send_due(NOW)
    moved = move(visit, at(visit.business, "10:00"), now=NOW)
    send_due(NOW)
    later = NOW + timedelta(minutes=5)
    back = move(moved, first, now=later)
    send_due(later)
    again = move(back, moved.starts_at, now=later + timedelta(minutes=5))
    assert send_due(later + timedelta(minutes=5)) == 2
    texts = [each.subject for each in deliveries() if each.channel == "email"]
    assert len(texts) == 4
    assert again.messages.filter(kind="moved", state="sending").count() == 4


@pytest.mark.django_db(transaction=True)
def test_many_workers_hand_each_message_over_once(reachable: Lead, calendar: Calendar) -> None:
    for clock in ("08:00", "09:30", "11:00", "12:30", "14:00"):
        book(reachable, at(reachable.business, clock), purpose=clock, now=NOW)
    worked = at_once(4, lambda _: send_due(NOW))
    assert sum(worked) == 10
    assert Delivery.objects.filter(subject_type="visit_message").count() == 10
    assert not send_next(NOW)
