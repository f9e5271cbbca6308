"""Documents to begin with: samples on solar, heating, cooling and roofing, for the demo business.

They are Markdown files beside this module, added through the services like any upload.
"""

from pathlib import Path

from django.core.files.base import ContentFile

from knowledge import services
from knowledge.enums import DocumentStatus, Origin
from knowledge.models import BusinessKnowledge, Document
from knowledge.parsing.frontmatter import split_front_matter
from salesdesk.businesses.models import Business

DIRECTORY = Path(__file__).parent / "starter"
MARK = "starter-"
"""What the stored names of these files have before their own."""


def load_starter(business: Business) -> list[Document]:
    """Add what is new in the set and replace what has changed since; the documents that wait.

    Loading again changes nothing. What people changed about a document stays as they left it, and
    one that they deleted, or gave a file of their own, does not come back.
    """
    known = {_name_of(document): document for document in _loaded(business)}
    paths = sorted(DIRECTORY.glob("*.md"))
    taken_away = _brought_before(business) - set(known)
    loaded = [
        _load(business, path, known.get(path.name)) for path in paths if path.name not in taken_away
    ]
    _remember(business, taken_away.union(path.name for path in paths))
    return [document for document in loaded if document is not None]


def _brought_before(business: Business) -> set[str]:
    brought = BusinessKnowledge.objects.filter(business=business)
    return set(next(iter(brought.values_list("starter_files", flat=True)), ()))


def _remember(business: Business, names: set[str]) -> None:
    BusinessKnowledge.objects.update_or_create(
        business=business, defaults={"starter_files": sorted(names)}
    )


def _loaded(business: Business) -> list[Document]:
    uploads = Document.objects.filter(business=business, origin=Origin.UPLOAD)
    return list(uploads.filter(file__contains=f"-{MARK}").order_by("-pk"))


def _name_of(document: Document) -> str:
    return str(document.file.name).rpartition(f"-{MARK}")[2]


def _load(business: Business, path: Path, known: Document | None) -> Document | None:
    data = path.read_bytes()
    file = ContentFile(data, name=MARK + path.name)
    if known is None:
        metadata, _ = split_front_matter(data.decode())
        return services.add_file(
            business,
            file,
            by=None,
            title=str(metadata.get("title", "")),
            source=str(metadata.get("source", "")),
        )
    if _content_of(known) != data:
        services.replace_file(known, file)
    elif known.status != DocumentStatus.PENDING:
        return None
    else:
        services.send_to_worker(known)
    return known


def _content_of(document: Document) -> bytes:
    """Empty where the file has been lost, which is then put back."""
    try:
        with document.file.open("rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        return b""
