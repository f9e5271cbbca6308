"""Tasks retry what may succeed later, and take up what was left."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from celery.exceptions import Retry
from django.conf import settings

from knowledge import services, tasks
from knowledge.models import Document
from salesdesk.businesses.models import Business
from salesdesk.celery import app
from salesdesk.lib.errors import ProviderError

Hook = Callable[[Callable[[Sequence[str]], None]], None]


@pytest.fixture
def document(business: Business, words_model: str) -> Document:
    return services.add_text(business, title="Pay", text="Cash is fine.", by=None)


def busy(_: Sequence[str]) -> None:
    raise ProviderError("The model is busy.", retryable=True)


def run(document: Document, *, retries: int) -> None:
    """Run the task as a worker would at that attempt."""
    task: Any = tasks.process_document
    task.push_request(retries=retries, called_directly=False)
    try:
        task.run(document.pk)
    finally:
        task.pop_request()
    document.refresh_from_db()


def test_a_task_processes_its_document(document: Document) -> None:
    run(document, retries=0)
    assert (document.status, document.version) == ("ready", 1)


def test_a_busy_provider_is_asked_again_later_and_later(
    document: Document, before_embedding: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[int] = []

    def note(*, exc: Exception, countdown: int) -> Retry:
        waits.append(countdown)
        return Retry(exc=exc)

    monkeypatch.setattr(tasks.process_document, "retry", note)
    before_embedding(busy)
    for attempt in range(tasks.RETRIES):
        with pytest.raises(Retry):
            run(document, retries=attempt)
        document.refresh_from_db()
        assert document.status == "pending"
    assert waits == [30, 60, 120, 240]


def test_in_the_end_the_document_fails_with_the_reason(
    document: Document, before_embedding: Hook
) -> None:
    before_embedding(busy)
    run(document, retries=tasks.RETRIES)
    assert (document.status, document.error) == ("failed", "The model is busy.")


def test_a_document_that_is_gone_is_no_error(db: None) -> None:
    tasks.process_document.run(0)


def test_what_stalled_is_queued_again(document: Document, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[int] = []
    monkeypatch.setattr(tasks.process_document, "delay", queued.append)
    tasks.resume_stalled()
    assert queued == []
    Document.objects.update(job_beat_at=None)
    tasks.resume_stalled()
    assert queued == [document.pk]


def test_long_work_stands_in_a_queue_of_its_own() -> None:
    route = app.amqp.router.route({}, tasks.process_document.name)
    assert route["queue"].name == "bulk"
    assert app.amqp.router.route({}, tasks.resume_stalled.name)["queue"].name == "default"
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert tasks.resume_stalled.name in scheduled
