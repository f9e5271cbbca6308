"""What news about leads does to their cadences."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.cadences import answers, undoing, withdrawn
from leads.cadences.carrying import TOUCH
from leads.models import Appointment, Lead, Outcome, Suppression
from salesdesk.notifications.models import Delivery
from salesdesk.notifications.signals import delivery_settled


@receiver(signals.dial_changed, dispatch_uid="cadences.dial_changed")
def take_dial(business_id: int, origin: str, origin_id: str, **_: Any) -> None:
    answers.dial_changed(business_id, origin, origin_id)


@receiver(delivery_settled, dispatch_uid="cadences.delivery_settled")
def take_delivery(delivery_id: str, subject_type: str, subject_id: str, **_: Any) -> None:
    if subject_type == TOUCH:
        delivery = Delivery.objects.get(public_id=delivery_id)
        answers.delivery_settled(delivery.business_id, subject_id, delivery.status, delivery.error)


@receiver(signals.outcome_recorded, dispatch_uid="cadences.outcome_recorded")
def take_outcome(lead_id: str, behaviour: str, **_: Any) -> None:
    answers.outcome_recorded(_lead(lead_id), behaviour)


@receiver(signals.outcome_undone, dispatch_uid="cadences.outcome_undone")
def take_undo(outcome_id: str, **_: Any) -> None:
    undoing.restore(Outcome.objects.get(public_id=outcome_id))


@receiver(signals.consent_withdrawn, dispatch_uid="cadences.consent_withdrawn")
def take_withdrawal(lead_id: str, **_: Any) -> None:
    withdrawn.take_back(_lead(lead_id))


@receiver(signals.lead_changed, dispatch_uid="cadences.lead_changed")
def take_change(lead_id: str, event: str, **_: Any) -> None:
    lead = Lead.objects.select_related("business").filter(public_id=lead_id).first()
    if event == "changed" and lead is not None:
        answers.lead_changed(lead)


@receiver(signals.appointment_changed, dispatch_uid="cadences.appointment_changed")
def take_appointment(appointment_id: str, event: str, **_: Any) -> None:
    if event in ("booked", "confirmed"):
        known = Appointment.objects.select_related("lead__business")
        answers.booked(known.get(public_id=appointment_id))


@receiver(signals.suppressed, dispatch_uid="cadences.suppressed")
def take_suppression(suppression_id: int, **_: Any) -> None:
    known = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if known is not None:
        answers.suppressed(known)


def _lead(public_id: str) -> Lead:
    return Lead.objects.select_related("business").get(public_id=public_id)
