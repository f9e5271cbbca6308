"""A logistic model as plain numbers: what it says of a lead, and why. Pure, and quick."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import exp
from typing import Any

from leads.prediction.features import group_of

LEAST_WEIGHT = 0.1
"""In log-odds: what moves the odds by less than a tenth is no reason."""


@dataclass(frozen=True, slots=True)
class LogisticModel:
    """``odds = intercept + Σ weight · (number - mean) / scale``, in log-odds, calibrated.

    The lists go together; a number that a lead does not have is 0, one that the model does not
    know counts for nothing.
    """

    names: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "LogisticModel":
        lists = {key: tuple(stored[key]) for key in ("names", "means", "scales", "weights")}
        return cls(**lists, intercept=float(stored["intercept"]))

    def contributions(self, numbers: Mapping[str, float]) -> dict[str, float]:
        """By group, how much it moves the log-odds against the average lead."""
        moved: dict[str, float] = {}
        for name, mean, scale, weight in zip(
            self.names, self.means, self.scales, self.weights, strict=True
        ):
            group = group_of(name)
            share = weight * (numbers.get(name, 0.0) - mean) / scale
            moved[group] = moved.get(group, 0.0) + share
        return moved

    def probability(self, numbers: Mapping[str, float]) -> float:
        return chance(self.intercept + sum(self.contributions(numbers).values()))

    def strengths(self) -> dict[str, float]:
        """By group, how much it tells apart: the sum of its weights, each taken positive."""
        told: dict[str, float] = {}
        for name, weight in zip(self.names, self.weights, strict=True):
            told[group_of(name)] = told.get(group_of(name), 0.0) + abs(weight)
        return told


def chance(log_odds: float) -> float:
    """The probability of these log-odds; far out it does not overflow."""
    if log_odds >= 0:
        return 1 / (1 + exp(-log_odds))
    return exp(log_odds) / (1 + exp(log_odds))


def reasons_of(moved: Mapping[str, float], most: int) -> list[tuple[str, float]]:
    """The groups that move the odds most, the strongest first."""
    told = [(group, weight) for group, weight in moved.items() if abs(weight) >= LEAST_WEIGHT]
    return sorted(told, key=lambda pair: -abs(pair[1]))[:most]
