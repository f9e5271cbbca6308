"""The sample files are what their README says, so that tests built on them mean something."""

import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader
from pypdf.errors import PdfReadError

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
BROKEN = SAMPLES / "broken"


def page_texts(path: Path) -> list[str]:
    return [page.extract_text().strip() for page in PdfReader(path).pages]


def test_the_handbook_has_text_on_each_of_its_four_pages() -> None:
    pages = page_texts(SAMPLES / "solar-owners-handbook.pdf")
    chapters = ["Your first week", "Lights and messages", "Through the year", "Shutting down"]
    assert len(pages) == len(chapters)
    for page, chapter in zip(pages, chapters, strict=True):
        assert chapter in page


def test_the_word_file_holds_headings_and_a_table() -> None:
    with zipfile.ZipFile(SAMPLES / "heat-pump-hand-over.docx") as archive:
        xml = archive.read("word/document.xml").decode()
    assert "Heading2" in xml
    assert xml.count("<w:tbl>") == 1


def test_the_windows_text_is_not_utf_8() -> None:
    data = (SAMPLES / "winter-tips-cp1252.txt").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        data.decode()
    assert "70° from eight to six" in data.decode("cp1252")


def test_the_encrypted_file_opens_only_with_its_password() -> None:
    reader = PdfReader(BROKEN / "encrypted.pdf")
    assert reader.is_encrypted
    assert not reader.decrypt("")
    assert reader.decrypt("sample")


def test_the_scan_holds_pictures_and_no_text() -> None:
    assert page_texts(BROKEN / "scanned.pdf") == ["", ""]
    assert all(page.images for page in PdfReader(BROKEN / "scanned.pdf").pages)


def test_the_blank_page_holds_nothing() -> None:
    assert page_texts(BROKEN / "blank.pdf") == [""]
    assert not PdfReader(BROKEN / "blank.pdf").pages[0].images


@pytest.mark.parametrize("name", ["empty.pdf", "truncated.pdf", "picture.pdf"])
def test_a_broken_file_does_not_open(name: str) -> None:
    with pytest.raises(PdfReadError):
        PdfReader(BROKEN / name)


def test_the_empty_files_have_no_bytes() -> None:
    assert (BROKEN / "empty.pdf").stat().st_size == (BROKEN / "empty.txt").stat().st_size == 0


def test_the_picture_is_a_png_and_the_truncated_file_starts_as_a_pdf() -> None:
    assert (BROKEN / "picture.pdf").read_bytes().startswith(b"\x89PNG")
    assert (BROKEN / "truncated.pdf").read_bytes().startswith(b"%PDF-")
