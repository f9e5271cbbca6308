"""Points by hand, and the promise that time changes no order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.priority.scoring import Scored, Weights, explain, rank

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
WEIGHTS = Weights(
    half_life=timedelta(hours=24),
    age_points=10.0,
    attempt_points=-4.0,
    value_points=5.0,
    conversion_points=40.0,
    sources={"web_form": 15.0},
    stages={"qualified": 15.0},
    intents={"booking": 25.0},
)
FRESH = Scored(arrived_at=NOW, source="web_form", stage="new")


def points_of(lead: Scored) -> dict[str, float]:
    return {reason.kind: reason.points for reason in explain(lead, WEIGHTS, NOW).reasons}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"source": 15.0}),
        ({"source": "api"}, {}),
        ({"arrived_at": NOW - timedelta(hours=36)}, {"source": 15.0, "age": -15.0}),
        ({"value": 3000.0}, {"source": 15.0, "value": 10.0}),
        ({"value": -5.0}, {"source": 15.0}),
        ({"attempts": 3}, {"source": 15.0, "attempts": -12.0}),
        ({"attempts": 50}, {"source": 15.0, "attempts": -40.0}),
        ({"stage": "qualified"}, {"source": 15.0, "stage": 15.0}),
        ({"intent": "booking"}, {"source": 15.0, "intent": 25.0}),
        ({"conversion": 0.25}, {"source": 15.0, "conversion": 10.0}),
    ],
)
def test_each_thing_counts_by_its_weight(
    changes: dict[str, object], expected: dict[str, float]
) -> None:
    lead = replace(FRESH, **changes)  # type: ignore[arg-type]

    assert points_of(lead) == expected
    assert explain(lead, WEIGHTS, NOW).points == sum(expected.values())


def test_what_counts_most_is_said_first() -> None:
    lead = replace(FRESH, attempts=5, conversion=0.1)

    reasons = explain(lead, WEIGHTS, NOW).reasons

    assert [reason.kind for reason in reasons] == ["attempts", "source", "conversion"]


leads = st.builds(
    Scored,
    arrived_at=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(UTC)),
    source=st.sampled_from(["web_form", "api"]),
    stage=st.sampled_from(["new", "qualified"]),
    attempts=st.integers(0, 20),
    value=st.none() | st.floats(0, 1e6),
    intent=st.sampled_from(["", "booking"]),
    conversion=st.none() | st.floats(0, 1),
)


@given(leads, leads, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_the_order_by_rank_is_the_order_by_points_at_any_time(
    one: Scored, other: Scored, later: timedelta
) -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC) + later
    by_points = explain(one, WEIGHTS, now).points - explain(other, WEIGHTS, now).points
    by_rank = rank(one, WEIGHTS) - rank(other, WEIGHTS)

    assert by_rank == pytest.approx(by_points, abs=1e-6)
