"""Background work on vectors and their indexes."""

from datetime import timedelta
from typing import Any

from celery import Task, shared_task
from django.utils import timezone

from knowledge.embeddings import change
from knowledge.models import EmbeddingChange
from salesdesk.lib.errors import ProviderError

MOST_RETRIES = 8
SILENT_AFTER = timedelta(minutes=5)


@shared_task(bind=True, max_retries=MOST_RETRIES)
def embed_anew(self: "Task[Any, Any]", change_id: int) -> None:
    """Carry out a change of the embedding model; tried again while the provider may recover."""
    try:
        change.run_change(change_id)
    except ProviderError as error:
        if self.request.retries >= MOST_RETRIES:
            change.fail_change(change_id, error.message)
            return
        raise self.retry(exc=error, countdown=min(600, 15 * 2**self.request.retries)) from error


@shared_task
def resume_changes() -> None:
    """Take up the changes whose worker has fallen silent."""
    silent = EmbeddingChange.objects.filter(
        status__in=change.UNDER_WAY, created_at__lt=timezone.now() - SILENT_AFTER
    ).exclude(beat_at__gte=timezone.now() - SILENT_AFTER)
    for change_id in silent.values_list("pk", flat=True):
        embed_anew.delay(change_id)


@shared_task
def tend_indexes() -> None:
    """Give large businesses indexes of their own, and remove what nobody needs."""
    from knowledge.search.indexes import tend_indexes as tend

    tend()
