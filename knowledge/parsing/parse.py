"""One way in for all formats."""

import logging
from collections.abc import Callable

from celery.exceptions import SoftTimeLimitExceeded

from knowledge.parsing import limits
from knowledge.parsing.detect import DOCX, HTML, MARKDOWN, PDF, content_type_of
from knowledge.parsing.errors import Unreadable
from knowledge.types import Parsed

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Told after each page: pages read, pages in all."""

Reader = Callable[[bytes, Progress, int | None], Parsed]
"""Reads one format; of the first pages only, where a number is given."""

DAMAGED = "The file is damaged and cannot be read."


def parse(data: bytes, *, progress: Progress | None = None, pages: int | None = None) -> Parsed:
    """The elements of a PDF, DOCX, HTML, Markdown or text file, told apart by its content.

    ``pages``: read no more than the first ones, or about as much of what has no pages. Raises
    :class:`Unreadable` with a sentence: empty, encrypted, scanned, damaged, too large, of another
    type, or without any text.
    """
    if len(data) > limits.BYTES:
        raise Unreadable(f"The file is larger than {limits.BYTES // 1024 // 1024} MB; split it.")
    return _read(data, content_type_of(data), progress or _say_nothing, pages)


def parse_text(text: str, *, progress: Progress | None = None, pages: int | None = None) -> Parsed:
    """As :func:`parse`, for what was written here: Markdown, in which plain text is at home."""
    if not text.strip():
        raise Unreadable("There is no text.")
    return _read(text.encode(), MARKDOWN, progress or _say_nothing, pages)


def _read(data: bytes, content_type: str, progress: Progress, pages: int | None) -> Parsed:
    reader = _reader(content_type)
    telling = _Telling(progress)
    try:
        parsed = reader(data, telling, pages)
    except (Unreadable, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        if telling.failed:
            raise
        # Parsers fail in any way on files that are made to break them.
        log.warning("a %s file could not be read: %s", content_type, type(error).__name__)
        raise Unreadable(DAMAGED) from error
    return _with_text(parsed)


class _Telling:
    """Passes progress on, and remembers when it was the listener that failed."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.failed = False

    def __call__(self, done: int, total: int) -> None:
        self.failed = True
        self._progress(done, total)
        self.failed = False


def _say_nothing(done: int, total: int) -> None:
    """For who does not follow the progress."""


def _reader(content_type: str) -> Reader:
    """How that type is read. Imported here: what reads is slow to load, and not for web pages."""
    if content_type == PDF:
        from knowledge.parsing.pdf import read_pdf

        return read_pdf
    from knowledge.parsing import readers

    return {
        DOCX: readers.read_docx,
        HTML: readers.read_html,
        MARKDOWN: readers.read_markdown,
    }.get(content_type, readers.read_plain)


def _with_text(parsed: Parsed) -> Parsed:
    characters = sum(len(element.text) for element in parsed.elements)
    if not characters:
        raise Unreadable("There is no text in this document.")
    if characters > limits.CHARACTERS:
        raise Unreadable("The document has more text than can be searched at once; split it.")
    return parsed
