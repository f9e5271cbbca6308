"""The starter set in a business, read, cut and embedded as the product does it."""

from pathlib import Path

from knowledge.bench.corpus import STARTER, title_of
from knowledge.enums import DocumentStatus, Origin
from knowledge.models import Document
from knowledge.processing import process_document
from salesdesk.businesses.models import Business


def load(business: Business, documents: Path | None = None) -> None:
    """Process every document here and now, the starter set's if no folder is named.

    Raises ``ValueError`` if one fails.
    """
    for path in sorted((documents or STARTER).glob("*.md")):
        document = _waiting(business, path)
        process_document(document.pk)
        document.refresh_from_db()
        if document.status != DocumentStatus.READY:
            raise ValueError(f"{path.name}: {document.error}")


def _waiting(business: Business, path: Path) -> Document:
    """The file as a text that was written by hand: without a file, and without a task for it."""
    return Document.objects.create(
        business=business,
        origin=Origin.TEXT,
        title=title_of(path),
        source=path.stem,
        text=path.read_text(encoding="utf-8"),
        status=DocumentStatus.PENDING,
    )
