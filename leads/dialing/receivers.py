"""Who opts out is not dialled by what was queued before."""

from typing import Any

from django.dispatch import receiver

from leads import signals
from leads.dialing import services
from leads.models import Suppression


@receiver(signals.suppressed)
def block_queued(suppression_id: int, **_: Any) -> None:
    suppression = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if suppression is not None:
        services.block_suppressed(suppression)
