"""Background work on conversations. Tasks take ids, fetch, and call one service."""

import logging

from celery import shared_task
from django.utils import timezone

from salesdesk.assistant.capture.lead import write_to_lead
from salesdesk.assistant.metrics.alerts import check_rules
from salesdesk.assistant.metrics.rollups import ROLLUPS, forget_old_invocations, roll_up
from salesdesk.assistant.models import Thread
from salesdesk.assistant.opportunities import propose_from_thread

log = logging.getLogger(__name__)

SETTLED_AFTER_S = 5
"""A tool that was at work when somebody hung up may still put something down."""


@shared_task
def tell_lead(conversation: str) -> None:
    """Tell the lead what was captured in a conversation that is over."""
    thread = Thread.objects.filter(conversation=conversation).first()
    if thread is None:
        log.info("no agent has put anything down of a conversation that is over")
        return
    write_to_lead(thread)


def tell_lead_soon(conversation: str) -> None:
    tell_lead.apply_async((conversation,), countdown=SETTLED_AFTER_S)


@shared_task
def find_opportunities(thread_id: str) -> None:
    """Propose what a conversation in writing that is over shows that may be sold."""
    threads = Thread.objects.select_related("lead__business")
    thread = threads.filter(public_id=thread_id).first()
    if thread is None:
        log.info("a conversation in which opportunities were to be found is gone")
        return
    propose_from_thread(thread)


def find_opportunities_soon(thread_id: str) -> None:
    """After the lead was told what was captured, so that it is known with whom it was."""
    find_opportunities.apply_async((thread_id,), countdown=2 * SETTLED_AFTER_S)


# ---------------------------------------------------------------- metrics


@shared_task
def add_up_metrics() -> None:
    """Add up the hours that are over, and those of which rows have come late."""
    for rollup in ROLLUPS:
        written = roll_up(rollup, timezone.now())
        log.info("%s: %s sums by the hour were written", rollup.name, written)


@shared_task
def check_alerts() -> None:
    """Raise and clear the alerts of all businesses."""
    check_rules(timezone.now())


@shared_task
def forget_tool_log() -> None:
    """Delete what was logged of tools longer ago than it is kept."""
    gone = forget_old_invocations(timezone.now())
    if gone:
        log.info("%s old rows of the tool log were deleted", gone)
