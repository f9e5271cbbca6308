"""Cutting a document into passages: by paragraph, by sentence or by meaning. Pure.

Whatever the way: nothing is lost or reordered, no passage crosses a heading or is longer than
:data:`LONGEST` tokens, and the same elements give the same passages. Tables stand alone: whole
when they fit, else by rows below a repeated header.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from knowledge.sentences import split_sentences
from knowledge.types import Chunk, Element

LONGEST = 260
"""No passage has more tokens."""
GOOD = 180
"""Paragraphs are put together up to here."""
SHORT = 60
"""What is shorter takes in the next paragraph even beyond :data:`GOOD`."""
WINDOW = 3
"""Sentences of a passage cut by sentence; the last one opens the next passage again."""
BREAK_QUANTILE = 0.8
"""Meaning breaks where neighbouring sentences are further apart than this share of them."""

Embed = Callable[[list[str]], npt.NDArray[np.float32]]
"""Texts to a row of length 1 each."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_LETTERS_OF_A_TOKEN = 7


def chunk(elements: Iterable[Element], chunking: str, embed: Embed | None = None) -> list[Chunk]:
    """The passages of a document, in its order.

    ``chunking`` is a value of :class:`knowledge.enums.Chunking`; ``semantic`` needs ``embed``.
    """
    cut = _cutter(chunking, embed)
    chunks: list[Chunk] = []
    for run in _runs(elements):
        chunks.extend(_cut_table(run[0]) if run[0].kind == "table" else cut(run))
    return chunks


def count_tokens(text: str) -> int:
    """About how many tokens a model makes of ``text``: words (long ones more) and marks."""
    return sum(-(-len(token) // _LETTERS_OF_A_TOKEN) for token in _TOKEN.findall(text))


def _cutter(chunking: str, embed: Embed | None) -> Callable[[list[Element]], Iterable[Chunk]]:
    if chunking == "sentence":
        return _by_sentence
    if chunking == "semantic":
        if embed is None:
            raise ValueError("Cutting by meaning needs embeddings.")
        return lambda run: _by_meaning(run, embed)
    return _by_paragraph


def _runs(elements: Iterable[Element]) -> Iterator[list[Element]]:
    """Neighbours under one heading; each table by itself."""
    written = (element for element in elements if element.text.strip())
    for _, group in groupby(written, key=lambda one: (one.heading, one.kind == "table")):
        same = list(group)
        if same[0].kind == "table":
            yield from ([table] for table in same)
        else:
            yield same


# ---------------------------------------------------------------- pieces


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of an element; ``joint`` is what stands before it when it follows another."""

    text: str
    element: Element
    joint: str

    @property
    def tokens(self) -> int:
        return count_tokens(self.text)


def _paragraphs(run: Sequence[Element]) -> Iterator[_Piece]:
    """Each element whole where it fits, else its sentences."""
    for element in run:
        joint = "\n" if element.kind == "list" else "\n\n"
        if count_tokens(element.text) <= LONGEST:
            yield _Piece(element.text.strip(), element, joint)
        else:
            yield from _sentences_of(element, joint)


def _sentences(run: Sequence[Element]) -> Iterator[_Piece]:
    for element in run:
        yield from _sentences_of(element, "\n" if element.kind == "list" else "\n\n")


def _sentences_of(element: Element, joint: str) -> Iterator[_Piece]:
    sentences = (part for line in split_sentences(element.text) for part in _fitting(line))
    for position, sentence in enumerate(sentences):
        yield _Piece(sentence, element, " " if position else joint)


def _fitting(text: str) -> Iterator[str]:
    """``text``, cut between words where it is longer than a passage may be."""
    if count_tokens(text) <= LONGEST:
        yield text
        return
    part: list[str] = []
    used = 0
    for word in _short_words(text):
        tokens = count_tokens(word)
        if part and used + tokens > LONGEST:
            yield " ".join(part)
            part, used = [], 0
        part.append(word)
        used += tokens
    yield " ".join(part)


def _short_words(text: str) -> Iterator[str]:
    """Words, those without end (a script without spaces, a long code) in parts."""
    for word in text.split():
        for start in range(0, len(word), LONGEST):
            yield word[start : start + LONGEST]


def _join(pieces: Sequence[_Piece]) -> Chunk:
    first = pieces[0]
    text = first.text + "".join(piece.joint + piece.text for piece in pieces[1:])
    kinds = {piece.element.kind for piece in pieces}
    kind = kinds.pop() if len(kinds) == 1 else "text"
    return Chunk(text=text, kind=kind, heading=first.element.heading, page=first.element.page)


# ---------------------------------------------------------------- the three ways


def _by_paragraph(run: Sequence[Element]) -> Iterator[Chunk]:
    pieces: list[_Piece] = []
    used = 0
    for piece in _paragraphs(run):
        room = LONGEST if used < SHORT else GOOD
        if pieces and used + piece.tokens > room:
            yield _join(pieces)
            pieces, used = [], 0
        pieces.append(piece)
        used += piece.tokens
    if pieces:
        yield _join(pieces)


def _by_sentence(run: Sequence[Element]) -> Iterator[Chunk]:
    """Windows of sentences; neighbours share one, so that no thought is cut at its joint."""
    window: list[_Piece] = []
    fresh = 0
    for piece in _sentences(run):
        if fresh and not _fits(window, piece):
            yield _join(window)
            window, fresh = window[-1:], 0
            if not _fits(window, piece):
                window = []
        window.append(piece)
        fresh += 1
    if fresh:
        yield _join(window)


def _fits(window: Sequence[_Piece], piece: _Piece) -> bool:
    tokens = sum(sentence.tokens for sentence in window)
    return len(window) < WINDOW and tokens + piece.tokens <= LONGEST


def _by_meaning(run: Sequence[Element], embed: Embed) -> Iterator[Chunk]:
    """A passage ends where the next sentence is about something else, or no room is left."""
    sentences = list(_sentences(run))
    if not sentences:
        return
    breaks = _breaks(embed([piece.text for piece in sentences]))
    pieces: list[_Piece] = []
    used = 0
    for position, piece in enumerate(sentences):
        is_other = position in breaks and used >= SHORT
        if pieces and (is_other or used + piece.tokens > LONGEST):
            yield _join(pieces)
            pieces, used = [], 0
        pieces.append(piece)
        used += piece.tokens
    yield _join(pieces)


def _breaks(rows: npt.NDArray[np.float32]) -> set[int]:
    """Positions of sentences that are far from the one before them, by cosine distance."""
    distances = [1.0 - float(before @ after) for before, after in pairwise(rows)]
    if not distances:
        return set()
    far = float(np.quantile(distances, BREAK_QUANTILE))
    return {at + 1 for at, distance in enumerate(distances) if distance >= far}


# ---------------------------------------------------------------- tables


def _cut_table(table: Element) -> Iterator[Chunk]:
    for text in _tables_of(table.text):
        yield Chunk(text=text, kind="table", heading=table.heading, page=table.page)


def _tables_of(text: str) -> Iterator[str]:
    if count_tokens(text) <= LONGEST:
        yield text
        return
    header, *rows = text.splitlines()
    repeats = count_tokens(header) <= LONGEST // 3
    top = [header] if repeats else []
    lines = rows if repeats else [header, *rows]
    room = LONGEST - sum(count_tokens(line) for line in top)
    for part in _fill(lines, room):
        yield "\n".join([*top, *part])


def _fill(lines: Iterable[str], room: int) -> Iterator[list[str]]:
    part: list[str] = []
    used = 0
    for line in (part_of for row in lines for part_of in _row_parts(row, room)):
        tokens = count_tokens(line)
        if part and used + tokens > room:
            yield part
            part, used = [], 0
        part.append(line)
        used += tokens
    if part:
        yield part


def _row_parts(line: str, room: int) -> Iterator[str]:
    """The row, or where it is longer than a passage, as many lines as it needs."""
    if count_tokens(line) <= room:
        yield line
        return
    part: list[str] = []
    for word in _short_words(line):
        if part and count_tokens(" ".join([*part, word])) > room:
            yield " ".join(part)
            part = []
        part.append(word)
    yield " ".join(part)
