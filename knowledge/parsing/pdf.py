"""PDF files, page by page, with the tables and headings that their layout shows."""

import base64
import binascii
import contextlib
import datetime
import io
import logging
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pdfplumber
from pypdf import DocumentInformation, PdfReader, PdfWriter
from pypdf.errors import PdfReadError

from knowledge.parsing import limits
from knowledge.parsing.dates import believable
from knowledge.parsing.detect import PDF
from knowledge.parsing.errors import Unreadable
from knowledge.parsing.pdf_layout import Line, Page, Table, elements_of_pages
from knowledge.parsing.text import one_line
from knowledge.types import Parsed

ENCRYPTED = "The file is encrypted; save it without a password."
DAMAGED = "The file is damaged: it ends too early or was changed."
SCANNED = (
    "The file holds pictures of text only (a scan); have its text recognised and upload it again."
)
BLANK = "The pages are empty."

_STREAM = re.compile(rb"stream\r?\n")
_LETTERS = re.compile(rb"[!-z\s]{16}")
_EXPANSIONS = 3
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_UNNAMED = re.compile(r"\(cid:\d+\)")
"""A sign that the font gives no letter for: nearly always the mark of a list item."""
_NO_TITLE = re.compile(
    r"untitled|anonymous|microsoft word|unspecified|\.(docx?|pdf|indd|tex)$", re.I
)

for noisy in ("pypdf", "pdfminer"):
    logging.getLogger(noisy).setLevel(logging.ERROR)


def read_pdf(data: bytes, progress: Callable[[int, int], None], pages: int | None = None) -> Parsed:
    """The text of each page; raises :class:`Unreadable` where there is none to be had."""
    reader, data = _open(data)
    total = len(reader.pages)
    if total > limits.PAGES:
        raise Unreadable(f"The file has {total} pages; {limits.PAGES} is the most. Split it.")
    _bound_streams(data)
    wanted = min(total, pages or total)
    read = list(_pages(data, wanted, progress))
    if not any(page.lines or page.tables for page in read):
        raise Unreadable(SCANNED if any(page.has_images for page in read) else BLANK)
    elements = tuple(elements_of_pages(read))
    return Parsed(elements, PDF, total, _metadata(reader), is_part=wanted < total)


def _open(data: bytes) -> tuple[PdfReader, bytes]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if not reader.is_encrypted:
            return reader, data
        if not reader.decrypt(""):
            raise Unreadable(ENCRYPTED)
        return reader, _decrypted(reader)
    except PdfReadError as error:
        raise Unreadable(DAMAGED) from error


def _decrypted(reader: PdfReader) -> bytes:
    copy = io.BytesIO()
    PdfWriter(clone_from=reader).write(copy)
    return copy.getvalue()


def _bound_streams(data: bytes) -> None:
    """Refuse a file whose compressed parts unpack to more than is good."""
    room = limits.EXPANDED_BYTES
    for start in _STREAM.finditer(data):
        room -= _expanded(_unarmoured(data, start.end()), room)
        if room <= 0:
            raise Unreadable("The file unpacks to far more than a document holds; it was not read.")


def _unarmoured(data: bytes, start: int) -> memoryview | bytes:
    """What begins at ``start``, out of the plain letters that it may be written in."""
    if data[start : start + 2] in _ZLIB or not _LETTERS.match(data, start, start + 64):
        return memoryview(data)[start:]
    stream = data[start : data.find(b"endstream", start)].strip()
    try:
        if stream.endswith(b"~>"):
            return base64.a85decode(stream.removeprefix(b"<~").removesuffix(b"~>"))
        return binascii.unhexlify(b"".join(stream.removesuffix(b">").split()))
    except ValueError:
        return stream


def _expanded(data: memoryview | bytes, room: int) -> int:
    """Bytes that a zlib stream unpacks to, compressed again or not, counted up to ``room``."""
    size = 0
    for _ in range(_EXPANSIONS):
        if bytes(data[:2]) not in _ZLIB:
            break
        try:
            data = zlib.decompressobj().decompress(data, max(room, 1))
        except zlib.error:
            break
        size = max(size, len(data))
    return size


def _pages(data: bytes, total: int, progress: Callable[[int, int], None]) -> Iterator[Page]:
    with pdfplumber.open(io.BytesIO(data), pages=[*range(1, total + 1)]) as pdf:
        for number, page in enumerate(pdf.pages, start=1):
            yield _page(page, number)
            page.close()
            progress(number, total)


def _page(page: Any, number: int) -> Page:
    tables = [table for table in page.find_tables() if _is_table(table)]
    boxes = [table.bbox for table in tables]
    lines = [
        _line(line)
        for line in page.extract_text_lines(return_chars=True)
        if not any(_within(line, box) for box in boxes)
    ]
    return Page(
        number=number,
        height=float(page.height),
        lines=tuple(line for line in lines if line.text),
        tables=tuple(Table(float(table.bbox[1]), _rows(table)) for table in tables),
        has_images=bool(page.images),
    )


def _is_table(table: Any) -> bool:
    """Boxes around a text have lines, too; a table has two rows and two columns at least."""
    widths = [len(row.cells) for row in table.rows]
    return len(widths) >= 2 and max(widths) >= 2


def _rows(table: Any) -> tuple[tuple[str, ...], ...]:
    rows = (tuple(one_line(cell or "") for cell in row) for row in table.extract())
    return tuple(row for row in rows if any(row))


def _within(line: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    x = (line["x0"] + line["x1"]) / 2
    y = (line["top"] + line["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])


def _line(line: dict[str, Any]) -> Line:
    chars = [char for char in line["chars"] if char["text"].strip()]
    sizes = sorted(char["size"] for char in chars)
    bold = sum("bold" in char["fontname"].lower() for char in chars)
    return Line(
        text=one_line(_UNNAMED.sub("•", line["text"])),
        size=round(float(sizes[len(sizes) // 2]) if sizes else 0.0, 1),
        bold=bold * 2 > len(chars),
        left=float(line["x0"]),
        top=float(line["top"]),
        bottom=float(line["bottom"]),
    )


def _metadata(reader: PdfReader) -> dict[str, object]:
    said = reader.metadata
    metadata: dict[str, object] = {}
    if said is None:
        return metadata
    title = one_line(str(said.title or ""))
    if title and not _NO_TITLE.search(title):
        metadata["title"] = title
    if date := believable(*_dates(said)):
        metadata["date"] = date
    return metadata


def _dates(said: DocumentInformation) -> Iterator[datetime.datetime | None]:
    """When it was changed and made, as far as that can be read."""
    for name in ("modification_date", "creation_date"):
        with contextlib.suppress(ValueError):
            yield getattr(said, name)
