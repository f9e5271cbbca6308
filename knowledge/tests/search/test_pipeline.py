"""Search from question to answer, against Postgres and the local model."""

from collections.abc import Sequence

import pytest
from django.utils import timezone

from knowledge.models import BusinessKnowledge, Document, PassageEmbedding
from knowledge.search import pipeline, vocabulary
from knowledge.search.pipeline import answer, run, search
from knowledge.search.rerank import Judged, LocalReranker, Query
from knowledge.search.reranking import Reranker
from knowledge.search.retrieve import Candidate
from knowledge.tests.search.conftest import AddDocument
from knowledge.types import Filters
from salesdesk.businesses.models import Business

INVERTER = "The inverter has its own warranty of 12 years. It can be extended to 20 years for $700."
PANEL = "The maker replaces a broken panel for twenty five years. Hail is not covered."
HOURS = "The office is open from Monday to Friday from eight to six. On Saturday we are closed."
GUTTERS = "New gutters cost $14 per foot. Leaf guards cost $9 per foot."


@pytest.fixture
def documents(business: Business, add_document: AddDocument) -> dict[str, Document]:
    return {
        "inverter": add_document(
            business, "Inverter warranty", INVERTER, type="warranty", vendor="Velmora", tags=["a"]
        ),
        "panel": add_document(
            business, "Panel warranty", PANEL, type="warranty", vendor="Sunharrow", tags=["a", "b"]
        ),
        "hours": add_document(business, "Opening hours", HOURS, heading="Office › Hours"),
        "gutters": add_document(business, "Gutters", GUTTERS, type="price_list"),
    }


def titles(business: Business, query: str, **options: object) -> list[str]:
    return [one.title for one in search(business, query, threshold=0.0, **options)]  # type: ignore[arg-type]


@pytest.mark.usefixtures("documents")
def test_the_right_passage_stands_first(business: Business) -> None:
    found = search(business, "how long is the guarantee on the inverter")
    assert found[0].title == "Inverter warranty"
    assert found[0].text == INVERTER
    assert found[0].scores.vector is not None
    assert found[0].scores.words is not None
    assert 0 < found[0].scores.fused <= 2 / 61
    assert found[0].scores.rerank is not None


@pytest.mark.usefixtures("documents")
def test_what_a_citation_needs_comes_along(business: Business) -> None:
    Document.objects.filter(title="Opening hours").update(
        url="https://example.com/hours", version_label="3.1"
    )
    first = search(business, "when is the office open")[0]
    assert (first.heading, first.url, first.version_label, first.version) == (
        ("Office", "Hours"),
        "https://example.com/hours",
        "3.1",
        1,
    )


def test_no_search_crosses_into_another_business(
    business: Business, other_business: Business, add_document: AddDocument
) -> None:
    theirs = add_document(other_business, "Their secret", INVERTER)
    add_document(business, "Ours", HOURS)
    for query in ("inverter warranty 12 years", INVERTER, "Their secret", "$700"):
        assert set(titles(business, query)) <= {"Ours"}
    assert titles(business, "inverter", filters=Filters(document_id=theirs.public_id)) == []
    assert titles(other_business, "inverter warranty") == ["Their secret"]


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(type="warranty"), {"Inverter warranty", "Panel warranty"}),
        (Filters(vendor="Velmora"), {"Inverter warranty"}),
        (Filters(tags=("a", "b")), {"Panel warranty"}),
        (Filters(type="warranty", vendor="Nobody"), set()),
    ],
)
def test_filters_hold_for_both_paths(
    business: Business, filters: Filters, expected: set[str]
) -> None:
    part = run(business, "warranty or opening hours", filters=filters).parts[0]
    assert {found.title for found in part.by_vector} == expected
    assert {found.title for found in part.by_words} <= expected
    assert {found.title for found in part.fused} == expected


def test_a_document_filter_takes_its_public_id(
    business: Business, documents: dict[str, Document]
) -> None:
    chosen = Filters(document_id=documents["hours"].public_id)
    assert titles(business, "warranty", filters=chosen) == ["Opening hours"]


def test_retired_deleted_and_superseded_passages_are_not_found(
    business: Business, documents: dict[str, Document]
) -> None:
    documents["inverter"].delete()
    Document.objects.filter(title="Panel warranty").update(retired_at=timezone.now())
    Document.objects.filter(title="Gutters").update(version=2)
    assert titles(business, "inverter panel gutters warranty") == ["Opening hours"]


@pytest.mark.usefixtures("documents")
def test_passages_without_vectors_are_found_by_their_words(business: Business) -> None:
    PassageEmbedding.objects.all().delete()
    first = search(business, "What do leaf guards cost?", threshold=0.0)[0]
    assert first.title == "Gutters"
    assert first.scores.vector is None


@pytest.mark.usefixtures("documents")
def test_limits_are_the_businesss_own_unless_given(business: Business) -> None:
    BusinessKnowledge.objects.create(business=business, top_k=2, threshold=0.0)
    query = "warranty of the inverter and the office"
    assert len(search(business, query)) == 2
    assert len(search(business, query, top_k=3)) == 3
    assert search(business, query, threshold=1.0) == []


@pytest.mark.usefixtures("documents")
def test_an_answer_is_spoken_and_each_sentence_cited(business: Business) -> None:
    told = answer(business, "um, how long is the warranty on the inverter?")
    assert told.is_answerable
    assert told.spoken[0] == "The inverter has its own warranty of twelve years."
    assert told.citations[0].sentence == "The inverter has its own warranty of 12 years."
    assert told.citations[0].title == "Inverter warranty"
    assert len(told.spoken) == len(told.citations)
    assert told.context.startswith("[1] Inverter warranty\nThe inverter has its own warranty")


@pytest.mark.usefixtures("documents")
def test_what_the_documents_do_not_say_is_not_answered(business: Business) -> None:
    told = answer(business, "How long do I boil an egg?")
    assert not told.is_answerable
    assert (told.spoken, told.citations, told.context) == ((), (), "")


@pytest.mark.usefixtures("documents")
def test_both_parts_of_a_compound_question_are_found(business: Business) -> None:
    told = answer(business, "How long is the inverter warranty, and when is the office open?")
    assert [part.question for part in told.steps.parts] == [
        "How long is the inverter warranty",
        "when is the office open?",
    ]
    assert {one.title for one in told.found[:2]} == {"Inverter warranty", "Opening hours"}


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    "query", ["", "???", "the of and", "'; DROP TABLE x; --", '"" -- & | ! :*']
)
def test_odd_queries_find_nothing_wrong(business: Business, query: str) -> None:
    assert isinstance(search(business, query), list)
    assert not answer(business, query).is_answerable


def test_a_business_without_documents_answers_nothing(business: Business) -> None:
    assert search(business, "How long is the warranty?") == []
    assert not answer(business, "How long is the warranty?").is_answerable


@pytest.mark.usefixtures("documents")
def test_other_languages_are_searched_by_their_words_as_written(business: Business) -> None:
    business.language = "de"
    assert titles(business, "gutters")[0] == "Gutters"


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(("language", "text"), [("en-US", "gutters"), ("de", "gut hers")])
def test_only_english_words_are_put_right_by_their_sound(
    business: Business, monkeypatch: pytest.MonkeyPatch, language: str, text: str
) -> None:
    monkeypatch.setattr(vocabulary, "CHECK_SECONDS", 0.0)
    business.language = language
    assert answer(business, "gut hers").steps.understood.text == text


def test_a_changed_document_changes_the_vocabulary(
    business: Business, add_document: AddDocument, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vocabulary, "CHECK_SECONDS", 0.0)
    add_document(business, "Hours", HOURS)
    before = vocabulary.vocabulary_of(business)
    assert vocabulary.vocabulary_of(business) is before
    add_document(business, "Gutters", GUTTERS)
    assert "gutter" in vocabulary.vocabulary_of(business).terms


@pytest.mark.usefixtures("documents")
def test_every_step_is_timed(business: Business) -> None:
    assert set(answer(business, "warranty").steps.took_ms) == {
        *("understand", "expand", "embed", "retrieve", "fuse", "rerank", "read", "compress")
    }


class Stranger:
    """A reranker that is not the local one, though it judges alike."""

    def judge(self, query: Query, candidates: Sequence[Candidate]) -> list[Judged]:
        return LocalReranker().judge(query, candidates)


@pytest.mark.usefixtures("documents")
@pytest.mark.parametrize(
    ("language", "judge", "is_read"),
    [
        ("en", LocalReranker(), True),
        ("en-US", LocalReranker(), True),
        ("de", LocalReranker(), False),
        ("en", Stranger(), False),
    ],
)
def test_passages_are_read_in_english_and_after_the_local_reranker(
    business: Business,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
    judge: Reranker,
    is_read: bool,
) -> None:
    asked: list[str] = []

    def read(query: Query, judged: Sequence[Judged]) -> list[Judged]:
        asked.append(query.text)
        return list(judged)

    monkeypatch.setattr(pipeline, "read_closely", read)
    monkeypatch.setattr(pipeline, "reranker", lambda: judge)
    business.language = language
    run(business, "How long is the warranty?")
    assert asked == (["How long is the warranty?"] if is_read else [])
