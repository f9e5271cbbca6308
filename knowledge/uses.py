"""Which passages stood behind what was said: written when it was said, read on pages."""

from collections.abc import Iterable

from django.db import transaction

from knowledge.models import Document, Passage, PassageUse
from salesdesk.lib.sources import Citation


def record_citations(
    business_id: int, citations: Iterable[Citation], *, used_in: str, sequence: int
) -> None:
    """Note the passages that an utterance of a call (its public id) was taken from.

    Noting them again does no harm: they take the place of what was noted of that utterance.
    Documents that have been deleted meanwhile are left out.
    """
    cited = {str(each["passage"]): each for each in citations}
    documents = _ids(Document, business_id, {str(each["document"]) for each in cited.values()})
    passages = _ids(Passage, business_id, set(cited))
    uses = [
        PassageUse(
            business_id=business_id,
            passage_id=passages.get(passage),
            document_id=documents[str(each["document"])],
            used_in=used_in,
            sequence=sequence,
            score=_score(each),
        )
        for passage, each in cited.items()
        if str(each["document"]) in documents
    ]
    with transaction.atomic():
        PassageUse.objects.filter(
            business_id=business_id, used_in=used_in, sequence=sequence
        ).delete()
        PassageUse.objects.bulk_create(uses)


def _score(citation: Citation) -> float:
    score = citation.get("score")
    return float(score) if isinstance(score, int | float) else 0.0


def _ids(
    model: type[Document] | type[Passage], business_id: int, names: set[str]
) -> dict[str, int]:
    rows = model.objects.filter(business_id=business_id, public_id__in=names)
    return dict(rows.values_list("public_id", "pk"))
