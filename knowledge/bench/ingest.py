"""How fast documents are read: the product's own way, beside embedding alone."""

import time
from typing import Any

from knowledge.bench.corpus import Generator
from knowledge.embeddings import embedder
from knowledge.embeddings.choice import model_of, text_of
from knowledge.enums import DocumentStatus, Origin
from knowledge.models import Document, Passage
from knowledge.processing import process_document
from salesdesk.businesses.models import Business

PARAGRAPHS = 30


def measure_ingest(business: Business, generator: Generator, documents: int) -> dict[str, Any]:
    """Have so many made documents processed, one after the other, as the worker does: parsed, cut,
    embedded, and stored in every index. The same passages are then embedded once more, alone.

    One document before does not count: what reads documents takes seconds to load.
    """
    process_document(_document(business, generator).pk)
    waiting = [_document(business, generator) for _ in range(documents)]
    started = time.perf_counter()
    for document in waiting:
        process_document(document.pk)
    seconds = time.perf_counter() - started
    passages = Passage.objects.filter(document__in=waiting).values_list("heading", "text")
    texts = [text_of(*row) for row in passages]
    alone = _seconds_to_embed(texts, model_of(business))
    return {
        "documents": documents,
        "passages": len(texts),
        "passages_per_second": round(len(texts) / seconds, 1),
        "embedding_alone_per_second": round(len(texts) / alone, 1),
        "seconds_to_embedding_alone": round(seconds / alone, 2),
    }


def _document(business: Business, generator: Generator) -> Document:
    """Sections of three paragraphs, waiting to be processed; nothing is queued."""
    paragraphs, _ = generator.make(PARAGRAPHS)
    sections = [paragraphs[i : i + 3] for i in range(0, PARAGRAPHS, 3)]
    text = "\n\n".join(
        f"## Part {number}\n\n" + "\n\n".join(section) for number, section in enumerate(sections, 1)
    )
    return Document.objects.create(
        business=business,
        origin=Origin.TEXT,
        title="Made",
        text=text,
        status=DocumentStatus.PENDING,
    )


def _seconds_to_embed(texts: list[str], model: str) -> float:
    started = time.perf_counter()
    embedder(model).embed_passages(texts)
    return time.perf_counter() - started
