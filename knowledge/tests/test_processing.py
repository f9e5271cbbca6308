"""Documents become passages, whole or not at all."""

import datetime
import threading
from collections.abc import Callable, Sequence

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from knowledge import processing, services, signals, tasks
from knowledge.models import Document, Passage, PassageEmbedding
from knowledge.tests.conftest import MODEL, AddSample, finish
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError

Hook = Callable[[Callable[[Sequence[str]], None]], None]
ALONE = pytest.mark.django_db(transaction=True)


def add_text(business: Business, text: str = "# Pay\n\nCash is fine.") -> Document:
    return services.add_text(business, title="How to pay", text=text, by=None)


def texts(document: Document) -> list[str]:
    return list(document.passages.order_by("position").values_list("text", flat=True))


# ---------------------------------------------------------------- what comes out


def test_a_pdf_becomes_passages_with_pages_and_headings(add_sample: AddSample) -> None:
    document = finish(add_sample("solar-owners-handbook.pdf"))
    assert (document.status, document.version, document.page_count) == ("ready", 1, 4)
    assert document.title == "Solar owner's handbook"
    table = document.passages.get(kind="table", page=2)
    assert table.heading == "2. Lights and messages"
    assert "Green, steady | Making power | Nothing" in table.text.splitlines()
    assert document.steps_done == document.steps_total > 0


def test_every_passage_has_its_vector_and_business(add_sample: AddSample) -> None:
    document = finish(add_sample("open-house.html"))
    embeddings = PassageEmbedding.objects.filter(passage__document=document)
    assert embeddings.count() == document.passages.count() > 0
    assert set(embeddings.values_list("business", "model")) == {(document.business_id, MODEL)}


def test_the_document_says_what_nobody_said(business: Business, words_model: str) -> None:
    text = (
        "---\ntitle: Loans\ntype: financing\nvendor: Acme\ntags: [Loan, bank]\n"
        'date: 2026-03-01\nversion: "2.0"\nsource: Handbook\n---\n\n# Loans\n\nSix percent.\n'
    )
    file = ContentFile(text.encode(), name="loan_terms.md")
    document = services.add_file(business, file, by=None)
    assert document.title == "Loan terms"
    finish(document)
    assert (document.title, document.type, document.vendor) == ("Loans", "financing", "Acme")
    assert (document.tags, document.version_label) == (["loan", "bank"], "2.0")
    assert (document.published_on, document.source) == (datetime.date(2026, 3, 1), "Handbook")
    assert texts(document) == ["Six percent."]


def test_what_somebody_said_stays(business: Business, words_model: str) -> None:
    file = ContentFile(b"---\ntitle: Loans\ntype: financing\n---\n\nSix percent.\n", name="a.md")
    document = finish(services.add_file(business, file, by=None, title="Ours", type="policy"))
    assert (document.title, document.type) == ("Ours", "policy")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("broken/encrypted.pdf", "encrypted"),
        ("broken/scanned.pdf", "pictures of text"),
        ("broken/blank.pdf", "pages are empty"),
        ("broken/truncated.pdf", "damaged"),
    ],
)
def test_what_cannot_be_read_fails_with_the_reason(
    add_sample: AddSample, name: str, reason: str
) -> None:
    document = finish(add_sample(name))
    assert document.status == "failed"
    assert reason in document.error
    assert not document.passages.exists()


# ---------------------------------------------------------------- versions


def test_a_changed_text_is_a_new_version(business: Business, words_model: str) -> None:
    document = finish(add_text(business))
    services.change_text(document, "# Pay\n\nCards are fine.")
    assert texts(document) == ["Cash is fine."]
    finish(document)
    assert (texts(document), document.version) == (["Cards are fine."], 2)
    assert list(document.versions.values_list("number", "passages")) == [(2, 1), (1, 1)]


def test_the_same_content_is_no_new_version(business: Business, words_model: str) -> None:
    document = finish(add_text(business))
    kept = document.passages.get().pk
    services.change_text(document, "# Pay\n\n\n\nCash is   fine.\n")
    finish(document)
    assert (document.status, document.version) == ("ready", 1)
    assert document.passages.get().pk == kept


def test_reprocessing_makes_a_version_in_any_case(business: Business, words_model: str) -> None:
    document = finish(add_text(business))
    services.reprocess(document)
    assert finish(document).version == 2


def test_another_way_of_cutting_makes_a_version(business: Business, words_model: str) -> None:
    document = finish(add_text(business, "One is here. Two is here. Three is. Four is. Five is."))
    services.edit_document(document, chunking="sentence")
    assert len(texts(finish(document))) == 2


def test_a_failed_change_keeps_the_old_passages(add_sample: AddSample) -> None:
    document = finish(add_sample("solar-owners-handbook.pdf"))
    before = texts(document)
    services.replace_file(document, ContentFile(b"%PDF-1.7 nothing", name="new.pdf"))
    finish(document)
    assert (document.status, document.version, texts(document)) == ("failed", 1, before)
    assert document.is_searchable


# ---------------------------------------------------------------- claims


def test_only_who_waits_is_processed(business: Business, words_model: str) -> None:
    document = finish(add_text(business))
    services.process_document(document.pk)
    services.process_document(0)
    assert document.versions.count() == 1


def test_a_job_under_way_is_not_taken_twice(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    document = add_text(business)
    before_embedding(lambda _: services.process_document(document.pk))
    assert finish(document).versions.count() == 1


def test_what_a_dead_worker_left_is_taken_up_again(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    document = finish(add_text(business))
    services.change_text(document, "# Pay\n\nCards are fine.")
    before_embedding(_die)
    with pytest.raises(SystemExit):
        services.process_document(document.pk)
    document.refresh_from_db()
    assert (document.status, texts(document)) == ("processing", ["Cash is fine."])
    before_embedding(lambda _: None)
    assert list(tasks.stalled(timezone.now())) == []
    later = timezone.now() - processing.STALE_AFTER - datetime.timedelta(seconds=1)
    Document.objects.update(job_beat_at=later)
    assert list(tasks.stalled(timezone.now())) == [document.pk]
    assert texts(finish(document)) == ["Cards are fine."]


def test_a_document_that_kills_every_worker_is_given_up(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    document = add_text(business)
    before_embedding(_die)
    for _ in range(processing.MOST_ATTEMPTS):
        with pytest.raises(SystemExit):
            services.process_document(document.pk)
        Document.objects.update(job_beat_at=None)
    finish(document)
    assert (document.status, document.error) == ("failed", processing.TOO_HEAVY)


def _die(_: Sequence[str]) -> None:
    raise SystemExit


def test_who_lost_the_job_writes_nothing(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    document = add_text(business)

    def change_meanwhile(_: Sequence[str]) -> None:
        before_embedding(lambda _: None)
        services.change_text(document, "# Pay\n\nCards are fine.")

    before_embedding(change_meanwhile)
    finish(document)
    assert (document.status, document.version, texts(document)) == ("pending", 0, [])
    assert texts(finish(document)) == ["Cards are fine."]


def test_a_document_deleted_meanwhile_leaves_nothing(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    document = add_text(business)
    key = document.pk
    before_embedding(lambda _: services.delete_document(document))
    services.process_document(key)
    assert not Document.objects.exists()
    assert not Passage.objects.exists()


def test_a_provider_that_may_recover_is_asked_again(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    document = add_text(business)
    before_embedding(_raise(ProviderError("The model is busy.", retryable=True)))
    with pytest.raises(ProviderError):
        services.process_document(document.pk)
    document.refresh_from_db()
    assert (document.status, document.error) == ("pending", "The model is busy.")
    processing.fail_document(document.pk, "The model is busy.")
    document.refresh_from_db()
    assert document.status == "failed"


def test_an_unexpected_error_is_told_and_raised(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    document = add_text(business)
    before_embedding(_raise(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        services.process_document(document.pk)
    document.refresh_from_db()
    assert (document.status, document.error) == ("failed", processing.UNEXPECTED)


def _raise(error: Exception) -> Callable[[Sequence[str]], None]:
    def hook(_: Sequence[str]) -> None:
        raise error

    return hook


def test_a_document_that_never_reached_the_queue_is_found(
    business: Business, words_model: str
) -> None:
    document = add_text(business)
    assert list(tasks.stalled(timezone.now())) == []
    assert list(tasks.stalled(timezone.now() + tasks.UNQUEUED_AFTER)) == [document.pk]


# ---------------------------------------------------------------- seen from outside


@ALONE
def test_a_reader_sees_one_version_whole(
    business: Business, words_model: str, before_embedding: Hook
) -> None:
    """Another connection reads all the while as a document changes to and fro."""
    document = finish(add_text(business, _long("first")))
    whole = {frozenset(texts(document))}
    seen: set[frozenset[str]] = set()
    over = threading.Event()
    reader = threading.Thread(target=_read_until, args=(over, document.pk, seen))
    reader.start()
    for word in ("second", "third", "fourth"):
        services.change_text(document, _long(word))
        finish(document)
        whole.add(frozenset(texts(document)))
    over.set()
    reader.join()
    assert len(whole) == 4
    assert seen and seen <= whole


def _long(word: str) -> str:
    return "\n\n".join(f"## Part {n}\n\nThe {word} text of part {n}." for n in range(60))


def _read_until(over: threading.Event, key: int, seen: set[frozenset[str]]) -> None:
    try:
        while not over.is_set():
            found = Passage.objects.filter(document=key).values_list("text", flat=True)
            seen.add(frozenset(found))
    finally:
        connection.close()


@ALONE
def test_news_follow_the_commit(business: Business, words_model: str) -> None:
    events: list[str] = []

    def note(event: str, **_: object) -> None:
        assert not connection.in_atomic_block
        events.append(event)

    signals.document_changed.connect(note)
    try:
        with transaction.atomic():
            document = add_text(business)
            assert events == []
        finish(document)
        services.edit_document(document, title="Paying")
        services.delete_document(document)
    finally:
        signals.document_changed.disconnect(note)
    assert events == ["added", "ready", "edited", "deleted"]
