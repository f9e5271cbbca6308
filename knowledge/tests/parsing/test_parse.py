"""The sample files, read; what cannot be read is refused in a sentence."""

import io
import zipfile
from pathlib import Path
from unittest.mock import patch

import pytest
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from knowledge.parsing import Unreadable, limits, parse, parse_text
from knowledge.types import Element, Parsed

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def read(name: str) -> Parsed:
    return parse((SAMPLES / name).read_bytes())


def under(parsed: Parsed, heading: str) -> list[Element]:
    return [element for element in parsed.elements if element.heading[-1:] == (heading,)]


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        parse(data)
    return refused.value.message


# ---------------------------------------------------------------- PDF


def test_a_pdf_keeps_pages_headings_and_tables() -> None:
    parsed = read("solar-owners-handbook.pdf")
    assert parsed.page_count == 4
    assert {element.page for element in parsed.elements} == {1, 2, 3, 4}
    (items,) = [under(parsed, "Days two to seven")]
    assert [item.kind for item in items] == ["list"] * 4
    assert items[0].text == "Open the app once a day and compare the curve with the weather."
    assert items[0].heading == ("1. Your first week", "Days two to seven")
    table = next(element for element in parsed.elements if element.kind == "table")
    assert table.text.splitlines()[0] == "Light | Meaning | What to do"


def test_feet_of_pages_are_no_content() -> None:
    texts = [element.text for element in read("solar-owners-handbook.pdf").elements]
    assert not [text for text in texts if "Page 2" in text or text.endswith("page 2")]


def test_each_page_is_progress() -> None:
    told: list[tuple[int, int]] = []
    data = (SAMPLES / "solar-owners-handbook.pdf").read_bytes()
    parse(data, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_who_follows_may_break_off() -> None:
    def stop(done: int, total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        parse((SAMPLES / "solar-owners-handbook.pdf").read_bytes(), progress=stop)


def test_a_pdf_that_opens_without_password_is_read() -> None:
    copy = io.BytesIO()
    writer = PdfWriter(clone_from=SAMPLES / "solar-owners-handbook.pdf")
    writer.encrypt(user_password="", owner_password="owner", algorithm="AES-256")
    writer.write(copy)
    assert parse(copy.getvalue()).elements == read("solar-owners-handbook.pdf").elements


# ---------------------------------------------------------------- the others


def test_a_word_file_keeps_headings_lists_and_tables() -> None:
    parsed = read("heat-pump-hand-over.docx")
    assert parsed.metadata["title"] == "Heat pump hand-over sheet"
    assert [item.kind for item in under(parsed, "What is shown to the owner")] == ["list"] * 5
    table = next(element for element in parsed.elements if element.kind == "table")
    assert table.heading == ("Readings on the day",)
    assert table.text.splitlines()[0] == "Reading | Allowed range | Unit"
    assert under(parsed, "Filter sizes")[0].heading == ("The first two weeks", "Filter sizes")


def test_what_surrounds_a_web_page_is_no_content() -> None:
    parsed = read("open-house.html")
    text = "\n".join(element.text for element in parsed.elements)
    for noise in ("window.visits", "margin-right", "Contact", "Privacy", "sans-serif"):
        assert noise not in text
    assert parsed.metadata == {
        "title": "Open house and recommendation program",
        "language": "en",
        "date": "2026-03-15",
    }


@pytest.mark.parametrize(
    "html",
    [
        "<p>Hello</p>",
        "<div><span>Hello</span></div>",
        "<h2>Hello</h2>",
        "<table><tr><td>Hello</td></tr></table>",
        "<!-- pasted --><p>Hello",
    ],
)
def test_a_piece_of_a_page_is_read(html: str) -> None:
    parsed = parse(html.encode())
    assert [element.text for element in parsed.elements] == ["Hello"]
    assert parsed.content_type == "text/html"


@pytest.mark.parametrize("text", ["Hello", "# Hello\n\n## Hello", "<html><h1>Hello</h1></html>"])
def test_what_is_but_a_heading_is_text(text: str) -> None:
    assert {element.text for element in parse(text.encode()).elements} == {"Hello"}


def test_a_piece_of_a_page_may_be_pasted() -> None:
    (element,) = parse_text("<p>Hello, <b>caller</b></p>").elements
    assert element.text == "Hello, caller"


def test_a_web_page_keeps_its_tables_by_rows() -> None:
    (table,) = under(read("open-house.html"), "Houses in 2026")
    assert table.text.splitlines()[1] == "Oakland | 16 Meadow panels, battery | May 9"


def test_headings_of_plain_text_are_lines_that_stand_alone() -> None:
    parsed = read("winter-tips.txt")
    assert parsed.metadata["title"] == "Winter tips for heat pump owners"
    assert [one.heading[-1] for one in parsed.elements][1:3] == ["GOOD HABITS", "GOOD HABITS"]


def test_windows_text_is_decoded() -> None:
    text = " ".join(element.text for element in read("winter-tips-cp1252.txt").elements)
    assert "showroom’s café holds 70° from eight to six" in text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encodings_are_decoded(encoding: str) -> None:
    (element,) = parse("Ein schönes Dach für 5 €.".encode(encoding)).elements
    assert element.text == "Ein schönes Dach für 5 €."


def test_front_matter_is_metadata_and_no_text() -> None:
    text = "---\ntitle: T\ntype: faq\ndate: 2026-01-02\ntags: [a, b]\nrank: 3\n---\n# H\n\nBody.\n"
    parsed = parse_text(text)
    assert parsed.metadata == {
        "title": "T",
        "type": "faq",
        "date": "2026-01-02",
        "tags": ["a", "b"],
    }
    assert parsed.elements == (Element("Body.", heading=("H",)),)


@pytest.mark.parametrize("head", ["---\n[not: yaml\n---\n", "---\n- a list\n---\n"])
def test_what_is_no_front_matter_stays_text(head: str) -> None:
    assert "Body." in parse_text(head + "\nBody.\n").elements[-1].text


def test_control_characters_never_come_through() -> None:
    (element,) = parse_text("A\x00 fine\ufeff text.").elements
    assert element.text == "A fine text."


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("encrypted.pdf", "The file is encrypted; save it without a password."),
        ("blank.pdf", "The pages are empty."),
        ("empty.pdf", "The file is empty."),
        ("empty.txt", "The file is empty."),
        ("truncated.pdf", "The file is damaged: it ends too early or was changed."),
    ],
)
def test_a_broken_file_is_refused_in_a_sentence(name: str, sentence: str) -> None:
    assert refusal((SAMPLES / "broken" / name).read_bytes()) == sentence


def test_a_scan_and_a_picture_are_told_apart() -> None:
    assert "(a scan)" in refusal((SAMPLES / "broken" / "scanned.pdf").read_bytes())
    assert "a PNG picture" in refusal((SAMPLES / "broken" / "picture.pdf").read_bytes())


def archive(**parts: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return packed.getvalue()


def test_other_office_files_are_named() -> None:
    assert "an Excel workbook" in refusal(archive(**{"xl/workbook.xml": b"<x/>"}))
    assert "a ZIP archive" in refusal(archive(**{"readme.txt": b"hello"}))
    assert "damaged" in refusal(b"PK\x03\x04 and then nothing")


def test_a_word_file_cut_short_is_damaged() -> None:
    whole = (SAMPLES / "heat-pump-hand-over.docx").read_bytes()
    assert "damaged" in refusal(whole[: len(whole) // 2])


def test_a_word_file_without_its_parts_is_damaged() -> None:
    assert "damaged" in refusal(archive(**{"word/document.xml": b"<w:document"}))


def test_what_unpacks_without_end_is_not_opened() -> None:
    bomb = archive(**{"word/document.xml": b" " * (limits.EXPANDED_PART_BYTES + 1)})
    assert len(bomb) < 1_000_000
    assert "unpacks to far more" in refusal(bomb)


@pytest.mark.slow
@pytest.mark.parametrize("armoured", [0, 1])
def test_a_pdf_that_unpacks_without_end_is_not_read(
    armoured: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reportlab.rl_config.useA85", armoured)
    monkeypatch.setattr("reportlab.pdfbase.pdfdoc.rl_config.useA85", armoured)
    written = io.BytesIO()
    canvas = Canvas(written, pageCompression=1)
    for _ in range(2_000):
        canvas.drawString(50, 50, "The same line again and again and again.")
    canvas.save()
    assert parse(written.getvalue()).page_count == 1
    with patch.object(limits, "EXPANDED_BYTES", 50_000):
        assert "unpacks to far more" in refusal(written.getvalue())


def test_html_without_end_is_refused() -> None:
    page = b"<!doctype html><html><body>" + b"<div>" * (limits.MARKUP_BYTES // 5 + 100)
    assert "MB of markup" in refusal(page)


def test_deeply_nested_html_is_read_or_refused() -> None:
    page = b"<!doctype html><html><body>" + b"<div>" * 20_000 + b"Deep down."
    try:
        text = " ".join(element.text for element in parse(page).elements)
    except Unreadable:
        return
    assert text in ("", "Deep down.")


def test_a_file_too_large_is_not_looked_at() -> None:
    assert "larger than 25 MB" in refusal(b"x" * (limits.BYTES + 1))


def test_too_many_pages_are_refused() -> None:
    writer = PdfWriter()
    for _ in range(3):
        writer.add_blank_page(100, 100)
    packed = io.BytesIO()
    writer.write(packed)
    with patch.object(limits, "PAGES", 2):
        assert refusal(packed.getvalue()) == "The file has 3 pages; 2 is the most. Split it."


def test_bytes_without_sense_are_refused() -> None:
    assert "no kind of text" in refusal(bytes(range(32)) * 50)


def test_text_without_words_is_refused() -> None:
    with pytest.raises(Unreadable):
        parse_text(" \n ")
    assert "no text" in refusal(b"<!doctype html><html><body><nav>Menu</nav></body></html>")
