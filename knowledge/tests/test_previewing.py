"""A preview shows the first passages soon, whatever the document."""

import io
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.core.files.base import ContentFile
from docx import Document as WordFile
from reportlab.pdfgen.canvas import Canvas

from knowledge import previewing, services
from knowledge.models import Document
from knowledge.parsing import Unreadable
from knowledge.previewing import preview
from knowledge.tests.conftest import AddSample
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

SetHook = Callable[[Callable[[Sequence[str]], None]], None]


@pytest.fixture
def document(business: Business, words_model: str) -> Document:
    return services.add_text(business, title="Pay", text="Cash is fine.", by=None)


@pytest.mark.parametrize("way", ["paragraph", "sentence", "semantic"])
def test_a_preview_shows_the_passages_and_keeps_nothing(document: Document, way: str) -> None:
    made = preview(document, way)
    assert [piece.text for piece in made.chunks] == ["Cash is fine."]
    assert not made.is_part
    document.refresh_from_db()
    assert (document.chunking, document.passages.count()) == ("paragraph", 0)


def test_what_cannot_be_read_is_refused(add_sample: AddSample) -> None:
    with pytest.raises(Unreadable, match="encrypted"):
        preview(add_sample("broken/encrypted.pdf"), "paragraph")


def test_a_page_not_yet_fetched_has_none(business: Business, words_model: str) -> None:
    document = services.add_url(business, "https://docs.example/", by=None)
    with pytest.raises(Conflict, match="not been fetched"):
        preview(document, "paragraph")


# ---------------------------------------------------------------- long documents


def pdf(pages: int) -> bytes:
    packed = io.BytesIO()
    canvas = Canvas(packed)
    for page in range(1, pages + 1):
        canvas.drawString(72, 500, f"Rule {page} says that nobody stands on the roof.")
        canvas.showPage()
    canvas.save()
    return packed.getvalue()


def word_file(paragraphs: int) -> bytes:
    packed = io.BytesIO()
    word = WordFile()
    table = word.add_table(rows=paragraphs, cols=2)
    table.rows[0].cells[0].text = "First row of the table"
    for number in range(paragraphs):
        word.add_paragraph(f"Rule {number} says that nobody stands on the roof.")
    word.save(packed)
    return packed.getvalue()


def lines(count: int) -> str:
    return "\n\n".join(f"Rule {number} says to stay off the roof." for number in range(count))


@pytest.mark.parametrize(
    "data",
    [
        pdf(previewing.PAGES + 2),
        word_file(400),
        lines(5000).encode(),
        f"# Rules\n\n- One\n- Two\n\n{lines(5000)}".encode(),
        f"<!doctype html><h1>Rules</h1><p>{'</p><p>'.join(lines(9000).splitlines())}</p>".encode(),
    ],
    ids=["pdf", "docx", "text", "markdown", "html"],
)
def test_only_the_first_pages_are_read(business: Business, words_model: str, data: bytes) -> None:
    made = preview(upload(business, data), "sentence")
    assert made.is_part
    text = "\n".join(piece.text for piece in made.chunks)
    assert "Rule 1 says" in text
    assert len(text) < 3 * previewing.LETTERS


def test_a_document_of_as_many_pages_is_shown_whole(business: Business, words_model: str) -> None:
    made = preview(upload(business, pdf(previewing.PAGES)), "paragraph")
    assert not made.is_part
    assert f"Rule {previewing.PAGES} says" in made.chunks[-1].text


def upload(business: Business, data: bytes) -> Document:
    return services.add_file(business, ContentFile(data, name="rules"), by=None)


# ---------------------------------------------------------------- slow documents


@pytest.fixture
def slow_model(before_embedding: SetHook) -> Iterator[threading.Event]:
    """Embeds nothing until the event is set."""
    go_on = threading.Event()

    def wait(texts: Sequence[str]) -> None:
        go_on.wait(30)

    before_embedding(wait)
    yield go_on
    go_on.set()


def test_nobody_waits_for_what_takes_too_long(
    document: Document, slow_model: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previewing, "WITHIN_SECONDS", 0.05)
    with pytest.raises(Conflict, match="takes too long"):
        preview(document, "semantic")
    with pytest.raises(Conflict, match="takes too long"):
        preview(document, "paragraph")
    monkeypatch.undo()
    slow_model.set()
    assert preview(document, "paragraph").chunks


def test_reading_ends_when_nobody_waits_any_more(
    business: Business, words_model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = upload(business, pdf(3))
    monkeypatch.setattr(previewing, "WITHIN_SECONDS", -1.0)
    with pytest.raises(Conflict, match="takes too long"):
        preview(document, "paragraph")
    monkeypatch.undo()
    assert preview(document, "paragraph").chunks
