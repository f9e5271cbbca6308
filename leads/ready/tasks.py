"""What time brings about in Ready mode."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from leads.enums import SessionState
from leads.models import ReadyAction, ReadySession
from leads.ready import services, sessions

KEYS_KEPT_FOR = timedelta(days=1)


@shared_task
def tend() -> None:
    """Settle what has expired and who is gone, then give due leads to reps who wait."""
    now = timezone.now()
    services.settle_expired(now)
    sessions.settle_lost(now)
    ready = ReadySession.objects.filter(state=SessionState.READY)
    for business_id in ready.order_by().values_list("business_id", flat=True).distinct():
        services.offer_to_waiting(business_id, now)


@shared_task
def offer(business_id: int) -> None:
    """A lead is due: somebody may be waiting for it."""
    services.offer_to_waiting(business_id, timezone.now())


@shared_task
def forget_keys() -> None:
    """Keys of actions that no page will ask for again."""
    ReadyAction.objects.filter(created_at__lt=timezone.now() - KEYS_KEPT_FOR).delete()
