"""The campaigns' pulse: every few seconds each running one asks for the dials that it may."""

import logging

from celery import shared_task
from django.utils import timezone

from leads.campaigns import calling, settling
from leads.models import Campaign

log = logging.getLogger(__name__)


@shared_task
def beat() -> None:
    """Settle what was lost on its way, and go on with each running campaign."""
    settling.settle_over(timezone.now())
    for key in Campaign.objects.running().values_list("pk", flat=True):
        go_on.delay(key)


@shared_task
def go_on(campaign_id: int) -> None:
    """Ask for dials; run twice at once, the second finds nothing left to do."""
    calling.call_due(campaign_id, timezone.now())
