"""Judging passages, and whether one answers at all: pure, on candidates made by hand."""

from dataclasses import replace

import pytest
from django.utils import timezone

from knowledge.search.answerable import answerability, strangeness
from knowledge.search.rerank import LocalReranker, Query, features_of, query_for, relevance
from knowledge.search.reranking import scores_from
from knowledge.search.retrieve import Candidate
from knowledge.search.vocabulary import Vocabulary, vocabulary_from
from salesdesk.lib.errors import ProviderError

TEXTS = (
    "The inverter has its own warranty of twelve years. It can be extended.",
    "Gutters cost $14 per foot with installation.",
    "The office is open on weekdays from eight to six.",
    "A panel weighs 47 pounds.",
)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return vocabulary_from(TEXTS)


def candidate(text: str, **changes: object) -> Candidate:
    made = Candidate(
        id=hash(text),
        passage_id=text[:10],
        document_id="d",
        document_pk=1,
        title="",
        text=text,
        kind="text",
        heading=(),
        page=None,
        url="",
        version=1,
        version_label="",
        type="other",
        vendor="",
        tags=(),
        updated_at=timezone.now(),
        similarity=0.3,
        words=None,
        vector_place=1,
        words_place=None,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def best(query: Query, candidates: list[Candidate]) -> str:
    return LocalReranker().judge(query, candidates)[0].candidate.text


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("How long is the guarantee on the inverter?", 0),
        ("What do gutters cost?", 1),
        ("When are you open?", 2),
        ("How heavy is a panel?", 3),
    ],
)
def test_the_passage_that_answers_stands_first(
    question: str, number: int, vocabulary: Vocabulary
) -> None:
    candidates = [candidate(text) for text in TEXTS]
    assert best(query_for(question, vocabulary), candidates) == TEXTS[number]


def test_scores_are_between_0_and_1_and_fall(vocabulary: Vocabulary) -> None:
    query = query_for("warranty of the inverter", vocabulary)
    judged = LocalReranker().judge(query, [candidate(text) for text in TEXTS])
    scores = [one.score for one in judged]
    assert all(0 < score < 1 for score in scores)
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize(
    ("question", "feature", "text", "value"),
    [
        ("what does it cost", "cue", "It costs $14.", 1.0),
        ("what does it cost", "cue", "It is black.", -1.0),
        ("is it black", "cue", "It is black.", 0.0),
        ("price of sixteen panels", "numbers", "16 panels: $18,900", 1.0),
        ("price of sixteen panels", "numbers", "12 panels: $15,200", 0.0),
        ("inverter", "exact", "The inverter hums.", 1.0),
        ("inverter", "exact", "The converter hums.", 0.0),
    ],
)
def test_features(
    question: str, feature: str, text: str, value: float, vocabulary: Vocabulary
) -> None:
    features = features_of(query_for(question, vocabulary), candidate(text))
    assert getattr(features, feature) == value


def test_a_synonym_covers_less_than_the_word_itself(vocabulary: Vocabulary) -> None:
    query = query_for("inverter warranty", vocabulary)
    itself = features_of(query, candidate("The inverter's warranty.")).coverage
    synonym = features_of(query, candidate("The inverter's guarantee.")).coverage
    neither = features_of(query, candidate("The inverter's color.")).coverage
    assert itself == pytest.approx(1.0)
    assert itself > synonym > neither > 0


def test_a_sentence_with_what_is_asked_is_more_relevant(vocabulary: Vocabulary) -> None:
    query = query_for("how much are gutters", vocabulary)
    assert relevance(query, TEXTS[1]) > relevance(query, "Gutters carry rain.") > 0


def test_a_question_in_strange_words_is_hardly_answerable(vocabulary: Vocabulary) -> None:
    known = query_for("warranty of the inverter", vocabulary)
    strange = query_for("prescription for blood pressure", vocabulary)
    assert strangeness(known, vocabulary) == 0
    assert strangeness(strange, vocabulary) == 1
    near = [candidate(TEXTS[0], similarity=0.7, words_place=1)]
    far = [candidate(TEXTS[0], similarity=0.1)]
    yes = answerability(known, LocalReranker().judge(known, near), vocabulary)
    no = answerability(strange, LocalReranker().judge(strange, far), vocabulary)
    assert yes > 0.5 > no


def test_without_candidates_or_words_nothing_is_answerable(vocabulary: Vocabulary) -> None:
    assert answerability(query_for("inverter", vocabulary), [], vocabulary) == 0
    empty = query_for("and what of it", vocabulary)
    judged = LocalReranker().judge(empty, [candidate(TEXTS[0])])
    assert answerability(empty, judged, vocabulary) == 0


def test_a_models_scores_are_read() -> None:
    assert scores_from('{"scores": [100, 0, 55, -3, 400]}', 5) == [1.0, 0.0, 0.55, 0.0, 1.0]


@pytest.mark.parametrize(
    "written", ["", "[1, 2]", '{"scores": "many"}', '{"scores": [1]}', '{"scores": [1, null]}']
)
def test_a_model_that_does_not_do_as_told_is_an_error(written: str) -> None:
    with pytest.raises(ProviderError):
        scores_from(written, 2)
