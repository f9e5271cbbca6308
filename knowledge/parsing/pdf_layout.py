"""From lines on pages to paragraphs below headings. Pure.

What PDF keeps is where letters stand. A heading is a line in larger or bolder letters than the
body; a paragraph ends where the distance to the next line grows; what stands at the top or bottom
of most pages is no content.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from knowledge.parsing.outline import Outline
from knowledge.types import Element

LARGER = 1.12
"""How many times the body's size a heading's letters have at least."""
LONGEST_HEADING = 120
GAP = 0.7
"""Share of a line's height that separates paragraphs."""
MARGIN = 0.1
"""Share of a page's height in which running heads and feet stand."""

_BULLET = re.compile(r"^(?:[•◦▪‣●○■·*–-]|\(?\d{1,2}[.)]|[a-z]\))\s+(?=\S)")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; positions in points from the page's top left."""

    text: str
    size: float
    bold: bool
    left: float
    top: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Table:
    top: float
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    number: int
    height: float
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    has_images: bool = False


def elements_of_pages(pages: Sequence[Page]) -> list[Element]:
    """Paragraphs, list items and tables in reading order, each with its page."""
    running = _running_lines(pages)
    styles = _Styles(line for page in pages for line in page.lines)
    outline = Outline()
    elements: list[Element] = []
    for page in pages:
        lines = [line for line in page.lines if _mark(page, line) not in running]
        elements.extend(_elements_of_page(page, lines, styles, outline))
    return elements


# ---------------------------------------------------------------- heads, feet, headings


def _running_lines(pages: Sequence[Page]) -> set[str]:
    """Lines in the margins that most pages share, whatever their page number."""
    if len(pages) < 3:
        return set()
    counts = Counter(mark for page in pages for mark in {_mark(page, line) for line in page.lines})
    return {mark for mark, count in counts.items() if mark and count * 2 > len(pages)}


def _mark(page: Page, line: Line) -> str:
    """What a running line is known by; empty for a line of the body."""
    edge = page.height * MARGIN
    if edge < line.top and line.bottom < page.height - edge:
        return ""
    return _DIGITS.sub("#", line.text)


class _Styles:
    """Which letters are the body's, and which levels of headings there are."""

    def __init__(self, lines: Iterable[Line]) -> None:
        letters: Counter[float] = Counter()
        bold: Counter[bool] = Counter()
        for line in lines:
            letters[line.size] += len(line.text)
            bold[line.bold] += len(line.text)
        self.body = letters.most_common(1)[0][0] if letters else 0.0
        self._bold_stands_out = bold[True] * 2 < bold[False]
        self._larger = sorted((size for size in letters if size > self.body * LARGER), reverse=True)

    def level(self, line: Line) -> int | None:
        """The level of the heading that the line is, 0 the highest; nothing for the body."""
        if len(line.text) > LONGEST_HEADING or not any(map(str.isalpha, line.text)):
            return None
        if line.size in self._larger:
            return self._larger.index(line.size)
        is_sentence = line.text.endswith((".", ",", ";", ":"))
        if line.bold and self._bold_stands_out and line.size >= self.body and not is_sentence:
            return len(self._larger)
        return None


# ---------------------------------------------------------------- paragraphs


@dataclass(slots=True)
class _Block:
    """Lines that belong together. ``level`` is set for headings."""

    lines: list[Line]
    level: int | None
    is_item: bool


def _elements_of_page(
    page: Page, lines: Sequence[Line], styles: _Styles, outline: Outline
) -> Iterator[Element]:
    placed: list[tuple[float, _Block | Table]] = [
        (block.lines[0].top, block) for block in _blocks(lines, page.tables, styles)
    ]
    placed.extend((table.top, table) for table in page.tables)
    for _, part in sorted(placed, key=lambda pair: pair[0]):
        if isinstance(part, Table):
            text = "\n".join(" | ".join(row) for row in part.rows)
            yield Element(text, "table", outline.path, page.number)
        elif part.level is not None:
            outline.enter(_text_of(part.lines), part.level)
        else:
            kind = "list" if part.is_item else "text"
            text = _text_of(part.lines)
            text = _BULLET.sub("", text) if part.is_item else text
            yield Element(text, kind, outline.path, page.number)


def _blocks(lines: Iterable[Line], tables: Sequence[Table], styles: _Styles) -> list[_Block]:
    blocks: list[_Block] = []
    for line in lines:
        level = styles.level(line)
        is_item = level is None and bool(_BULLET.match(line.text))
        if blocks and _continues(blocks[-1], line, level, is_item=is_item, tables=tables):
            blocks[-1].lines.append(line)
        else:
            blocks.append(_Block([line], level, is_item))
    return blocks


def _continues(
    block: _Block, line: Line, level: int | None, *, is_item: bool, tables: Sequence[Table]
) -> bool:
    last = block.lines[-1]
    if is_item or level != block.level:
        return False
    if any(last.top < table.top < line.top for table in tables):
        return False
    return line.top - last.bottom <= GAP * (last.bottom - last.top)


def _text_of(lines: Sequence[Line]) -> str:
    """The lines as one, words that were divided at a line's end put together."""
    text = lines[0].text
    for line in lines[1:]:
        divided = text.endswith("-") and text[-2:-1].isalpha() and line.text[:1].islower()
        text = text[:-1] + line.text if divided else f"{text} {line.text}"
    return text
