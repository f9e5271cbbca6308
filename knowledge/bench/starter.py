"""The starter set, cut by section, for measuring without the rest of the product."""

import re
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from knowledge.bench.corpus import HEADING, STARTER, read
from knowledge.embeddings.choice import embed, hold_model
from knowledge.enums import DocumentStatus, Origin
from knowledge.models import Document, Passage, PassageEmbedding
from salesdesk.businesses.models import Business

TABLE = re.compile(r"(?:^\|.*\|$\n?)+", re.MULTILINE)


def load(business: Business) -> None:
    """Store every starter document with a passage for each section's text and each table."""
    with transaction.atomic():
        for path in sorted(STARTER.glob("*.md")):
            passages = list(_passages(business, path))
            Passage.objects.bulk_create(passages)
            PassageEmbedding.objects.bulk_create(embed(passages, hold_model(business)))


def _passages(business: Business, path: Path) -> Iterator[Passage]:
    meta, body = read(path)
    document = Document.objects.create(
        business=business,
        origin=Origin.TEXT,
        title=meta["title"],
        type=meta["type"],
        vendor=meta["vendor"],
        tags=meta["tags"],
        source=path.stem,
        version=1,
        status=DocumentStatus.READY,
    )
    _, *pieces = HEADING.split(body)
    position = 0
    for heading, text in zip(pieces[::2], pieces[1::2], strict=True):
        for kind, piece in _bodies(text):
            path_of = [meta["title"]] if heading == meta["title"] else [meta["title"], heading]
            yield Passage(
                business=business,
                document=document,
                version=1,
                position=position,
                kind=kind,
                text=piece,
                heading=Passage.SEPARATOR.join(path_of),
                tokens=len(piece) // 4,
            )
            position += 1


def _bodies(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    for table in TABLE.finditer(text):
        if text[at : table.start()].strip():
            yield "text", text[at : table.start()].strip()
        rows = [row.strip("| ") for row in table[0].strip().splitlines()]
        yield "table", "\n".join(row for row in rows if set(row) - set("-| "))
        at = table.end()
    if text[at:].strip():
        yield "text", text[at:].strip()
