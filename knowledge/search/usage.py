"""Which passages stood behind what was said, and which never do."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from knowledge.enums import DocumentStatus
from knowledge.models import Document, DocumentQuerySet, Passage, PassageUse
from knowledge.types import Found
from salesdesk.businesses.models import Business

STALE_DAYS = 180


def record_uses(
    business: Business, found: Iterable[Found], *, used_in: str, sequence: int | None = None
) -> int:
    """Write down that these passages were used in a conversation; how many were.

    ``used_in`` is the call's public id, ``sequence`` the utterance there. Passages that are gone
    or belong to another business are left out.
    """
    scores = {one.passage_id: one.scores.rerank or 0.0 for one in found}
    passages = Passage.objects.filter(business=business, public_id__in=scores)
    uses = [
        PassageUse(
            business=business,
            passage=passage,
            document_id=passage.document_id,
            used_in=used_in,
            sequence=sequence,
            score=scores[passage.public_id],
        )
        for passage in passages.only("pk", "public_id", "document_id")
    ]
    return len(PassageUse.objects.bulk_create(uses))


def never_used(business: Business) -> DocumentQuerySet:
    """Documents that are searched and that no conversation has used, the oldest first."""
    return _searched(business).filter(uses=None).order_by("created_at", "pk")


def stale(business: Business, *, days: int = STALE_DAYS) -> DocumentQuerySet:
    """Documents that are searched and were not changed for so many days, the oldest first."""
    long_ago = timezone.now() - timedelta(days=days)
    return _searched(business).filter(updated_at__lt=long_ago).order_by("updated_at", "pk")


def _searched(business: Business) -> DocumentQuerySet:
    current = Document.objects.filter(business=business).current()
    return current.filter(version__gt=0, status=DocumentStatus.READY)
