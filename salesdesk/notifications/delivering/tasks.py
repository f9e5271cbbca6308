"""Sending in the background. The tasks take ids; what they do is in :mod:`attempt`."""

import logging

from celery import shared_task
from django.utils import timezone

from salesdesk.notifications.delivering import attempt
from salesdesk.notifications.slack import marking

log = logging.getLogger(__name__)

LONGEST_COUNTDOWN_S = 600
"""What waits longer is taken up by :func:`send_due`: Redis hands tasks out again after an hour."""


@shared_task
def deliver(delivery_id: int) -> None:
    """Send it, if it is still to be sent; again later if that may help."""
    again_at = attempt.deliver(delivery_id, timezone.now())
    if again_at is None:
        return
    seconds = (again_at - timezone.now()).total_seconds()
    if seconds <= LONGEST_COUNTDOWN_S:
        deliver.apply_async((delivery_id,), countdown=max(0.0, seconds))


@shared_task
def send_due() -> None:
    """Queue what is due: at the end of quiet hours, after a long rest, or left by a worker."""
    for key in attempt.take_up_due(timezone.now()):
        deliver.delay(key)


@shared_task
def mark_answered(notice_id: int) -> None:
    """Take the buttons off the Slack messages of a notice that was answered."""
    marking.mark(notice_id)
