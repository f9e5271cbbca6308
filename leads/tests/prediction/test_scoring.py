import json
from math import log

import pytest

from leads.prediction.scoring import LogisticModel, chance, reasons_of

MODEL = LogisticModel(
    names=("source=api", "source=email", "value", "value_known"),
    means=(0.5, 0.5, 2.0, 0.5),
    scales=(0.5, 0.5, 1.0, 0.5),
    weights=(0.4, -0.4, 1.0, 0.0),
    intercept=log(0.25),
)


def test_the_average_lead_has_the_average_chance() -> None:
    average = dict(zip(MODEL.names, MODEL.means, strict=True))
    assert MODEL.probability(average) == pytest.approx(0.2)
    assert MODEL.contributions(average) == {"source": 0.0, "value": 0.0}


def test_numbers_of_one_group_are_one_reason() -> None:
    moved = MODEL.contributions({"source=api": 1.0, "value": 3.0})
    assert moved == pytest.approx({"source": 0.8, "value": 1.0})


def test_reasons_and_intercept_add_up_to_the_probability() -> None:
    numbers = {"source=email": 1.0, "value": 0.5, "value_known": 1.0}
    total = MODEL.intercept + sum(MODEL.contributions(numbers).values())
    assert MODEL.probability(numbers) == pytest.approx(chance(total))


def test_what_the_model_does_not_know_counts_for_nothing() -> None:
    assert MODEL.probability({"source=carrier pigeon": 1.0}) == MODEL.probability({})


def test_it_survives_being_stored() -> None:
    assert LogisticModel.from_json(json.loads(json.dumps(MODEL.to_json()))) == MODEL


def test_the_strongest_reasons_come_first_and_weak_ones_not_at_all() -> None:
    moved = {"age": 0.05, "value": 0.4, "source": -1.2, "calls": 0.2}
    assert reasons_of(moved, 2) == [("source", -1.2), ("value", 0.4)]
    assert [group for group, _ in reasons_of(moved, 9)] == ["source", "value", "calls"]


@pytest.mark.parametrize(("odds", "told"), [(0, 0.5), (-1000, 0.0), (1000, 1.0)])
def test_chances_far_out(odds: float, told: float) -> None:
    assert chance(odds) == told
