"""The ways to search that are compared, and their times on one connection.

``bare`` is ``ORDER BY embedding <=> … LIMIT 10`` in the index of all businesses with no condition
but the model: the least that a vector search can cost there. ``exact`` compares each vector of the
business. ``hybrid`` is the product's statement: vectors, words, and everything that a citation
needs. ``search`` is the whole of it, from the question's words to reranked passages.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from knowledge.bench.loading import written
from knowledge.embeddings import Vector
from knowledge.embeddings.base import normalised
from knowledge.embeddings.choice import model_of
from knowledge.models import PassageEmbedding
from knowledge.search.pipeline import NO_FILTERS, fuse, search
from knowledge.search.retrieve import WordQuery, retrieve
from knowledge.search.vocabulary import vocabulary_of
from knowledge.search.wording import word_query
from salesdesk.businesses.models import Business
from salesdesk.lib.bench.figures import percentile, spread

QUERY_NOISE = 0.6
QUERY_WORDS = 12
SEED = 1
NEAREST = 10
ROUNDS = 3
"""Of all queries; the first warms the cache and does not count."""

Way = Callable[["Asked"], list[str]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A query: its words, its vector, and what the full-text search makes of the words."""

    question: str
    vector: Vector
    words: WordQuery


def ways_of(business: Business) -> dict[str, Way]:
    """Each way, from a query to the ids of what it finds; those of ``bare`` are no public ids."""
    model = model_of(business)

    def hybrid(asked: Asked) -> list[str]:
        candidates = retrieve(
            business, vector=asked.vector, model=model, words=asked.words, filters=NO_FILTERS
        )
        return [candidate.passage_id for candidate in fuse(candidates)[0][:NEAREST]]

    return {
        "bare": lambda asked: nearest(model, asked.vector),
        "exact": lambda asked: exact(business, model, asked.vector),
        "hybrid": hybrid,
        "search": lambda asked: [found.passage_id for found in search(business, asked.question)],
    }


def sample(business: Business, count: int) -> list[Asked]:
    """Beginnings of the business's passages, with vectors near theirs but not the same."""
    rows = PassageEmbedding.objects.filter(business=business).order_by("pk")
    step = max(1, rows.count() // count)
    chosen = list(rows.values_list("passage__text", "embedding")[::step][:count])
    matrix = np.array([vector for _, vector in chosen], dtype=np.float32)
    noise = np.random.default_rng(SEED).standard_normal(matrix.shape)
    near = normalised(matrix + QUERY_NOISE * normalised(noise))
    questions = [" ".join(text.split()[:QUERY_WORDS]) for text, _ in chosen]
    vocabulary = vocabulary_of(business)
    words = [word_query(question, vocabulary) for question in questions]
    return [Asked(*one) for one in zip(questions, near, words, strict=True)]


def nearest(model: str, vector: Vector) -> list[str]:
    """The bare statement: the ten nearest vectors of the model, of whichever business."""
    cast = f"::vector({len(vector)})"
    return _ids(
        f"SELECT passage_id FROM knowledge_passageembedding WHERE model = %s"  # noqa: S608
        f" ORDER BY embedding{cast} <=> %s{cast} LIMIT {NEAREST}",
        [model, written(vector)],
    )


def exact(business: Business, model: str, vector: Vector) -> list[str]:
    """Public ids of the ten nearest of the business, each vector compared."""
    return _ids(
        "SELECT p.public_id FROM (SELECT passage_id, embedding <=> %s::vector AS distance"  # noqa: S608
        " FROM knowledge_passageembedding WHERE business_id = %s AND model = %s"
        f" ORDER BY distance LIMIT {NEAREST}) AS near"
        " JOIN knowledge_passage p ON p.id = near.passage_id ORDER BY distance",
        [written(vector), business.pk, model],
    )


def _ids(statement: str, values: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [str(row[0]) for row in cursor.fetchall()]


# ---------------------------------------------------------------- times


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each query in each round that counts, and what the last round found."""

    times: list[float]
    found: list[list[str]]

    def summary(self) -> dict[str, float]:
        return spread(self.times)


def timed(ways: Mapping[str, Way], queries: Sequence[Asked]) -> dict[str, Measured]:
    """Every way with every query. The ways take turns with each query, and another begins each
    time, so that what else happens on the machine falls on all alike."""
    measured = {name: Measured([], []) for name in ways}
    names = list(ways)
    for round_ in range(ROUNDS):
        for number, asked in enumerate(queries):
            first = (round_ + number) % len(names)
            for name in names[first:] + names[:first]:
                started = time.perf_counter()
                found = ways[name](asked)
                took_ms = (time.perf_counter() - started) * 1000
                if round_ > 0:
                    measured[name].times.append(took_ms)
                if round_ == ROUNDS - 1:
                    measured[name].found.append(found)
    return measured


def pages_read(way: Way, queries: Sequence[Asked]) -> int:
    """The median number of pages, of 8 kB, that the way's last statement looks at in Postgres's
    cache or on disk: what it has to do, however busy the machine is."""
    return round(percentile([_pages(way, asked) for asked in queries], 50))


def _pages(way: Way, asked: Asked) -> int:
    sent: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        way(asked)
    statement, values = sent[-1]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", values)
        plan = cursor.fetchone()[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def recall(found: Sequence[list[str]], right: Sequence[list[str]]) -> float:
    """The mean share of the exact ten that were found among ten."""
    shares = [len(set(f) & set(r)) / len(r) for f, r in zip(found, right, strict=True)]
    return round(float(np.mean(shares)), 4)
