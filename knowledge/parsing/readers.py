"""One function for each format that unstructured reads: bytes to elements and metadata."""

import io
from collections.abc import Callable

from docx import Document as open_docx

from knowledge.parsing import partition
from knowledge.parsing.dates import believable
from knowledge.parsing.detect import DOCX, HTML, MARKDOWN, TEXT
from knowledge.parsing.frontmatter import split_front_matter
from knowledge.parsing.text import decode, one_line, printable
from knowledge.parsing.webpage import read_page
from knowledge.types import Element, Parsed

Progress = Callable[[int, int], None]

_NO_TITLES = {"", "word document", "document", "untitled"}


def read_docx(data: bytes, progress: Progress) -> Parsed:
    elements = partition.elements_of_docx(data)
    progress(1, 1)
    return Parsed(tuple(elements), DOCX, metadata=_titled(_properties(data), elements))


def read_html(data: bytes, progress: Progress) -> Parsed:
    text = printable(decode(data))
    partition.bound_markup(text)
    content, metadata = read_page(text)
    elements = partition.elements_of_html(content)
    progress(1, 1)
    return Parsed(tuple(elements), HTML, metadata=metadata)


def read_markdown(data: bytes, progress: Progress) -> Parsed:
    text = printable(decode(data))
    partition.bound_markup(text)
    metadata, body = split_front_matter(text)
    elements = partition.elements_of_markdown(body)
    progress(1, 1)
    return Parsed(tuple(elements), MARKDOWN, metadata=_titled(metadata, elements))


def read_plain(data: bytes, progress: Progress) -> Parsed:
    elements = partition.elements_of_text(printable(decode(data)))
    progress(1, 1)
    return Parsed(tuple(elements), TEXT, metadata=_titled({}, elements))


def _properties(data: bytes) -> dict[str, object]:
    """What a Word file says about itself, where it says something."""
    properties = open_docx(io.BytesIO(data)).core_properties
    metadata: dict[str, object] = {}
    title = one_line(properties.title or "")
    if title.lower() not in _NO_TITLES:
        metadata["title"] = title
    if date := believable(properties.modified, properties.created):
        metadata["date"] = date
    return metadata


def _titled(metadata: dict[str, object], elements: list[Element]) -> dict[str, object]:
    """The first heading is the title of what names none."""
    heading = elements[0].heading[:1] if elements else ()
    return metadata if "title" in metadata or not heading else {**metadata, "title": heading[0]}
