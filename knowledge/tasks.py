"""Background work on documents. Tasks take ids, fetch, and call one service."""

import datetime
from typing import Any

from celery import shared_task
from django.utils import timezone

from knowledge import processing
from knowledge.models import Document
from salesdesk.lib.errors import ProviderError

SOFT_LIMIT_SECONDS = 30 * 60
RETRIES = 4
FIRST_RETRY_SECONDS = 30
UNQUEUED_AFTER = datetime.timedelta(minutes=10)
"""A document that waits for longer may have been lost on its way to the queue."""
MOST_AT_ONCE = 100


@shared_task(
    bind=True,
    soft_time_limit=SOFT_LIMIT_SECONDS,
    time_limit=SOFT_LIMIT_SECONDS + 60,
    max_retries=RETRIES,
)
def process_document(self: Any, document_id: int) -> None:
    """Process it; where a provider may do better later, again after 30 s, 1, 2 and 4 minutes."""
    try:
        processing.process_document(document_id)
    except ProviderError as error:
        if self.request.retries >= RETRIES:
            processing.fail_document(document_id, error.message)
            return
        seconds = FIRST_RETRY_SECONDS * 2**self.request.retries
        raise self.retry(exc=error, countdown=seconds) from error


@shared_task
def resume_stalled() -> None:
    """Queue again what a dead worker left, and what never reached the queue."""
    now = timezone.now()
    for document_id in stalled(now)[:MOST_AT_ONCE]:
        process_document.delay(document_id)


def stalled(now: datetime.datetime) -> Any:
    """Keys of the documents that somebody should have processed by now."""
    waiting = {"status": "pending", "job_beat_at__gt": now - UNQUEUED_AFTER}
    documents = Document.objects.filter(processing.claimable(now)).exclude(**waiting)
    return documents.order_by("job_beat_at").values_list("pk", flat=True)
