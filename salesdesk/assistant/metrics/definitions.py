"""What each figure of the metrics page means: pure functions whose docstrings are the definitions.

Times are milliseconds; shares, rates, confidences and the score are between 0 and 1.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from salesdesk.assistant.enums import ToolStatus

GROWTH = 1.1
LATENCY_BUCKETS = 121
LATENCY_EDGES_MS = tuple(GROWTH**power for power in range(LATENCY_BUCKETS - 1))
"""Where each bucket ends and the next begins: 1 ms, 1.1 ms, … 84 s. The last bucket is open."""
LATENCY_ERROR = (GROWTH - 1) / (GROWTH + 1)
"""What a percentile may be off, relative to the true one: 4.8 %, from 1 ms to 84 s."""
CONFIDENCE_BUCKETS = 10

BEST_LATENCY_MS = 200.0
WORST_LATENCY_MS = 5_000.0
WEIGHTS = {"success": 0.4, "confidence": 0.3, "latency": 0.3}
ERRORS = (ToolStatus.FAILED, ToolStatus.TIMED_OUT, ToolStatus.INVALID)


# ---------------------------------------------------------------- success


def counted(by_status: Mapping[str, int]) -> int:
    """The invocations that rates are about: all but those that came too late, since nobody waited
    for their result any more."""
    return sum(count for status, count in by_status.items() if status != ToolStatus.LATE)


def success_rate(by_status: Mapping[str, int]) -> float | None:
    """The share of counted invocations that did what was asked (status ``ok``)."""
    return share(by_status.get(ToolStatus.OK, 0), counted(by_status))


def error_rate(by_status: Mapping[str, int]) -> float | None:
    """The share of counted invocations that failed, took too long or had arguments that do not fit.

    What a tool refuses for a reason of the business (no such slot, not allowed) is neither success
    nor error, so that the two need not add up to 1.
    """
    return share(sum(by_status.get(status, 0) for status in ERRORS), counted(by_status))


def share(part: float, whole: float) -> float | None:
    """``part`` of ``whole``; nothing where there is no whole."""
    return part / whole if whole else None


# ---------------------------------------------------------------- latency


def latency_bucket(ms: float) -> int:
    """The bucket of a latency: 0 below 1 ms, then each reaches 10 % further; the last is open."""
    return bisect_right(LATENCY_EDGES_MS, ms)


def bucket_latency(bucket: int) -> float:
    """The latency that stands for a bucket: as far, relatively, from its lower as from its upper
    edge, so that no value in it is further away than ``LATENCY_ERROR``."""
    return 2 * GROWTH**bucket / (GROWTH + 1)


def percentile(counts: Sequence[float], part: float) -> float | None:
    """The latency that ``part`` of the invocations do not exceed (nearest rank), from the counts by
    bucket, within ``LATENCY_ERROR``; nothing without invocations."""
    total = sum(counts)
    if not total:
        return None
    rank = max(1, math.ceil(part * total - 1e-9))
    seen = 0.0
    for bucket, count in enumerate(counts):
        seen += count
        if seen >= rank:
            return bucket_latency(bucket)
    raise AssertionError("the counts add up to their total")


# ---------------------------------------------------------------- confidence


def confidence_bucket(confidence: float) -> int:
    """One of ten: 0 for 0 up to 0.1 exclusive, … 9 for 0.9 up to 1 inclusive."""
    return min(int(confidence * CONFIDENCE_BUCKETS), CONFIDENCE_BUCKETS - 1)


# ---------------------------------------------------------------- the score


@dataclass(frozen=True, slots=True)
class Score:
    """``value`` is the whole, the others its parts; a part that is not known is nothing."""

    value: float | None
    success: float | None
    confidence: float | None
    latency: float | None


def score(success: float | None, confidence: float | None, p95_latency_ms: float | None) -> Score:
    """0.4 · success rate + 0.3 · average confidence + 0.3 · latency part (of the 95th percentile).

    Where no tool has said how sure it is, confidence is left out and the other weights grow in
    proportion: (0.4 · success + 0.3 · latency) / 0.7. Without invocations there is no score.
    """
    latency = None if p95_latency_ms is None else latency_part(p95_latency_ms)
    if success is None or latency is None:
        return Score(None, success, confidence, latency)
    parts = {"success": success, "confidence": confidence, "latency": latency}
    known = {name: value for name, value in parts.items() if value is not None}
    total = sum(WEIGHTS[name] * value for name, value in known.items())
    return Score(total / sum(WEIGHTS[name] for name in known), success, confidence, latency)


def latency_part(ms: float) -> float:
    """1 up to 200 ms, 0 from 5 s on, between them evenly by the logarithm: 1 s gives one half."""
    if ms <= BEST_LATENCY_MS:
        return 1.0
    span = math.log(WORST_LATENCY_MS / BEST_LATENCY_MS)
    return max(0.0, 1.0 - math.log(ms / BEST_LATENCY_MS) / span)
