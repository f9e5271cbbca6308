"""The passages that a way of cutting would make, shown in seconds and before anything is kept.

A preview reads the first pages only, since few passages are looked at. It is made in a thread of
its own, one at a time, for which nobody waits longer than :data:`WITHIN_SECONDS`.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from knowledge.chunking import Embed, chunk
from knowledge.embeddings import embedder
from knowledge.embeddings.choice import model_of
from knowledge.enums import Chunking, Origin
from knowledge.models import Document
from knowledge.parsing import Progress, parse, parse_text
from knowledge.types import Chunk, Element, Parsed
from salesdesk.lib.errors import Conflict

PAGES = 10
LETTERS = 24_000
"""How much text is cut at most; about forty passages."""
WITHIN_SECONDS = 15.0

TOO_SLOW = (
    "A preview of this takes too long. Choose the way to cut, and look at the passages once they "
    "have been made."
)

_thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="preview")


@dataclass(frozen=True, slots=True)
class Preview:
    """``is_part``: there is more text, from which more passages would come."""

    chunks: tuple[Chunk, ...] = ()
    is_part: bool = False


def preview(document: Document, chunking: str) -> Preview:
    """The first passages that ``chunking`` would make of the document, saved or not.

    Nothing is stored. Raises :class:`~knowledge.parsing.Unreadable`, and ``Conflict`` for a page
    that has not been fetched and for what takes too long.
    """
    read = _reader_of(document)
    model = model_of(document.business) if chunking == Chunking.SEMANTIC else ""
    give_up_at = time.monotonic() + WITHIN_SECONDS
    making = _thread.submit(_make, read, chunking, model, give_up_at)
    try:
        return making.result(WITHIN_SECONDS)
    except TimeoutError:
        making.cancel()
        raise Conflict(TOO_SLOW) from None


def _reader_of(document: Document) -> "partial[Parsed]":
    if document.origin == Origin.TEXT:
        return partial(parse_text, document.text, pages=PAGES)
    if not document.file:
        raise Conflict("The page has not been fetched yet.")
    with document.file.open("rb") as file:
        return partial(parse, file.read(), pages=PAGES)


def _make(read: "partial[Parsed]", chunking: str, model: str, give_up_at: float) -> Preview:
    parsed = read(progress=_until(give_up_at))
    elements = list(_first(parsed.elements))
    embed: Embed | None = embedder(model).embed_passages if model else None
    chunks = chunk(elements, chunking, embed)
    return Preview(tuple(chunks), parsed.is_part or len(elements) < len(parsed.elements))


def _until(give_up_at: float) -> Progress:
    """Ends the reading of a file for which nobody waits any more."""

    def look_at_the_clock(done: int, total: int) -> None:
        if time.monotonic() > give_up_at:
            raise Conflict(TOO_SLOW)

    return look_at_the_clock


def _first(elements: tuple[Element, ...]) -> Iterator[Element]:
    """Those with which the text begins."""
    room = LETTERS
    for element in elements:
        if room <= 0:
            return
        yield element
        room -= len(element.text)
