from typing import Any

import pytest

from calls.bench import figures
from calls.bench.figures import Phase
from salesdesk.lib.bench.figures import percentile


def call(delays_us: list[int], **counts: Any) -> dict[str, Any]:
    nothing = {"sent": 0, "lost": 0, "items_heard": 0, "speeches": 0, "clear_ms": []}
    return {**nothing, "delays_us": delays_us, **counts}


def phase(*calls: dict[str, Any], **values: Any) -> Phase:
    usual = {"processor_seconds": 0.0, "idle_kb": 0.0, "memory_kb": 0.0, "late_ms_p99": 0.0}
    return Phase(**{"bridge": "salesdesk", "seconds": 10.0, **usual, "calls": calls, **values})


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([], 99, 0.0),
        ([7], 50, 7),
        ([1, 2, 3, 4], 50, 2),
        ([4, 3, 2, 1], 75, 3),
        (range(1, 101), 95, 95),
        (range(1, 101), 99, 99),
    ],
)
def test_percentiles_are_of_the_nearest_rank(
    values: list[float], percent: float, expected: float
) -> None:
    assert percentile(values, percent) == expected


def test_processor_time_is_for_each_second_of_each_call() -> None:
    assert figures.processor_ms(phase(call([]), call([]), processor_seconds=0.1)) == 5.0


def test_delays_are_the_median_of_the_calls_and_of_the_phases() -> None:
    quick, slow, stuck = call([400] * 9), call([900] * 9), call([70_000] * 9)
    assert figures.delay_ms([phase(quick, slow, stuck)], 95) == 0.9
    assert figures.delay_ms([phase(quick), phase(slow), phase(stuck)], 95) == 0.9


def test_the_worst_delay_is_that_of_the_worst_call() -> None:
    assert figures.worst_delay_ms([phase(call([400]), call([900]), call([70_000]))], 99) == 70.0


def test_memory_is_what_the_process_has_grown_by_for_each_call() -> None:
    grown = phase(call([]), call([]), idle_kb=90_000, memory_kb=90_500)
    assert figures.memory_kb_per_call(grown) == 250


def test_a_call_with_too_many_utterances_does_not_make_up_for_one_with_too_few() -> None:
    calls = (call([], items_heard=2, speeches=1), call([], items_heard=2, speeches=1))
    assert figures.utterances([phase(*calls, recorded=[(3, 1), (1, 1)])]) == (5, 6)
