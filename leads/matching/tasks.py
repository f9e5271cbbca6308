"""Background work on what is done to many leads. Tasks take keys, and call one service."""

import logging

from celery import shared_task
from django.utils import timezone

from leads.matching import services, work

log = logging.getLogger(__name__)


@shared_task
def work_on_change(key: int) -> None:
    """Go through the leads; a worker that dies is followed by another."""
    work.work_on(key)


@shared_task
def resume_changes() -> None:
    """Queue again what no worker gives a sign of life for."""
    for key in work.left_behind().values_list("pk", flat=True):
        work_on_change.delay(key)


@shared_task
def forget_old() -> None:
    """Delete what has been over for long."""
    count = services.forget_old(timezone.now())
    if count:
        log.info("%s old bulk changes were deleted", count)
