"""One order out of several: reciprocal-rank fusion (Cormack, Clarke and Büttcher, 2009)."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

K = 60

Item = TypeVar("Item", bound=Hashable)


def fused(rankings: Iterable[Sequence[Item]], *, k: int = K) -> dict[Item, float]:
    """The sum of ``1 / (k + rank)`` over the rankings that have an item, ranks from 1; best first.

    Among equals the one that came first in an earlier ranking stands first.
    """
    scores: dict[Item, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, 1):
            scores[item] = scores.get(item, 0.0) + 1 / (k + rank)
    return dict(sorted(scores.items(), key=lambda entry: -entry[1]))
