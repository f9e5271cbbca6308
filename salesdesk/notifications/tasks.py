"""What the clock and Slack set off. Sending itself is in ``delivering/tasks.py``."""

import logging

from celery import shared_task
from django.utils import timezone

from salesdesk.notifications import upkeep
from salesdesk.notifications.slack import pressing

log = logging.getLogger(__name__)


@shared_task
def escalate_unanswered() -> None:
    """Tell others of what nobody has answered in time."""
    count = upkeep.escalate_unanswered(timezone.now())
    if count:
        log.info("%s notices went unanswered and were escalated", count)


@shared_task
def wake_snoozed() -> None:
    """Bring back what was put off."""
    upkeep.wake_snoozed(timezone.now())


@shared_task
def forget_old() -> None:
    """Delete what is older than it is kept."""
    count = upkeep.forget_old(timezone.now())
    if count:
        log.info("%s old notifications and deliveries were deleted", count)


@shared_task
def act_in_slack(press: dict[str, str]) -> None:
    """Do what somebody's press of a button in Slack asks for; it was checked before."""
    pressing.act(pressing.Press(**press))
