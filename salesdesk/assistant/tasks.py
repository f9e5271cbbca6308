"""Background work on conversations. Tasks take ids, fetch, and call one service."""

import logging

from celery import shared_task

from salesdesk.assistant.capture_lead import write_to_lead
from salesdesk.assistant.models import Thread

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
