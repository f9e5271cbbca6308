"""A business moves to another embedding model while the old one goes on serving."""

from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from knowledge.embeddings.base import embedder
from knowledge.embeddings.choice import embed, hold_model, model_of
from knowledge.enums import JobStatus
from knowledge.models import BusinessKnowledge, EmbeddingChange, Passage, PassageEmbedding
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, ProviderError

BATCH = 64
UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)


def change_model(business: Business, to_model: str) -> EmbeddingChange:
    """Start to embed the business's passages anew; the task follows on commit.

    Raises InvalidInput for a model that is unknown or already serves, NotConfigured for one that
    lacks its key, and Conflict while another change is under way.
    """
    if to_model not in settings.EMBEDDING_MODELS:
        raise InvalidInput(f"“{to_model}” is no embedding model here.")
    if to_model == model_of(business):
        raise InvalidInput(f"The passages are embedded with {to_model} already.")
    embedder(to_model)
    try:
        with transaction.atomic():
            change = EmbeddingChange.objects.create(
                business=business,
                from_model=hold_model(business),
                to_model=to_model,
                passages_total=Passage.objects.filter(business=business).count(),
            )
    except IntegrityError as error:
        raise Conflict("Another change of the embedding model is under way.") from error
    transaction.on_commit(lambda: _queue(change.pk))
    return change


def _queue(change_id: int) -> None:
    from knowledge.embeddings.tasks import embed_anew

    embed_anew.delay(change_id)


def run_change(change_id: int) -> None:
    """Embed what is not yet embedded, batch by batch, then switch; the old vectors go last.

    May be run again at any time: it goes on where it was. A provider's refusal that may pass is
    raised, so that the task is retried; any other ends the change, and the old model stays.
    """
    taken = EmbeddingChange.objects.filter(pk=change_id, status__in=UNDER_WAY)
    if not taken.update(status=JobStatus.RUNNING, beat_at=timezone.now()):
        return
    change = EmbeddingChange.objects.select_related("business").get(pk=change_id)
    try:
        while not _switched(change):
            _embed_missing(change)
    except ProviderError as error:
        if error.retryable:
            raise
        fail_change(change_id, error.message)
        return
    _remove_old(change)


def fail_change(change_id: int, reason: str) -> None:
    """End the change without its effect, and say why."""
    EmbeddingChange.objects.filter(pk=change_id, status__in=UNDER_WAY).update(
        status=JobStatus.FAILED, error=reason, ended_at=timezone.now()
    )


def _embed_missing(change: EmbeddingChange) -> None:
    while passages := list(_missing(change)[:BATCH]):
        _store(passages, change.to_model)
        _beat(change)


def _missing(change: EmbeddingChange) -> QuerySet[Passage]:
    done = PassageEmbedding.objects.filter(business=change.business, model=change.to_model)
    return (
        Passage.objects.filter(business=change.business)
        .exclude(pk__in=done.values("passage"))
        .order_by("pk")
    )


def _store(passages: Sequence[Passage], model: str) -> None:
    """Save the embeddings of those passages that are still there when it is done."""
    embeddings = embed(passages, model)
    with transaction.atomic():
        wanted = [passage.pk for passage in passages]
        there = Passage.objects.select_for_update(no_key=True).filter(pk__in=wanted)
        alive = set(there.values_list("pk", flat=True))
        PassageEmbedding.objects.bulk_create(
            [one for one in embeddings if one.passage_id in alive], ignore_conflicts=True
        )


def _beat(change: EmbeddingChange) -> None:
    done = PassageEmbedding.objects.filter(business=change.business, model=change.to_model).count()
    EmbeddingChange.objects.filter(pk=change.pk).update(passages_done=done, beat_at=timezone.now())


def _switched(change: EmbeddingChange) -> bool:
    """Let the new model serve, if nothing lacks its vector; whoever stores passages waits."""
    with transaction.atomic():
        hold_model(change.business)
        if _missing(change).exists():
            return False
        BusinessKnowledge.objects.filter(business=change.business).update(
            embedding_model=change.to_model
        )
        total = Passage.objects.filter(business=change.business).count()
        EmbeddingChange.objects.filter(pk=change.pk).update(
            status=JobStatus.DONE,
            passages_done=total,
            passages_total=total,
            ended_at=timezone.now(),
        )
    return True


def _remove_old(change: EmbeddingChange) -> None:
    PassageEmbedding.objects.filter(business=change.business, model=change.from_model).delete()
