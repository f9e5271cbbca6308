"""Whether the documents answer a question at all: better no answer than a wrong one.

A logistic model over the best candidates, fitted like the reranker's on the ``dev`` half of the
questions about the starter set.
"""

import math
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields

from knowledge.search.rerank import Judged, Query
from knowledge.search.vocabulary import Vocabulary

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class Signs:
    """What speaks for an answer; all about 0 to 1.

    ``best``: the best passage's score; ``similarity``: the nearest vector's; ``coverage``,
    ``sentence``, ``heading``: of the best passage; ``strange``: the share of the question's terms,
    by rarity, that no passage of the business has, nor a synonym; ``lone``: the same share for
    terms that the best passage lacks; ``lead``: how far the best is before the fifth.
    """

    best: float
    similarity: float
    coverage: float
    sentence: float
    heading: float
    strange: float
    lead: float


SIGNS = tuple(field.name for field in fields(Signs))
BIAS = -0.06
WEIGHTS: dict[str, float] = {
    "best": 1.4,
    "similarity": 1.83,
    "coverage": 1.83,
    "sentence": 0.38,
    "heading": 0.5,
    "strange": -2.64,
    "lead": 1.65,
}


def answerability(query: Query, judged: Sequence[Judged], vocabulary: Vocabulary) -> float:
    """The probability that one of the judged passages answers, 0 without any."""
    if not judged or not query.terms:
        return 0.0
    signs = signs_of(query, judged, vocabulary)
    sum_ = BIAS + sum(WEIGHTS[n] * v for n, v in zip(SIGNS, astuple(signs), strict=True))
    return 1 / (1 + math.exp(-sum_))


def is_answerable(probability: float) -> bool:
    return probability >= THRESHOLD


def signs_of(query: Query, judged: Sequence[Judged], vocabulary: Vocabulary) -> Signs:
    best = judged[0]
    fifth = judged[min(4, len(judged) - 1)]
    return Signs(
        best=best.score,
        similarity=max(one.features.similarity for one in judged),
        coverage=best.features.coverage,
        sentence=best.features.sentence,
        heading=best.features.heading,
        strange=strangeness(query, vocabulary),
        lead=best.score - fifth.score,
    )


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
