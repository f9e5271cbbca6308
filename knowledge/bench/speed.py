"""How fast search is among many passages of several businesses, and what its index misses.

The first business is measured before and after the others come; then businesses that are too small
for an index of their own. What is compared stands in :mod:`knowledge.bench.ways`.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction

from knowledge.bench.corpus import Generator, sections
from knowledge.bench.ingest import measure_ingest
from knowledge.bench.loading import load, settle, without_shared_indexes
from knowledge.bench.ways import pages_read, recall, sample, timed, ways_of
from knowledge.embeddings import embedder
from knowledge.embeddings.choice import hold_model, model_of
from knowledge.search import indexes, vocabulary
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import create_business

MODEL = "local/all-MiniLM-L6-v2"
SEED = 1
SMALL_SHARES = (0.003, 0.01, 0.03)
"""Sizes of the small businesses, as shares of all passages: 300, 1000, 3000 of 100 000."""

STATEMENTS = ("bare", "exact", "hybrid")

Say = Callable[[str], object]
Filling = Sequence[tuple[Business, int]]


@dataclass(frozen=True, slots=True)
class Order:
    """``passages`` are shared out to ``businesses``; ``documents`` are read to measure ingest."""

    passages: int
    businesses: int
    queries: int
    documents: int


def measure(order: Order, say: Say) -> dict[str, Any]:
    """Fill the database, and measure."""
    generator = make_generator()
    each = order.passages // order.businesses
    first, *others = (_business(f"Bench {i}") for i in range(order.businesses))
    small = [(_business(f"Small {s}"), round(order.passages * s) or 1) for s in SMALL_SHARES]
    _fill(generator, [(first, each)], say)
    alone = _times(first, each, order, say)
    seconds = _fill(generator, [*((other, each) for other in others), *small], say)
    together = _times(first, each, order, say)
    return {
        "passages": order.passages,
        "businesses": order.businesses,
        "vectors": "sums of MiniLM vectors of real sentences, with noise",
        "load_of_the_machine": round(os.getloadavg()[1], 1),
        "alone": alone,
        "together": together,
        "growth": growth(alone, together),
        "small": [_times(business, size, order, say) for business, size in small],
        "seconds_to_load_the_others": round(seconds, 1),
        "ingest": measure_ingest(_business("Reading"), generator, order.documents),
    }


def make_generator() -> Generator:
    sentences = [section.sentences for section in sections() if section.sentences]
    flat = embedder(MODEL).embed_passages([one for section in sentences for one in section])
    ends = np.cumsum([len(section) for section in sentences])
    return Generator(sentences, np.split(flat, ends[:-1]), SEED)


def _business(name: str) -> Business:
    business = create_business(name, prompt="Hello.")
    with transaction.atomic():
        hold_model(business)
    return business


def _fill(generator: Generator, filling: Filling, say: Say) -> float:
    """Load so many passages into each business, and build all indexes; the seconds it took."""
    started = time.perf_counter()
    with without_shared_indexes():
        for business, count in filling:
            texts, vectors = generator.make(count)
            load(business, model_of(business), texts, vectors)
            say(f"{business} has {count} passages.")
    say("Building the indexes ...")
    indexes.tend_indexes()
    settle()
    for business, _ in filling:
        vocabulary.forget(business)
    return time.perf_counter() - started


def _times(business: Business, size: int, order: Order, say: Say) -> dict[str, Any]:
    """Medians and 95th percentiles of each way, their ratio to ``bare``, and the recall."""
    ways, queries = ways_of(business), sample(business, order.queries)
    measured = timed(ways, queries)
    times = {name: one.summary() for name, one in measured.items()}
    report: dict[str, Any] = {
        "passages": size,
        "path": indexes.path_for(business, model_of(business)),
        **times,
        "hybrid_to_bare": ratios(times["hybrid"], times["bare"]),
        "hybrid_to_exact": ratios(times["hybrid"], times["exact"]),
        "pages_read": {name: pages_read(ways[name], queries) for name in STATEMENTS},
        "recall@10": recall(measured["hybrid"].found, measured["exact"].found),
    }
    say(f"{business}: {report}")
    return report


def ratios(ours: dict[str, float], theirs: dict[str, float]) -> dict[str, float]:
    """How many times as long ours take, at each percentile."""
    return {key.removesuffix("_ms"): round(ours[key] / theirs[key], 2) for key in ours}


def growth(alone: dict[str, Any], together: dict[str, Any]) -> dict[str, Any]:
    """How many times as long each way takes, and how many times as many pages each statement
    reads, when the others' passages are there, too. The times are minutes apart."""
    pages = {
        way: round(together["pages_read"][way] / alone["pages_read"][way], 2) for way in STATEMENTS
    }
    return {
        "times": {way: ratios(together[way], alone[way]) for way in (*STATEMENTS, "search")},
        "pages_read": pages,
    }
