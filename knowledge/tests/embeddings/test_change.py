"""A business changes its model while the old one serves."""

from collections.abc import Iterator, Sequence
from unittest.mock import patch

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from knowledge.embeddings import base, change, tasks
from knowledge.embeddings.base import Matrix
from knowledge.embeddings.change import change_model, run_change
from knowledge.embeddings.choice import model_of
from knowledge.enums import JobStatus
from knowledge.models import EmbeddingChange, Passage, PassageEmbedding
from knowledge.search.pipeline import search
from knowledge.tests.embedder import WordsEmbedder
from knowledge.tests.search.conftest import AddDocument, add_document
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, ProviderError

__all__ = ["add_document"]

NEW = "test/words"
TEXTS = [f"Panel number {number} is black." for number in range(5)]


class Breaking(WordsEmbedder):
    """Gives up at the batch of that number, once."""

    left: int | None = None
    retryable = True

    def embed_passages(self, texts: Sequence[str]) -> Matrix:
        if Breaking.left is not None:
            Breaking.left -= 1
            if Breaking.left < 0:
                Breaking.left = None
                raise ProviderError("The model is tired.", retryable=Breaking.retryable)
        return super().embed_passages(texts)


@pytest.fixture(autouse=True)
def models(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    backend = {"BACKEND": "knowledge.tests.embeddings.test_change.Breaking", "OPTIONS": {}}
    settings.EMBEDDING_MODELS = {**settings.EMBEDDING_MODELS, NEW: backend}
    monkeypatch.setattr(change, "BATCH", 2)
    base.embedder.cache_clear()
    Breaking.left, Breaking.retryable = None, True
    yield
    base.embedder.cache_clear()


@pytest.fixture
def started(business: Business, add_document: AddDocument) -> EmbeddingChange:
    """A change whose task has not run."""
    add_document(business, "Panels", *TEXTS)
    return change_model(business, NEW)


def count(business: Business, model: str) -> int:
    return PassageEmbedding.objects.filter(business=business, model=model).count()


def test_the_task_follows_on_commit(
    business: Business, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with patch.object(tasks.embed_anew, "delay") as delay:
        with django_capture_on_commit_callbacks(execute=True):
            made = change_model(business, NEW)
        delay.assert_called_once_with(made.pk)


def test_all_is_embedded_anew_and_the_old_vectors_go(
    business: Business, started: EmbeddingChange
) -> None:
    old = model_of(business)
    run_change(started.pk)
    started.refresh_from_db()
    assert (started.status, started.passages_done) == (JobStatus.DONE, 5)
    assert started.ended_at is not None
    assert model_of(business) == NEW
    assert (count(business, old), count(business, NEW)) == (0, 5)


def test_the_old_model_serves_until_the_end_and_the_work_goes_on_where_it_stopped(
    business: Business, started: EmbeddingChange
) -> None:
    old = model_of(business)
    Breaking.left = 1
    with pytest.raises(ProviderError):
        run_change(started.pk)
    started.refresh_from_db()
    assert (started.status, started.passages_done) == (JobStatus.RUNNING, 2)
    assert model_of(business) == old
    assert search(business, "panel number 3", threshold=0.0)[0].scores.vector is not None
    kept = set(PassageEmbedding.objects.filter(model=NEW).values_list("pk", flat=True))
    run_change(started.pk)
    assert kept < set(PassageEmbedding.objects.filter(model=NEW).values_list("pk", flat=True))
    assert model_of(business) == NEW


def test_a_refusal_for_good_ends_it_and_the_old_model_stays(
    business: Business, started: EmbeddingChange
) -> None:
    old = model_of(business)
    Breaking.left, Breaking.retryable = 0, False
    run_change(started.pk)
    started.refresh_from_db()
    assert (started.status, started.error) == (JobStatus.FAILED, "The model is tired.")
    assert model_of(business) == old
    assert count(business, old) == 5
    change_model(business, NEW)


def test_passages_that_come_meanwhile_are_embedded_before_the_switch(
    business: Business, started: EmbeddingChange, add_document: AddDocument
) -> None:
    first = Passage.objects.first()
    assert first is not None

    def come(texts: Sequence[str]) -> None:
        WordsEmbedder.before = None
        add_document(business, "More", "A passage that came late.")
        first.delete()

    WordsEmbedder.before = come
    run_change(started.pk)
    assert count(business, NEW) == Passage.objects.filter(business=business).count() == 5


def test_one_change_at_a_time(business: Business, started: EmbeddingChange) -> None:
    with pytest.raises(Conflict, match="under way"):
        change_model(business, NEW)
    assert EmbeddingChange.objects.count() == 1


@pytest.mark.parametrize("model", ["no/such", "local/all-MiniLM-L6-v2"])
def test_a_change_to_nothing_new_is_refused(business: Business, model: str) -> None:
    with pytest.raises(InvalidInput):
        change_model(business, model)


def test_a_change_that_is_over_is_not_run_again(
    business: Business, started: EmbeddingChange
) -> None:
    run_change(started.pk)
    PassageEmbedding.objects.all().delete()
    run_change(started.pk)
    assert count(business, NEW) == 0


def test_silent_changes_are_taken_up(
    started: EmbeddingChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    with patch.object(tasks.embed_anew, "delay") as delay:
        tasks.resume_changes()
        assert not delay.called
        monkeypatch.setattr(tasks, "SILENT_AFTER", -tasks.SILENT_AFTER)
        tasks.resume_changes()
    delay.assert_called_once_with(started.pk)


def test_after_the_last_retry_the_reason_stands_on_the_change(started: EmbeddingChange) -> None:
    Breaking.left = 0
    task = tasks.embed_anew
    task.push_request(retries=tasks.MOST_RETRIES)  # type: ignore[call-arg]
    try:
        task.run(started.pk)
    finally:
        task.pop_request()
    started.refresh_from_db()
    assert (started.status, started.error) == (JobStatus.FAILED, "The model is tired.")
