"""The starter set, loaded through the services."""

import json
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from knowledge import starter
from knowledge.models import Document, Passage
from knowledge.services import delete_document, process_document, replace_file
from knowledge.tests.test_starter import QUESTIONS, places
from salesdesk.businesses.models import Business


@pytest.fixture
def one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A starter set of one document."""
    path = tmp_path / "price-list.md"
    path.write_text("---\ntitle: Prices\nsource: Sample content\n---\n\nOne dollar.\n")
    monkeypatch.setattr(starter, "DIRECTORY", tmp_path)
    return path


def load(business: Business) -> list[Document]:
    """Load and process; what waited."""
    documents = starter.load_starter(business)
    for document in documents:
        process_document(document.pk)
    return documents


def test_every_answer_of_the_questions_stands_in_a_passage(
    business: Business, words_model: str
) -> None:
    load(business)
    assert set(Document.objects.values_list("status", "version")) == {("ready", 1)}
    passages = [(one.heading, plain(one.text)) for one in Passage.objects.all()]
    wanted = [place for question in QUESTIONS for place in places(question)]
    lost = [
        place
        for place in wanted
        if not any(
            heading.endswith(place["heading"]) and plain(place["contains"]) in text
            for heading, text in passages
        )
    ]
    assert lost == []


def plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())


def test_the_documents_say_what_they_are(business: Business, words_model: str) -> None:
    load(business)
    prices = Document.objects.get(title="Price list")
    assert (prices.type, prices.version_label, prices.language) == ("price_list", "3.0", "en")
    assert prices.source == "Sample content"
    assert prices.vendor == "Bright Roof Solar & Air"
    assert prices.passages.filter(kind="table").exists()


def test_loading_again_changes_nothing(
    business: Business, words_model: str, one_file: Path
) -> None:
    assert len(load(business)) == 1
    assert load(business) == []
    assert Document.objects.get().version == 1


def test_a_changed_file_is_the_next_version(
    business: Business, words_model: str, one_file: Path
) -> None:
    load(business)
    Document.objects.update(title="Our prices")
    one_file.write_text("---\ntitle: Prices\n---\n\nTwo dollars.\n")
    load(business)
    document = Document.objects.get()
    assert (document.version, document.title) == (2, "Our prices")
    assert document.passages.get().text == "Two dollars."


def test_what_still_waits_is_queued_again(
    business: Business, words_model: str, one_file: Path
) -> None:
    starter.load_starter(business)
    assert len(starter.load_starter(business)) == 1
    assert Document.objects.count() == 1


def test_a_deleted_document_stays_deleted(
    business: Business, words_model: str, one_file: Path
) -> None:
    (document,) = load(business)
    delete_document(document)
    assert load(business) == []
    one_file.write_text("---\ntitle: Prices\n---\n\nTwo dollars.\n")
    assert load(business) == []
    assert not Document.objects.exists()


def test_a_file_of_their_own_is_left_alone(
    business: Business, words_model: str, one_file: Path
) -> None:
    (document,) = load(business)
    replace_file(document, ContentFile(b"Three dollars.", name="ours.txt"))
    process_document(document.pk)
    assert load(business) == []
    assert document.passages.get().text == "Three dollars."


def test_what_is_new_in_the_set_comes_after_a_deletion(
    business: Business, words_model: str, one_file: Path
) -> None:
    (document,) = load(business)
    delete_document(document)
    (one_file.parent / "service-area.md").write_text("---\ntitle: Area\n---\n\nAll the county.\n")
    assert [each.title for each in load(business)] == ["Area"]
    assert load(business) == []


def test_each_business_has_its_own(
    business: Business, other_business: Business, words_model: str, one_file: Path
) -> None:
    load(business)
    assert len(load(other_business)) == 1
    assert json.dumps(sorted(Passage.objects.values_list("business", flat=True))) == json.dumps(
        sorted([business.pk, other_business.pk])
    )
