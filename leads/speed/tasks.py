"""Clocks and reminders, in the background."""

import logging

from celery import shared_task

from leads.models import Lead
from leads.speed import telling
from leads.speed.services import tell_breaches

log = logging.getLogger(__name__)


@shared_task
def tell_of_breaches() -> None:
    if found := tell_breaches():
        log.info("%s leads were not reached in time", found)


@shared_task
def remind(lead_id: int) -> None:
    """Ask again about a lead that somebody put off."""
    lead = Lead.objects.select_related("business", "owner").filter(pk=lead_id).first()
    if lead is None:
        log.info("lead %s is gone", lead_id)
    else:
        telling.remind(lead)
