"""Dates that nobody set are no dates of documents."""

import datetime
import io

import pytest
from docx import Document as WordFile
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from knowledge.parsing import parse
from knowledge.parsing.dates import believable, read_date

MAY = datetime.date(2024, 5, 6)


@pytest.mark.parametrize(
    "bogus",
    [
        datetime.date(1970, 1, 1),
        datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC),
        datetime.date(2000, 1, 1),
        datetime.date(2001, 1, 1),
        datetime.date(2013, 12, 23),
        datetime.date.today() + datetime.timedelta(days=3),
        None,
    ],
)
def test_a_date_that_nobody_set_gives_way_to_the_next(
    bogus: datetime.date | datetime.datetime | None,
) -> None:
    assert believable(bogus) == ""
    assert believable(bogus, MAY) == "2024-05-06"


def test_today_is_believed() -> None:
    today = datetime.datetime.now(datetime.UTC)
    assert believable(today) == today.date().isoformat()


@pytest.mark.parametrize("text", ["", "soon", "2024-13-40", "6 May 2024"])
def test_what_is_no_date_is_none(text: str) -> None:
    assert read_date(text) is None
    assert read_date("2024-05-06T10:00:00Z") == MAY


@pytest.mark.parametrize(
    ("changed", "made", "expected"),
    [
        ("D:20000101000000Z", "D:20000101000000Z", None),
        ("D:29990101000000Z", "D:20240506101500Z", "2024-05-06"),
        ("D:20240506101500Z", "D:20000101000000Z", "2024-05-06"),
        ("no date", "no date", None),
    ],
)
def test_a_pdf_says_when_it_was_written(changed: str, made: str, expected: str | None) -> None:
    assert parse(pdf(changed, made)).metadata.get("date") == expected


def test_the_date_of_words_template_is_no_date() -> None:
    packed = io.BytesIO()
    word = WordFile()
    word.add_paragraph("Prices hold for a month.")
    word.save(packed)
    assert "date" not in parse(packed.getvalue()).metadata


def test_a_page_of_the_web_is_not_from_the_future() -> None:
    head = "<html><meta name='date' content='2999-01-01'><time datetime='2024-05-06'></time>"
    parsed = parse(f"{head}<p>Prices hold for a month.</p></html>".encode())
    assert parsed.metadata["date"] == "2024-05-06"


def pdf(changed: str, made: str) -> bytes:
    packed = io.BytesIO()
    canvas = Canvas(packed)
    canvas.drawString(72, 720, "Prices hold for a month.")
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(packed))
    writer.add_metadata({"/ModDate": changed, "/CreationDate": made})
    dated = io.BytesIO()
    writer.write(dated)
    return dated.getvalue()
