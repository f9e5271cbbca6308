"""Times, and what is said of them."""

import math
import os
from collections.abc import Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that is not below ``percent`` of them (nearest rank); 0 of none."""
    ranked = sorted(values)
    return ranked[max(0, math.ceil(percent / 100 * len(ranked)) - 1)] if ranked else 0.0


def spread(times_ms: Sequence[float]) -> dict[str, float]:
    return {f"p{each}_ms": round(percentile(times_ms, each), 2) for each in (50, 95)}


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times as long ours take, at the median."""
    return round(percentile(ours, 50) / percentile(theirs, 50), 2)


def load_of_the_machine() -> float:
    """The mean number of processes that wanted a core in the last minute."""
    return round(os.getloadavg()[0], 1)
