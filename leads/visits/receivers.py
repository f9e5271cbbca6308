"""Tells pages what happened to appointments, sends what is due, and hears reps' answers."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.visits import answering, outbox, push
from leads.visits.tasks import send_due_messages
from salesdesk.notifications import signals as notifications

WRITTEN_ABOUT = ("booked", "moved", "canceled")


@receiver(signals.appointment_changed)
def tell_pages(appointment_id: str, business_id: int, **_: Any) -> None:
    push.visit_news(appointment_id, business_id)


@receiver(signals.appointment_changed)
def write_soon(event: str, **_: Any) -> None:
    if event in WRITTEN_ABOUT:
        send_due_messages.delay()


@receiver(notifications.delivery_settled)
def note_delivery(delivery_id: str, subject_type: str, **_: Any) -> None:
    if subject_type == outbox.SUBJECT:
        outbox.note_delivery(delivery_id)


@receiver(notifications.notification_answered)
def hear_answer(
    action: str, user_id: int, subject_type: str, subject_id: str, business_id: int, **_: Any
) -> None:
    answering.take_answer(business_id, subject_type, subject_id, action, user_id)
