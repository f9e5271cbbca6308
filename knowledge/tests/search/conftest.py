"""Documents to search, stored with their real vectors."""

from typing import Protocol

import pytest

from knowledge.embeddings.choice import embed, model_of
from knowledge.enums import DocumentStatus, Origin
from knowledge.models import Document, Passage, PassageEmbedding
from knowledge.search import indexes, vocabulary
from salesdesk.businesses.models import Business


class AddDocument(Protocol):
    def __call__(
        self, business: Business, title: str, *texts: str, heading: str = "", **fields: object
    ) -> Document: ...


@pytest.fixture
def add_document(db: None) -> AddDocument:
    """``add_document(business, title, *texts)``: a ready document with these passages."""

    def add(
        business: Business, title: str, *texts: str, heading: str = "", **fields: object
    ) -> Document:
        values = {"origin": Origin.TEXT, "version": 1, "status": DocumentStatus.READY, **fields}
        document = Document.objects.create(business=business, title=title, **values)
        passages = [
            Passage(
                business=business,
                document=document,
                version=1,
                position=position,
                text=text,
                heading=heading,
                tokens=len(text) // 4,
            )
            for position, text in enumerate(texts)
        ]
        Passage.objects.bulk_create(passages)
        PassageEmbedding.objects.bulk_create(embed(passages, model_of(business)))
        vocabulary.forget(business)
        indexes.forget(business)
        return document

    return add
