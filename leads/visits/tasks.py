"""Background work on appointments' messages and ends. Tasks take ids, and call one service."""

import logging

from celery import shared_task
from django.utils import timezone

from leads.visits import asking, outbox

log = logging.getLogger(__name__)


@shared_task
def send_due_messages() -> None:
    """Hand over what customers are to be told by now; several workers may do so at once."""
    outbox.send_due(timezone.now())


@shared_task
def ask_and_settle() -> None:
    """Ask reps about appointments that are over, and settle those that nobody answers for."""
    asked, missed = asking.ask_and_settle(timezone.now())
    if asked or missed:
        log.info("%s appointments were asked about, %s count as missed", asked, missed)
