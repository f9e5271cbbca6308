"""What has changed between two texts, line by line and word by word, for people. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2
"""Lines that are shown before and after a change."""
ALIKE = 0.4
"""From this share of common words on, a line counts as changed rather than as another one."""
NEAR = 8
"""So many lines on, a changed line is looked for."""
_WORDS = re.compile(r"\s+|[^\s\w]|\w+")

Piece = tuple[str, bool]
"""Text, and whether it is what has changed in its line."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """``kind`` is ``same``, ``gone``, ``new`` or ``skipped``; numbers count lines from 1."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    old_number: int | None = None
    new_number: int | None = None


def diff(old: str, new: str) -> list[DiffLine]:
    """The changed lines with those around them; an empty list when nothing has changed."""
    before, after = old.splitlines(), new.splitlines()
    groups = SequenceMatcher(None, before, after).get_grouped_opcodes(AROUND)
    lines: list[DiffLine] = []
    for group in groups:
        if group[0][1] > 0:
            lines.append(DiffLine("skipped"))
        for tag, i1, i2, j1, j2 in group:
            lines += _lines(tag, before[i1:i2], after[j1:j2], i1 + 1, j1 + 1)
    if lines and _last(lines) < len(after):
        lines.append(DiffLine("skipped"))
    return lines


def _last(lines: Sequence[DiffLine]) -> int:
    return next((each.new_number for each in reversed(lines) if each.new_number), 0)


def _lines(
    tag: str, before: Sequence[str], after: Sequence[str], old: int, new: int
) -> Iterator[DiffLine]:
    if tag == "equal":
        for place, text in enumerate(before):
            yield DiffLine("same", ((text, False),), old + place, new + place)
        return
    pairs = _pairs(before, after)
    for place, text in enumerate(before):
        other = next((after[there] for here, there in pairs if here == place), None)
        yield DiffLine("gone", _marked(text, other), old_number=old + place)
    for place, text in enumerate(after):
        other = next((before[here] for here, there in pairs if there == place), None)
        yield DiffLine("new", _marked(text, other), new_number=new + place)


def _pairs(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Which line became which: the next one nearby that is alike enough."""
    pairs: list[tuple[int, int]] = []
    for here, text in enumerate(before):
        start = pairs[-1][1] + 1 if pairs else 0
        near = range(start, min(start + NEAR, len(after)))
        alike = (there for there in near if _alike(text, after[there]))
        if (there := next(alike, None)) is not None:
            pairs.append((here, there))
    return pairs


def _alike(one: str, other: str) -> bool:
    return _matcher(*(_without_space(text) for text in (one, other))).ratio() >= ALIKE


def _without_space(text: str) -> list[str]:
    return [word for word in _WORDS.findall(text) if not word.isspace()]


def _marked(text: str, other: str | None) -> tuple[Piece, ...]:
    """``text`` in pieces; what ``other`` has not is marked."""
    if other is None:
        return ((text, False),)
    words = _WORDS.findall(text)
    blocks = _matcher(words, _WORDS.findall(other)).get_matching_blocks()
    pieces: list[Piece] = []
    end = 0
    for start, _, size in blocks:
        pieces.append(("".join(words[end:start]), True))
        end = start + size
        pieces.append(("".join(words[start:end]), False))
    return tuple(piece for piece in pieces if piece[0])


def _matcher(one: Sequence[str], other: Sequence[str]) -> "SequenceMatcher[str]":
    return SequenceMatcher(None, one, other)
