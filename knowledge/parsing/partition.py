"""HTML, Markdown, Word and plain text through unstructured, in our own elements.

unstructured takes seconds to import, so this module is imported by those who parse, in the
worker, and not by what serves pages.
"""

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from docx import Document as open_docx
from lxml import html as lxml_html
from unstructured.partition.docx import partition_docx
from unstructured.partition.html import partition_html
from unstructured.partition.md import partition_md
from unstructured.partition.text import partition_text

from knowledge.parsing import language_model, limits
from knowledge.parsing.errors import Unreadable
from knowledge.parsing.outline import Outline
from knowledge.parsing.text import clean, one_line
from knowledge.types import Element

language_model.provide()

BLOCKS_OF_A_PAGE = 20
"""Paragraphs, and rows of a table."""
NO_DETECTION = [""]
_IGNORED = {"PageBreak", "Image", "Header", "Footer", "PageNumber"}
_NO_HEADING = (".", ",", ";", ":", "?")
_CELLS = " | "


def elements_of_markdown(text: str) -> list[Element]:
    return list(_elements(partition_md(text=text, languages=NO_DETECTION)))


def elements_of_html(text: str) -> list[Element]:
    return list(_elements(partition_html(text=text, languages=NO_DETECTION)))


def elements_of_text(text: str) -> list[Element]:
    """Headings are guessed: short lines that stand alone."""
    return list(_elements(partition_text(text=text, languages=NO_DETECTION), guessed=True))


def first_blocks(data: bytes, pages: int | None) -> tuple[bytes, bool]:
    """A Word file with only so many pages' paragraphs and rows, and whether there were more."""
    bound_archive(data)
    if pages is None:
        return data, False
    document = open_docx(io.BytesIO(data))
    room = pages * BLOCKS_OF_A_PAGE
    body = document.element.body
    later = body.xpath(f"./w:p[{room} < position()] | ./w:tbl/w:tr[{room} < position()]")
    for block in later:
        block.getparent().remove(block)
    shortened = io.BytesIO()
    document.save(shortened)
    return shortened.getvalue(), bool(later)


def elements_of_docx(data: bytes) -> list[Element]:
    """Of a file that :func:`first_blocks` has looked at."""
    parts = partition_docx(
        file=io.BytesIO(data), languages=NO_DETECTION, infer_table_structure=True
    )
    return list(_elements(parts))


def bound_markup(text: str) -> None:
    """Refuse more than becomes a tree in memory that can be held."""
    if len(text) > limits.MARKUP_BYTES:
        megabytes = limits.MARKUP_BYTES // 1024 // 1024
        raise Unreadable(f"The page has more than {megabytes} MB of markup; split it.")


def bound_archive(data: bytes) -> None:
    """Refuse what unpacks to more than is good, before anything is unpacked.

    The sizes in the archive's directory are binding: ``zipfile`` reads no byte beyond them.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable("The file is encrypted; save it without a password.")
    texts = [entry.file_size for entry in entries if entry.filename.endswith((".xml", ".rels"))]
    whole = sum(entry.file_size for entry in entries)
    if whole > limits.EXPANDED_BYTES or max(texts, default=0) > limits.EXPANDED_PART_BYTES:
        raise Unreadable("The file unpacks to far more than a document holds; it was not opened.")


# ---------------------------------------------------------------- elements


def _elements(parts: Sequence[Any], *, guessed: bool = False) -> Iterator[Element]:
    """What stands below the headings; where that is nothing, the headings are the text."""
    below = list(_below_headings(parts, guessed=guessed))
    yield from below or (Element(one_line(part.text)) for part in parts if part.text.strip())


def _below_headings(parts: Iterable[Any], *, guessed: bool) -> Iterator[Element]:
    outline = Outline()
    for part in parts:
        name = type(part).__name__
        if name in _IGNORED or not part.text.strip():
            continue
        if name == "Title" and not (guessed and part.text.rstrip().endswith(_NO_HEADING)):
            outline.enter(part.text, _guessed_level(part, outline) if guessed else _level(part))
            continue
        text, kind = _content(part, name)
        if text:
            yield Element(text, kind, outline.path, part.metadata.page_number)


def _level(part: Any) -> int:
    return int(part.metadata.category_depth or 0)


def _guessed_level(part: Any, outline: Outline) -> int:
    """The first heading is the title; capitals stand above other headings."""
    if not outline.path:
        return 0
    return 1 if part.text.isupper() else 2


def _content(part: Any, name: str) -> tuple[str, str]:
    if name == "Table":
        return table_text(part.metadata.text_as_html or "") or clean(part.text), "table"
    if name == "CodeSnippet":
        return clean(part.text), "text"
    return one_line(part.text), "list" if name == "ListItem" else "text"


def table_text(markup: str) -> str:
    """A line for each row, its cells joined by “ | ”; empty without rows."""
    if not markup.strip():
        return ""
    rows = lxml_html.fromstring(markup.replace("<br", " <br")).iter("tr")
    lines = (_CELLS.join(one_line(cell.text_content()) for cell in row) for row in rows)
    return "\n".join(line for line in lines if line.replace("|", "").strip())
