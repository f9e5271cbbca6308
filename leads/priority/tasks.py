"""Putting many leads in order, in the background."""

import logging

from celery import shared_task

from leads.priority import services
from salesdesk.businesses.models import Business

log = logging.getLogger(__name__)


@shared_task
def rank_all(business_id: int) -> None:
    """After the weights were changed. Safe to run again, and twice at once."""
    business = Business.objects.filter(pk=business_id).first()
    if business is None:
        log.info("business %s is gone", business_id)
    elif not services.rank_business(business):
        log.info("the weights of business %s were changed again meanwhile", business_id)


@shared_task
def rank_new(business_id: int) -> None:
    """Those that came in a file and have no rank yet."""
    business = Business.objects.filter(pk=business_id).first()
    if business is not None:
        services.rank_unranked(business)
