"""What puts a lead in another place: what happens to it, and other weights."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.enums import DialStatus
from leads.models import Lead
from leads.priority import tasks
from leads.priority.services import rank_lead

COUNTED = (DialStatus.PLACED, DialStatus.ENDED)
"""With these a dial has become an attempt."""
OF_LEADS = (
    signals.lead_changed,
    signals.outcome_recorded,
    signals.leads_merged,
)


@receiver(OF_LEADS, dispatch_uid="priority.lead_news")
def rank_again(lead_id: str, **_: Any) -> None:
    lead = Lead.objects.select_related("business").filter(public_id=lead_id).first()
    if lead is not None:
        rank_lead(lead)


@receiver(signals.dial_changed, dispatch_uid="priority.dial_changed")
def rank_after_dial(dial_id: str, status: str, **_: Any) -> None:
    if status in COUNTED:
        lead = Lead.objects.select_related("business").filter(dials__public_id=dial_id).first()
        if lead is not None:
            rank_lead(lead)


@receiver(signals.weights_changed, dispatch_uid="priority.weights_changed")
def rank_by_new_weights(business_id: int, **_: Any) -> None:
    tasks.rank_all.delay(business_id)
