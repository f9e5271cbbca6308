"""What news about deliveries and opt-outs do to messages."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.messaging import holding, opting, sending
from leads.models import Lead, Suppression
from salesdesk.notifications.models import Delivery
from salesdesk.notifications.signals import delivery_settled


@receiver(delivery_settled, dispatch_uid="messaging.delivery_settled")
def take_delivery(delivery_id: str, **_: Any) -> None:
    known = Delivery.objects.select_related("business").filter(public_id=delivery_id).first()
    if known is not None:
        sending.note_delivery(known)
        opting.note_unsubscribed(known)


@receiver(signals.suppressed, dispatch_uid="messaging.suppressed")
def take_suppression(suppression_id: int, **_: Any) -> None:
    known = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if known is not None:
        holding.hold_back(known)


@receiver(signals.consent_withdrawn, dispatch_uid="messaging.consent_withdrawn")
def take_withdrawal(lead_id: str, **_: Any) -> None:
    lead = Lead.objects.select_related("business").filter(public_id=lead_id).first()
    if lead is not None:
        holding.hold_back_from(lead)
