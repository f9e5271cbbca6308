"""What the figures mean, by table and by property."""

import math
import random
from collections.abc import Sequence

import pytest

from salesdesk.assistant.metrics import definitions
from salesdesk.assistant.metrics.definitions import (
    LATENCY_BUCKETS,
    LATENCY_EDGES_MS,
    LATENCY_ERROR,
    bucket_latency,
    confidence_bucket,
    error_rate,
    latency_bucket,
    latency_part,
    percentile,
    score,
    success_rate,
)


def histogram(latencies: Sequence[float]) -> list[int]:
    counts = [0] * LATENCY_BUCKETS
    for each in latencies:
        counts[latency_bucket(each)] += 1
    return counts


# ---------------------------------------------------------------- success


@pytest.mark.parametrize(
    ("by_status", "success", "error"),
    [
        ({}, None, None),
        ({"late": 3}, None, None),
        ({"ok": 4}, 1.0, 0.0),
        ({"ok": 8, "refused": 2}, 0.8, 0.0),
        ({"ok": 5, "failed": 2, "timed_out": 2, "invalid": 1}, 0.5, 0.5),
        ({"ok": 1, "failed": 1, "late": 98}, 0.5, 0.5),
    ],
)
def test_rates(by_status: dict[str, int], success: float | None, error: float | None) -> None:
    assert success_rate(by_status) == success
    assert error_rate(by_status) == error


# ---------------------------------------------------------------- latency


@pytest.mark.parametrize(
    ("ms", "bucket"), [(0, 0), (0.9, 0), (1, 1), (1.05, 1), (2, 8), (100, 49), (10**7, 120)]
)
def test_latencies_fall_into_buckets(ms: float, bucket: int) -> None:
    assert latency_bucket(ms) == bucket


def test_no_bucket_is_wider_than_the_stated_error() -> None:
    for bucket in range(1, LATENCY_BUCKETS - 1):
        low, high = LATENCY_EDGES_MS[bucket - 1], LATENCY_EDGES_MS[bucket]
        middle = bucket_latency(bucket)
        assert (middle - low) / low == pytest.approx(LATENCY_ERROR, rel=1e-6)
        assert (high - middle) / high == pytest.approx(LATENCY_ERROR, rel=1e-6)


def test_percentiles_without_invocations_are_not_known() -> None:
    assert percentile([0] * LATENCY_BUCKETS, 0.5) is None


@pytest.mark.parametrize("seed", range(40))
def test_percentiles_are_within_the_stated_error(seed: int) -> None:
    dice = random.Random(seed)
    spread = dice.uniform(0.1, 1.5)
    drawn = [dice.lognormvariate(math.log(150), spread) for _ in range(dice.randint(1, 700))]
    latencies = sorted(min(max(each, 1.0), 80_000) for each in drawn)
    counts = histogram(latencies)

    found = [percentile(counts, part) for part in (0.5, 0.95, 0.99)]

    for part, value in zip((0.5, 0.95, 0.99), found, strict=True):
        exact = latencies[max(1, math.ceil(part * len(latencies) - 1e-9)) - 1]
        assert value == pytest.approx(exact, rel=LATENCY_ERROR + 1e-9)
    assert found == sorted(each for each in found if each is not None)


@pytest.mark.parametrize("seed", range(10))
def test_histograms_can_be_added(seed: int) -> None:
    """Percentiles of two hours together are those of their added counts."""
    dice = random.Random(seed)
    one, two = ([dice.uniform(1, 9_000) for _ in range(dice.randint(1, 90))] for _ in range(2))
    added = [a + b for a, b in zip(histogram(one), histogram(two), strict=True)]

    assert added == histogram(one + two)


# ---------------------------------------------------------------- confidence


@pytest.mark.parametrize(
    ("confidence", "bucket"), [(0.0, 0), (0.099, 0), (0.1, 1), (0.55, 5), (0.9, 9), (1.0, 9)]
)
def test_confidences_fall_into_ten_buckets(confidence: float, bucket: int) -> None:
    assert confidence_bucket(confidence) == bucket


# ---------------------------------------------------------------- the score


@pytest.mark.parametrize(
    ("ms", "part"), [(0, 1.0), (200, 1.0), (1_000, 0.5), (5_000, 0.0), (60_000, 0.0)]
)
def test_latency_counts_by_its_logarithm(ms: float, part: float) -> None:
    assert latency_part(ms) == pytest.approx(part)


@pytest.mark.parametrize(
    ("success", "confidence", "p95", "value"),
    [
        (1.0, 1.0, 50, 1.0),
        (0.0, 0.0, 9_000, 0.0),
        (0.9, 0.8, 1_000, 0.4 * 0.9 + 0.3 * 0.8 + 0.3 * 0.5),
        (0.9, None, 1_000, (0.4 * 0.9 + 0.3 * 0.5) / 0.7),
        (None, None, None, None),
        (None, 0.9, 100, None),
    ],
)
def test_score(
    success: float | None, confidence: float | None, p95: float | None, value: float | None
) -> None:
    found = score(success, confidence, p95)

    assert found.value == (None if value is None else pytest.approx(value))
    assert (found.success, found.confidence) == (success, confidence)


@pytest.mark.parametrize("seed", range(30))
def test_the_score_stays_in_bounds_and_follows_its_parts(seed: int) -> None:
    dice = random.Random(seed)
    success, confidence, ms = dice.random(), dice.random(), dice.uniform(1, 20_000)

    value = score(success, confidence, ms).value
    better = score(min(1, success + 0.1), min(1, confidence + 0.1), ms / 2).value

    assert value is not None
    assert better is not None
    assert 0 <= value <= better <= 1


def test_the_weights_add_up() -> None:
    assert sum(definitions.WEIGHTS.values()) == pytest.approx(1)
