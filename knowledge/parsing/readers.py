"""One function for each format that unstructured reads: bytes to elements and metadata."""

import io
from collections.abc import Callable

from docx import Document as open_docx

from knowledge.parsing import limits, partition
from knowledge.parsing.dates import believable
from knowledge.parsing.detect import DOCX, HTML, MARKDOWN, TEXT
from knowledge.parsing.frontmatter import split_front_matter
from knowledge.parsing.text import decode, one_line, printable
from knowledge.parsing.webpage import read_page
from knowledge.types import Element, Parsed

Progress = Callable[[int, int], None]

MARKUP_SHARE = 4
"""A page's markup is about so many times as long as its text."""

_NO_TITLES = {"", "word document", "document", "untitled"}


def read_docx(data: bytes, progress: Progress, pages: int | None = None) -> Parsed:
    first, is_part = partition.first_blocks(data, pages)
    elements = partition.elements_of_docx(first)
    progress(1, 1)
    metadata = _titled(_properties(data), elements)
    return Parsed(tuple(elements), DOCX, metadata=metadata, is_part=is_part)


def read_html(data: bytes, progress: Progress, pages: int | None = None) -> Parsed:
    text = printable(decode(data))
    partition.bound_markup(text)
    content, metadata = read_page(text)
    first, is_part = _first(content, pages, share=MARKUP_SHARE)
    elements = partition.elements_of_html(first)
    progress(1, 1)
    return Parsed(tuple(elements), HTML, metadata=metadata, is_part=is_part)


def read_markdown(data: bytes, progress: Progress, pages: int | None = None) -> Parsed:
    text = printable(decode(data))
    partition.bound_markup(text)
    metadata, body = split_front_matter(text)
    first, is_part = _first(body, pages)
    elements = partition.elements_of_markdown(first)
    progress(1, 1)
    return Parsed(tuple(elements), MARKDOWN, None, _titled(metadata, elements), is_part)


def read_plain(data: bytes, progress: Progress, pages: int | None = None) -> Parsed:
    first, is_part = _first(printable(decode(data)), pages)
    elements = partition.elements_of_text(first)
    progress(1, 1)
    return Parsed(tuple(elements), TEXT, None, _titled({}, elements), is_part)


def _first(text: str, pages: int | None, share: int = 1) -> tuple[str, bool]:
    """As much as stands on so many pages, and whether there is more."""
    room = None if pages is None else pages * limits.LETTERS_OF_A_PAGE * share
    return text[:room], room is not None and len(text) > room


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
