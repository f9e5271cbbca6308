"""What news do to the clocks of arrivals, and who is told."""

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from leads import signals
from leads.enums import ContactHow, DialStatus
from leads.models import Dial, Lead, Outcome, SpeedClock, Suppression
from leads.services import left_in_peace_by
from leads.speed import answers, tasks, telling
from leads.speed.services import ABOUT_LEAD, note_contact
from salesdesk.accounts.models import User
from salesdesk.notifications.signals import notification_answered

TOLD = (DialStatus.PLACED, DialStatus.ENDED)


@receiver(signals.lead_arrived, dispatch_uid="speed.lead_arrived")
def take_arrival(lead_id: str, source: str, is_new: bool, **_: Any) -> None:
    telling.receive(_lead(lead_id), source, is_new=is_new)


@receiver(notification_answered, dispatch_uid="speed.notification_answered")
def take_answer(action: str, user_id: int, subject_type: str, subject_id: str, **_: Any) -> None:
    if subject_type != ABOUT_LEAD:
        return
    lead, user = _lead(subject_id), User.objects.get(pk=user_id)
    if action == telling.TAKE.key:
        telling.take(lead, user)
    elif action == telling.SNOOZE.key:
        wait = telling.put_off(lead, user)
        tasks.remind.apply_async((lead.pk,), countdown=wait.total_seconds())


@receiver(signals.dial_changed, dispatch_uid="speed.dial_changed")
def take_dial(dial_id: str, status: str, **_: Any) -> None:
    if status in TOLD:
        dials = Dial.objects.select_related("lead__business", "user")
        answers.dial_changed(dials.get(public_id=dial_id))


@receiver(signals.outcome_recorded, dispatch_uid="speed.outcome_recorded")
def take_outcome(outcome_id: str, **_: Any) -> None:
    outcomes = Outcome.objects.select_related("lead__business", "user")
    answers.outcome_recorded(outcomes.get(public_id=outcome_id))


@receiver(signals.outcome_undone, dispatch_uid="speed.outcome_undone")
def take_undo(outcome_id: str, **_: Any) -> None:
    outcomes = Outcome.objects.select_related("lead__business")
    answers.outcome_undone(outcomes.get(public_id=outcome_id))


@receiver(signals.lead_changed, dispatch_uid="speed.lead_changed")
def take_change(lead_id: str, event: str, **_: Any) -> None:
    lead = Lead.objects.select_related("business").filter(public_id=lead_id).first()
    if event == "changed" and lead is not None:
        answers.closed(lead)


@receiver(signals.suppressed, dispatch_uid="speed.suppressed")
def take_suppression(suppression_id: int, **_: Any) -> None:
    known = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if known is not None:
        running = SpeedClock.objects.running().values("lead")
        for lead in left_in_peace_by(known).filter(pk__in=running).select_related("business"):
            answers.opted_out(lead)


@receiver(signals.appointment_changed, dispatch_uid="speed.appointment_changed")
def take_appointment(lead_id: str, event: str, **_: Any) -> None:
    """Who has an appointment was talked with, or wrote."""
    if event == "booked" and lead_id:
        note_contact(_lead(lead_id), ContactHow.OTHER, at=timezone.now())


def _lead(public_id: str) -> Lead:
    return Lead.objects.select_related("business", "owner").get(public_id=public_id)
