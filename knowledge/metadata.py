"""What a document says about itself, and what people have said about it."""

import datetime
import re
from collections.abc import Iterable
from pathlib import PurePath

from knowledge.enums import DocumentType
from knowledge.models import Document
from knowledge.types import Parsed

MOST_TAGS = 20
LONGEST_TAG = 40

_WORD_BREAKS = re.compile(r"[\s_-]+")


def title_from_name(name: str) -> str:
    """A file's name as a title, until the content tells a better one."""
    stem = PurePath(name.replace("\\", "/")).stem
    words = _WORD_BREAKS.sub(" ", stem).strip()
    return (words[:1].upper() + words[1:])[:300] or "Document"


def normal_tags(tags: Iterable[str]) -> list[str]:
    """In small letters, each once, of a length and number that can be stored."""
    small = (" ".join(str(tag).split()).lower()[:LONGEST_TAG] for tag in tags)
    return list(dict.fromkeys(tag for tag in small if tag))[:MOST_TAGS]


def with_metadata(document: Document, parsed: Parsed) -> None:
    """Fill what nobody has filled; only a version's own label and date are always its own."""
    document.content_type = parsed.content_type
    document.page_count = parsed.page_count
    document.version_label = _text(parsed, "version", 60) or document.version_label
    document.published_on = _date(parsed) or document.published_on
    if document.version == 0:
        _introduce(document, parsed)


def _introduce(document: Document, parsed: Parsed) -> None:
    """The first time: everything that was not given when the document was added."""
    if document.title in (title_from_name(document.source), document.url[:300]):
        document.title = _text(parsed, "title", 300) or document.title
    if document.type == DocumentType.OTHER:
        document.type = _text(parsed, "type", 20) or document.type
    document.vendor = document.vendor or _text(parsed, "vendor", 120)
    document.source = _text(parsed, "source", 300) or document.source
    document.language = _text(parsed, "language", 10) or document.language
    tags = parsed.metadata.get("tags")
    if not document.tags and isinstance(tags, list):
        document.tags = normal_tags(tags)


def _text(parsed: Parsed, name: str, longest: int) -> str:
    return str(parsed.metadata.get(name, ""))[:longest]


def _date(parsed: Parsed) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(_text(parsed, "date", 10))
    except ValueError:
        return None
