"""The first few candidates read closely, and judged anew by what reading them says.

Reading takes some milliseconds a passage, so it comes after the quick model of
:mod:`knowledge.search.rerank` has ordered all. Where the model that reads is not installed,
everything stays as it was.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

from knowledge.search.reader import read_or_none
from knowledge.search.rerank import Judged, Query
from knowledge.search.window import window_of

MOST_READ = 4

# Of the two log-odds: the quick model's and the reading one's. Fitted by bin/bench answers --fit.
QUICK = 0.49
READ = 0.31
BIAS = 0.08

LEAST = 1e-6


def read_closely(query: Query, judged: Sequence[Judged]) -> list[Judged]:
    """The first :data:`MOST_READ` with what was read and a new score, best first, then the rest."""
    first, rest = judged[:MOST_READ], judged[MOST_READ:]
    if not query.terms:
        return list(judged)
    windows = [window_of(query, one.candidate) for one in first]
    read = read_or_none(query.text, windows)
    again = [_judged_again(one, log_odds) for one, log_odds in zip(first, read, strict=True)]
    return [*sorted(again, key=lambda one: -one.score), *rest]


def _judged_again(one: Judged, read: float | None) -> Judged:
    if read is None:
        return one
    return replace(one, read=read, score=combined(one.score, read))


def combined(score: float, read: float) -> float:
    """The probability that a passage answers, from the quick model's and what was read."""
    odds = BIAS + QUICK * log_odds(score) + READ * read
    return 1 / (1 + math.exp(-odds))


def log_odds(probability: float) -> float:
    certain = min(1 - LEAST, max(LEAST, probability))
    return math.log(certain / (1 - certain))
