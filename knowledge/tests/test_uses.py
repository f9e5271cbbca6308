"""Which passages stood behind what was said."""

import pytest

from knowledge.models import Document, PassageUse
from knowledge.services import add_text
from knowledge.tests.conftest import finish
from knowledge.uses import record_citations
from salesdesk.businesses.models import Business
from salesdesk.lib.sources import Citation

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(business: Business, words_model: str) -> Document:
    return finish(add_text(business, title="Roof", text="The roof lasts 30 years.", by=None))


def citation_of(document: Document, **changes: object) -> Citation:
    passage = document.passages.get()
    return {"passage": passage.public_id, "document": document.public_id, "score": 0.8, **changes}


def uses(document: Document) -> list[tuple[int | None, str, int | None, float]]:
    noted = PassageUse.objects.filter(document=document)
    return list(noted.values_list("passage", "used_in", "sequence", "score"))


def record(business: Business, *citations: Citation, sequence: int = 4) -> None:
    record_citations(business.pk, citations, used_in="call1", sequence=sequence)


def test_a_passage_is_noted_once_for_an_utterance(business: Business, document: Document) -> None:
    record(business, citation_of(document), citation_of(document, sentence="Another of it."))
    assert uses(document) == [(document.passages.get().pk, "call1", 4, 0.8)]


def test_noting_again_replaces_what_was_noted(business: Business, document: Document) -> None:
    record(business, citation_of(document))
    record(business, citation_of(document))
    record(business, citation_of(document), sequence=6)
    assert [sequence for _, _, sequence, _ in uses(document)] == [6, 4]


def test_a_replaced_passage_still_counts_for_its_document(
    business: Business, document: Document
) -> None:
    record(business, citation_of(document, passage="gone", score=None))
    assert uses(document) == [(None, "call1", 4, 0.0)]


def test_no_other_businesss_document_is_noted(other_business: Business, document: Document) -> None:
    record(other_business, citation_of(document))
    assert uses(document) == []
