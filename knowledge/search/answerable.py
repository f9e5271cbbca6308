"""Whether the documents answer a question at all: better no answer than a wrong one.

A logistic model over the best candidates, fitted like the reranker's on the ``dev`` half of the
questions about the starter set: one for passages that were read closely, and one for those that
were not.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from knowledge.search.rerank import Judged, Query
from knowledge.search.vocabulary import Vocabulary

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for an answer; all about 0 to 1.

    ``best``: the best passage's score; ``similarity``: the nearest vector's; ``coverage``,
    ``sentence``, ``heading``: of the best passage; ``strange``: the share of the question's terms,
    by rarity, that no passage of the business has, nor a synonym; ``lead``: how far the best is
    before the fifth. ``read``: the highest log-odds that reading found, in eighths, from -1 to 1;
    0 where nothing was read. ``others``: the mean of the two next highest, since what a firm's
    documents answer they mostly touch in more than one place; ``read`` where there are none.
    """

    best: float
    similarity: float
    coverage: float
    sentence: float
    heading: float
    strange: float
    lead: float
    read: float
    others: float


BIAS = 0.4
WEIGHTS: dict[str, float] = {
    "best": 0.95,
    "similarity": 1.34,
    "coverage": 0.98,
    "sentence": 0.49,
    "heading": 1.04,
    "strange": -2.32,
    "lead": 0.92,
}
"""Where nothing was read."""
BIAS_READ = 1.45
WEIGHTS_READ: dict[str, float] = {
    "best": 1.67,
    "heading": 1.13,
    "strange": -1.17,
    "lead": 1.59,
    "read": 3.02,
    "others": 1.86,
}
"""Reading has seen what the signs left out stand for; with them, fitting generalised worse
(ten-fold on ``dev``)."""

MOST_READ_ODDS = 8.0

FAR = 0.2
"""With no word in common and a meaning this far away, nothing answers, however it reads."""


def answerability(query: Query, judged: Sequence[Judged], vocabulary: Vocabulary) -> float:
    """The probability that one of the judged passages answers, 0 without any."""
    if not judged or not query.terms:
        return 0.0
    found = signs_of(query, judged, vocabulary)
    if found.strange == 1 and found.similarity < FAR:
        return 0.0
    is_read = any(one.read is not None for one in judged)
    bias, weights = (BIAS_READ, WEIGHTS_READ) if is_read else (BIAS, WEIGHTS)
    sum_ = bias + sum(weight * float(getattr(found, name)) for name, weight in weights.items())
    return 1 / (1 + math.exp(-sum_))


def is_answerable(probability: float) -> bool:
    return probability >= THRESHOLD


def signs_of(query: Query, judged: Sequence[Judged], vocabulary: Vocabulary) -> Signs:
    best = judged[0]
    fifth = judged[min(4, len(judged) - 1)]
    read = sorted((_as_sign(one.read) for one in judged if one.read is not None), reverse=True)
    return Signs(
        best=best.score,
        similarity=max(one.features.similarity for one in judged),
        coverage=best.features.coverage,
        sentence=best.features.sentence,
        heading=best.features.heading,
        strange=strangeness(query, vocabulary),
        lead=best.score - fifth.score,
        read=read[0] if read else 0.0,
        others=fmean(read[1:3] or read[:1] or [0.0]),
    )


def _as_sign(odds: float) -> float:
    return max(-1.0, min(1.0, odds / MOST_READ_ODDS))


def strangeness(query: Query, vocabulary: Vocabulary) -> float:
    """The share of the question, by rarity, that the business's passages have no word for."""
    if not query.weight:
        return 1.0
    strange = sum(
        rarity
        for term, rarity in zip(query.terms, query.rarity, strict=True)
        if not _is_known(term, query, vocabulary)
    )
    return strange / query.weight


def _is_known(term: str, query: Query, vocabulary: Vocabulary) -> bool:
    phrases = query.synonyms.get(term, ())
    return term in vocabulary.terms or any(
        all(word in vocabulary.terms for word in phrase) for phrase in phrases
    )
