"""Who opts out, or no longer agrees, is not dialled by what was queued before."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.dialing import services, withdrawn
from leads.models import Lead, Suppression


@receiver(signals.consent_withdrawn)
def take_back_queued(lead_id: str, **_: Any) -> None:
    withdrawn.take_back(Lead.objects.select_related("business").get(public_id=lead_id))


@receiver(signals.suppressed)
def block_queued(suppression_id: int, **_: Any) -> None:
    suppression = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if suppression is not None:
        services.block_suppressed(suppression)
