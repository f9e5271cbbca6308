"""Background work on appointments. Tasks take ids, and call one service."""

import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.utils import timezone

from leads.calendars import syncing
from leads.models import Appointment
from salesdesk.lib.errors import NotConfigured, ProviderError

log = logging.getLogger(__name__)

RETRIES = 4
FIRST_RETRY_SECONDS = 30
LEFT_BEHIND_AFTER = timedelta(minutes=10)
"""Later than the last retry, so that nothing is tried twice at once."""
MOST_AT_ONCE = 100


@shared_task(bind=True, max_retries=RETRIES)
def sync_appointment(self: Any, appointment_id: int) -> None:
    """Put it into its outside calendar; if that may do better later, again after 30 s, 1, 2, 4 min.

    What still fails is tried again by :func:`sync_left_behind`, and stands in ``sync_error``.
    """
    try:
        syncing.sync_appointment(appointment_id)
    except ProviderError as error:
        if error.retryable and self.request.retries < RETRIES:
            seconds = FIRST_RETRY_SECONDS * 2**self.request.retries
            raise self.retry(exc=error, countdown=seconds) from error
        log.warning("appointment %s is not in its outside calendar", appointment_id)
    except NotConfigured:
        log.warning("the outside calendar of appointment %s is not connected", appointment_id)


@shared_task
def sync_left_behind() -> None:
    """Queue again what was lost on its way, and what was refused, as long as it is to come."""
    now = timezone.now()
    late = Appointment.objects.left_behind(now - LEFT_BEHIND_AFTER).filter(starts_at__gt=now)
    for appointment_id in late.order_by("starts_at").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        sync_appointment.delay(appointment_id)
