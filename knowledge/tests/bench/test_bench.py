"""The benches on very little, and the arithmetic of their figures."""

import numpy as np
import pytest

from knowledge.bench import loading, speed, ways
from knowledge.bench.answers import figures
from knowledge.bench.corpus import Generator
from knowledge.bench.questions import Place, Question, questions, rank_of
from knowledge.embeddings.base import normalised
from knowledge.models import Passage
from knowledge.search.retrieve import WordQuery
from knowledge.tests.search.test_steps import found
from salesdesk.businesses.models import Business
from salesdesk.lib.bench.figures import percentile

A, B, C = found("a", "alpha"), found("b", "beta"), found("c", "gamma")


def question(*phrases: str) -> Question:
    places = tuple((Place(f"Title {phrase[0]}", phrase),) for phrase in phrases)
    return Question("q", "?", "plain", "dev", places)


@pytest.mark.parametrize(
    ("phrases", "rank"),
    [(["alpha"], 1), (["beta"], 2), (["alpha", "beta"], 1), (["beta", "c-none"], None)],
)
def test_a_compound_question_is_answered_where_its_last_part_is(
    phrases: list[str], rank: int | None
) -> None:
    assert rank_of(question(*phrases), [A, B, C]) == rank


def test_figures_count_what_was_not_found_as_nothing() -> None:
    assert figures([1, 2, 10, None]) == {"hit@1": 0.25, "hit@5": 0.5, "mrr": 0.4}


def test_both_halves_have_questions() -> None:
    assert {one.split for one in questions()} == {"dev", "test"}
    assert all(one.split == "dev" for one in questions("dev"))


def test_made_passages_have_neighbours_of_their_own_subject() -> None:
    sentences = [["The panel is black.", "It has cells."], ["The roof leaks.", "It is old."]]
    basis = normalised(np.eye(4, 32, dtype=np.float32))
    texts, matrix = Generator(sentences, [basis[:2], basis[2:]], seed=1).make(20)
    assert len(set(texts)) > 10
    assert matrix.shape == (20, 32)
    assert np.linalg.norm(matrix, axis=1) == pytest.approx(np.ones(20), abs=1e-5)


def test_recall_and_percentiles() -> None:
    assert ways.recall([["a", "b"], ["c"]], [["a", "x"], ["c"]]) == 0.75
    assert percentile([3, 1, 2], 50) == 2
    assert percentile([3, 1, 2], 95) == 3


def test_the_first_round_warms_up_and_does_not_count() -> None:
    queries = [
        ways.Asked(f"question {i}", np.zeros(4, dtype=np.float32), WordQuery((), ()))
        for i in range(3)
    ]
    asked: list[str] = []

    def way(name: str) -> ways.Way:
        def run(one: ways.Asked) -> list[str]:
            asked.append(name)
            return [one.question]

        return run

    measured = ways.timed({"a": way("a"), "b": way("b")}, queries)
    assert asked[:6] == ["a", "b", "b", "a", "a", "b"]
    assert len(asked) == 2 * 3 * ways.ROUNDS
    for one in measured.values():
        assert len(one.times) == 3 * (ways.ROUNDS - 1)
        assert one.found == [[query.question] for query in queries]


@pytest.mark.django_db(transaction=True)
def test_loaded_passages_are_as_those_that_were_read(business: Business) -> None:
    texts, vectors = ["Red panels.", "A green roof."], normalised(np.eye(2, 384, dtype=np.float32))
    with loading.without_shared_indexes():
        assert loading._shared_indexes() == {}
        loading.load(business, "local/all-MiniLM-L6-v2", texts, vectors)
    assert "embedding_minilm" in loading._shared_indexes()
    passages = list(Passage.objects.filter(document__version=1, document__status="ready"))
    assert [(one.position, one.text) for one in passages] == list(enumerate(texts))
    assert [list(e.embedding) for p in passages for e in p.embeddings.all()] == vectors.tolist()
    assert Passage.objects.create(
        business=business, document=passages[0].document, version=1, position=9, text="", tokens=0
    ).pk not in {one.pk for one in passages}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_little_search_bench_gives_its_figures() -> None:
    order = speed.Order(passages=600, businesses=2, queries=10, documents=1)
    measured = speed.measure(order, lambda line: None)
    assert measured["together"]["recall@10"] >= 0.97
    assert measured["together"]["hybrid_to_bare"]["p95"] > 0
    assert measured["growth"]["times"]["search"]["p50"] > 0
    assert measured["growth"]["pages_read"]["hybrid"] > 0
    assert [one["passages"] for one in measured["small"]] == [2, 6, 18]
    assert measured["ingest"]["passages"] > 5
    assert measured["ingest"]["passages_per_second"] > 0
