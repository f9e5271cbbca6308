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
def rank_left_out() -> None:
    """Leads that were written past the services have no rank yet."""
    if count := services.rank_left_out():
        log.info("ranked leads that were left out", extra={"count": count})
