"""Rows of a CSV or XLSX file, one after the other; nothing is held but the row that is read.

What a file says of itself is not believed: its bytes tell what it is, and all is bounded.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import IO, Any

import openpyxl
from charset_normalizer import from_bytes
from openpyxl.utils.exceptions import InvalidFileException

from salesdesk.lib.errors import InvalidInput

LARGEST_FILE = 50 * 1024 * 1024
LARGEST_UNPACKED = 1024 * 1024 * 1024
MOST_ROWS = 250_000
MOST_COLUMNS = 100
LONGEST_CELL = 4000
SAMPLE_BYTES = 256 * 1024
SAMPLE_ROWS = 50
DELIMITERS = ",;\t|"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""https://owasp.org/www-community/attacks/CSV_Injection"""
XLSX_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0"
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is read. ``encoding`` and ``delimiter`` are empty for XLSX."""

    encoding: str = ""
    delimiter: str = ""

    @property
    def is_xlsx(self) -> bool:
        return not self.encoding


def detect(file: IO[bytes]) -> Layout:
    """What the file is, by its bytes. Raises ``InvalidInput`` for what cannot be read."""
    file.seek(0)
    sample = file.read(SAMPLE_BYTES)
    file.seek(0)
    if not sample.strip():
        raise InvalidInput("The file is empty.")
    if sample.startswith(XLSX_MAGIC):
        _check_xlsx(file)
        return Layout()
    if sample.startswith(OLE_MAGIC):
        raise InvalidInput("This is an old Excel file (.xls); save it as .xlsx or .csv.")
    if b"\0" in sample and not sample.startswith(UTF_16):
        raise InvalidInput("This is neither a CSV nor an Excel file (.xlsx).")
    encoding = _encoding(sample, is_all=len(sample) < SAMPLE_BYTES)
    return Layout(encoding, _delimiter(sample.decode(encoding, errors="replace")))


def rows_of(file: IO[bytes], layout: Layout) -> Iterator[list[str]]:
    """The rows that hold anything, as text; the first is the header.

    Raises ``InvalidInput`` where the file breaks off or is larger than we take.
    """
    file.seek(0)
    rows = _xlsx_rows(file) if layout.is_xlsx else _csv_rows(file, layout)
    count = 0
    for row in rows:
        while row and not row[-1].strip():
            row.pop()
        if not row:
            continue
        count += 1
        if count > MOST_ROWS + 1:
            raise InvalidInput(f"More than {MOST_ROWS:,} rows; split the file.")
        yield row


def head_of(file: IO[bytes], layout: Layout) -> tuple[list[str], list[list[str]]]:
    """The headers (each with a name of its own), and the first rows below them."""
    rows = rows_of(file, layout)
    headers = next(rows, [])
    if len(headers) > MOST_COLUMNS:
        raise InvalidInput(f"More than {MOST_COLUMNS} columns; leave some out.")
    named = [text.strip()[:120] or f"Column {n}" for n, text in enumerate(headers, 1)]
    samples = [row for row, _ in zip(rows, range(SAMPLE_ROWS), strict=False)]
    if not samples:
        raise InvalidInput("There are no rows below the headers.")
    return named, samples


def guarded(cell: str) -> str:
    """The cell so that no spreadsheet takes it for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell


def unguarded(cell: str) -> str:
    """What :func:`guarded` has put before a formula's sign is taken off again."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA_STARTS) else cell


def csv_lines(rows: "Iterator[Sequence[str]]") -> Iterator[str]:
    """Lines of a CSV file that is safe to open in a spreadsheet."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([guarded(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


# ---------------------------------------------------------------- CSV


def _encoding(sample: bytes, *, is_all: bool) -> str:
    for bom, encoding in BOMS:
        if sample.startswith(bom):
            return encoding
    try:
        (sample if is_all else sample[:-4]).decode("utf-8")
    except UnicodeDecodeError as error:
        if is_all or error.end < len(sample) - 8:
            return _guessed_encoding(sample)
    return "utf-8"


def _guessed_encoding(sample: bytes) -> str:
    """What it most likely is; Windows' Latin unless another one fits clearly better."""
    found = from_bytes(sample[:65536], cp_isolation=LIKELY_ENCODINGS)
    best = found.best()
    latin = next((each for each in found if each.encoding == USUAL), None)
    if best is None or (latin is not None and latin.chaos <= best.chaos + CLEARLY):
        return USUAL
    return best.encoding


USUAL = "cp1252"
CLEARLY = 0.05
LIKELY_ENCODINGS = ["cp1252", "cp1250", "cp1251", "utf_16_le", "mac_roman", "cp932", "gbk"]


def _delimiter(text: str) -> str:
    """What splits the first line into the most columns; a comma where nothing does."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(DELIMITERS, key=lambda sign: len(next(csv.reader([first], delimiter=sign), [])))


def _csv_rows(file: IO[bytes], layout: Layout) -> Iterator[list[str]]:
    text = io.TextIOWrapper(file, encoding=layout.encoding, errors="replace", newline="")
    try:
        for row in csv.reader(text, delimiter=layout.delimiter):
            yield [_clean(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error:
        raise InvalidInput(
            "A cell of the file does not end; a quotation mark is missing."
        ) from None
    finally:
        if not file.closed:
            text.detach()


def _clean(cell: str) -> str:
    return unguarded(cell.replace("\x00", "")[:LONGEST_CELL])


# ---------------------------------------------------------------- XLSX


def _check_xlsx(file: IO[bytes]) -> None:
    try:
        with zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
    except zipfile.BadZipFile:
        raise InvalidInput("The file is broken; save it anew as .xlsx or .csv.") from None
    if not any(info.filename == "xl/workbook.xml" for info in infos):
        raise InvalidInput("This is neither CSV nor an Excel workbook (.xlsx).")
    if sum(info.file_size for info in infos) > LARGEST_UNPACKED:
        raise InvalidInput("The workbook is too large when it is unpacked; save it as .csv.")
    file.seek(0)


BROKEN = (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, SyntaxError, TypeError)
"""What openpyxl lets through of a workbook that is broken (``ParseError`` is a ``SyntaxError``)."""


def _xlsx_rows(file: IO[bytes]) -> Iterator[list[str]]:
    """The rows of the first sheet; of formulas what Excel last worked out."""
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
            yield [_clean(_as_text(value)) for value in row]
        book.close()
    except (*BROKEN, IndexError) as error:
        raise InvalidInput("The workbook is broken; save it anew as .xlsx or .csv.") from error


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():  # a number that was typed: 4155550199.0
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
