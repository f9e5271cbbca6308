"""How fast search is among many passages of several businesses, and what its index misses.

Every time is a statement's way to Postgres and back on one connection, with a warm cache, in
milliseconds. ``bare`` is ``ORDER BY embedding <=> … LIMIT 10`` in the index of all businesses with
no condition but the model: the least that a vector search can cost there. ``exact`` compares each
vector of the business. ``hybrid`` is the product's statement: vectors, words, fusion's input and
everything that a citation needs. ``search`` is the whole of it, from the question's words to
reranked passages.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from django.db import connection

from knowledge.bench.corpus import Generator, sections
from knowledge.embeddings import Matrix, Vector, embedder
from knowledge.embeddings.base import normalised
from knowledge.embeddings.choice import hold_model
from knowledge.enums import DocumentStatus, Origin
from knowledge.models import Document, Passage, PassageEmbedding
from knowledge.search import indexes, vocabulary
from knowledge.search.pipeline import NO_FILTERS, fuse, search
from knowledge.search.retrieve import retrieve
from knowledge.search.vocabulary import vocabulary_of
from knowledge.search.wording import word_query
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business
from salesdesk.lib.ids import public_id

DOCUMENTS = 50
QUERY_NOISE = 0.6
SEED = 1
BATCH = 2_000
NEAREST = 10

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Order:
    passages: int
    businesses: int
    queries: int


def measure(order: Order, say: Say) -> dict[str, Any]:
    """Fill the database, then measure the first business with all others beside it."""
    generator = make_generator()
    businesses = [create_business(f"Bench {i}", prompt="Hello.") for i in range(order.businesses)]
    each = order.passages // order.businesses
    first, others = businesses[0], businesses[1:]
    filled = _fill(generator, [first], each, say)
    alone = _times(first, order, say)
    filled += _fill(generator, others, each, say)
    together = _times(first, order, say)
    return {
        "passages": filled.passages,
        "businesses": order.businesses,
        "vectors": "sums of MiniLM vectors of real sentences, with noise",
        "ingest": {"passages_per_second": round(filled.passages / filled.seconds, 1)},
        "alone": alone,
        "together": together,
        "hybrid_to_bare_p95": _ratio(together, "hybrid", "bare"),
        "growth_of_hybrid_p95": round(together["hybrid"]["p95_ms"] / alone["hybrid"]["p95_ms"], 2),
    }


def make_generator() -> Generator:
    sentences = [section.sentences for section in sections() if section.sentences]
    model = embedder("local/all-MiniLM-L6-v2")
    flat = model.embed_passages([one for section in sentences for one in section])
    ends = np.cumsum([len(section) for section in sentences])
    return Generator(sentences, np.split(flat, ends[:-1]), SEED)


# ---------------------------------------------------------------- filling


@dataclass(frozen=True, slots=True)
class Filled:
    passages: int
    seconds: float

    def __add__(self, other: "Filled") -> "Filled":
        return Filled(self.passages + other.passages, self.seconds + other.seconds)


def _fill(generator: Generator, businesses: Sequence[Business], each: int, say: Say) -> Filled:
    """Store passages with their vectors, indexes and all; the time includes the indexes."""
    started = time.perf_counter()
    for number, business in enumerate(businesses, 1):
        for batch in _batches(each):
            texts, vectors = generator.make(batch)
            store(business, texts, vectors)
        say(f"{number} of {len(businesses)} businesses filled with {each} passages")
    indexes.tend_indexes()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE knowledge_passage")
        cursor.execute("VACUUM ANALYZE knowledge_passageembedding")
    for business in businesses:
        vocabulary.forget(business)
    return Filled(each * len(businesses), time.perf_counter() - started)


def _batches(count: int) -> Iterator[int]:
    while count > 0:
        yield min(BATCH, count)
        count -= BATCH


def store(business: Business, texts: Sequence[str], vectors: Matrix) -> None:
    """Ready documents with these texts as passages, and their embeddings."""
    model = _model(business)
    documents = [
        Document(
            business=business,
            origin=Origin.TEXT,
            title=f"Made {public_id()}",
            version=1,
            status=DocumentStatus.READY,
        )
        for _ in range(max(1, len(texts) // DOCUMENTS))
    ]
    Document.objects.bulk_create(documents)
    passages = [
        Passage(
            business=business,
            document=documents[i % len(documents)],
            version=1,
            position=i // len(documents),
            text=text,
            heading="Made",
            tokens=len(text) // 4,
        )
        for i, text in enumerate(texts)
    ]
    Passage.objects.bulk_create(passages, batch_size=500)
    PassageEmbedding.objects.bulk_create(
        [
            PassageEmbedding(passage=passage, business=business, model=model, embedding=vector)
            for passage, vector in zip(passages, vectors, strict=True)
        ],
        batch_size=500,
    )


def _model(business: Business) -> str:
    from django.db import transaction

    with transaction.atomic():
        return hold_model(business)


# ---------------------------------------------------------------- measuring


def _times(business: Business, order: Order, say: Say) -> dict[str, Any]:
    """Medians and 95th percentiles of each way, and the index's recall."""
    vocabulary.forget(business)
    indexes.forget(business)
    model = _model(business)
    texts, vectors = sample(business, order.queries)
    words = vocabulary_of(business)
    questions = [" ".join(text.split()[:12]) for text in texts]
    asked = list(zip(vectors, (word_query(q, words) for q in questions), strict=True))

    def hybrid(one: tuple[Vector, Any]) -> list[str]:
        candidates = retrieve(
            business, vector=one[0], model=model, words=one[1], filters=NO_FILTERS
        )
        return [candidate.passage_id for candidate in fuse(candidates)[0][:NEAREST]]

    ways: dict[str, tuple[Callable[[Any], list[str]], Sequence[Any]]] = {
        "bare": (lambda vector: nearest(model, vector), vectors),
        "exact": (lambda vector: exact(business, model, vector), vectors),
        "hybrid": (hybrid, asked),
        "search": (lambda text: [one.passage_id for one in search(business, text)], questions),
    }
    measured: dict[str, Any] = {"path": indexes.path_for(business, model)}
    found: dict[str, list[list[str]]] = {}
    for way, (run, inputs) in ways.items():
        measured[way], found[way] = _timed(run, inputs)
    measured["recall@10"] = recall(found["hybrid"], found["exact"])
    say(f"{order.queries} queries measured: {measured}")
    return measured


def _timed(
    run: Callable[[Any], list[str]], inputs: Sequence[Any]
) -> tuple[dict[str, float], list[list[str]]]:
    """Each input twice; the second time counts."""
    for one in inputs:
        run(one)
    times, found = [], []
    for one in inputs:
        started = time.perf_counter()
        found.append(run(one))
        times.append((time.perf_counter() - started) * 1000)
    return {"p50_ms": percentile(times, 50), "p95_ms": percentile(times, 95)}, found


def sample(business: Business, count: int) -> tuple[list[str], list[Vector]]:
    """Texts of the business's passages, and vectors that are near theirs but not the same."""
    rows = PassageEmbedding.objects.filter(business=business).order_by("pk")
    step = max(1, rows.count() // count)
    chosen = list(rows.values_list("passage__text", "embedding")[::step][:count])
    matrix = np.array([vector for _, vector in chosen], dtype=np.float32)
    noise = np.random.default_rng(SEED).standard_normal(matrix.shape)
    near = normalised(matrix + QUERY_NOISE * normalised(noise))
    return [text for text, _ in chosen], list(near)


def nearest(model: str, vector: Vector) -> list[str]:
    """The bare statement: the ten nearest vectors of the model, of whichever business."""
    cast = f"::vector({len(vector)})"
    return _ids(
        f"SELECT passage_id FROM knowledge_passageembedding WHERE model = %s"  # noqa: S608
        f" ORDER BY embedding{cast} <=> %s{cast} LIMIT {NEAREST}",
        [model, _written(vector)],
    )


def exact(business: Business, model: str, vector: Vector) -> list[str]:
    """Public ids of the ten nearest of the business, each vector compared."""
    return _ids(
        "SELECT p.public_id FROM knowledge_passageembedding e"  # noqa: S608
        " JOIN knowledge_passage p ON p.id = e.passage_id"
        " WHERE e.business_id = %s AND e.model = %s"
        f" ORDER BY e.embedding <=> %s::vector LIMIT {NEAREST}",
        [business.pk, model, _written(vector)],
    )


def _ids(statement: str, values: list[Any]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [str(row[0]) for row in cursor.fetchall()]


def _written(vector: Vector) -> str:
    return f"[{','.join(map(repr, vector.tolist()))}]"


def recall(found: Sequence[list[str]], right: Sequence[list[str]]) -> float:
    """The mean share of the exact ten that were found among ten."""
    shares = [len(set(f) & set(r)) / len(r) for f, r in zip(found, right, strict=True)]
    return round(float(np.mean(shares)), 4)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that is not below ``percent`` of them (nearest rank)."""
    ordered = sorted(values)
    return round(ordered[max(0, ceil(len(ordered) * percent / 100) - 1)], 2)


def _ratio(measured: dict[str, Any], way: str, to: str) -> float:
    return round(float(measured[way]["p95_ms"] / measured[to]["p95_ms"]), 2)
