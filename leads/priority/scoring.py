"""How many points a lead has, and why. Pure; this is the definition.

Points are the sum of what a business's weights give for:

* **source**, **stage** and **intent** (what the lead wants, as far as it is known): by their word;
* **value**: ``value_points × log2(1 + value / 1000)``, so that $1,000 has them once, $3,000 twice;
* **attempts** without success: ``attempt_points`` each, for ten at most;
* **predicted conversion**, from 0 to 1: ``conversion_points × conversion``;
* **age**: ``−age_points`` for each ``half_life`` since the lead arrived.

Every lead loses the same by age in the same time. So the order of two leads is always that of
``rank = points without age + age_points × (arrival − EPOCH) / half_life``, which no passing of time
changes: it is stored, and no row is touched until something happens to its lead.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

EPOCH = datetime(2025, 1, 1, tzinfo=UTC)
MOST_ATTEMPTS = 10
VALUE_UNIT = 1000.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Points; ``half_life`` is the time in which a lead loses ``age_points``."""

    half_life: timedelta
    age_points: float
    attempt_points: float
    value_points: float
    conversion_points: float
    sources: Mapping[str, float]
    stages: Mapping[str, float]
    intents: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Scored:
    """What counts of a lead. ``value`` in the business's currency; ``conversion`` from 0 to 1."""

    arrived_at: datetime
    source: str
    stage: str
    attempts: int = 0
    value: float | None = None
    intent: str = ""
    conversion: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """What counted (``source``, ``age`` …), what it was, and how much it counted."""

    kind: str
    of: str
    points: float


@dataclass(frozen=True, slots=True)
class Priority:
    points: float
    reasons: tuple[Reason, ...]


def explain(lead: Scored, weights: Weights, now: datetime) -> Priority:
    """The points at ``now`` and their reasons, what counts most first. Nothing counts nought."""
    reasons = [*_timeless(lead, weights), Reason("age", "", _age(lead, weights, now))]
    telling = sorted((each for each in reasons if each.points), key=_weight, reverse=True)
    return Priority(_total(reasons), tuple(telling))


def rank(lead: Scored, weights: Weights) -> float:
    """Compares as the points do, at whatever time."""
    return _total(_timeless(lead, weights)) + _age(lead, weights, EPOCH)


def _timeless(lead: Scored, weights: Weights) -> list[Reason]:
    attempts = min(lead.attempts, MOST_ATTEMPTS)
    value = max(lead.value or 0.0, 0.0)
    return [
        Reason("source", lead.source, weights.sources.get(lead.source, 0.0)),
        Reason("stage", lead.stage, weights.stages.get(lead.stage, 0.0)),
        Reason("intent", lead.intent, weights.intents.get(lead.intent, 0.0)),
        Reason("value", f"{value:.0f}", weights.value_points * math.log2(1 + value / VALUE_UNIT)),
        Reason("attempts", str(lead.attempts), weights.attempt_points * attempts),
        Reason(
            "conversion",
            f"{lead.conversion or 0.0:.2f}",
            weights.conversion_points * (lead.conversion or 0.0),
        ),
    ]


def _age(lead: Scored, weights: Weights, now: datetime) -> float:
    return -weights.age_points * ((now - lead.arrived_at) / weights.half_life)


def _total(reasons: Iterable[Reason]) -> float:
    return math.fsum(each.points for each in reasons)


def _weight(reason: Reason) -> float:
    return abs(reason.points)
