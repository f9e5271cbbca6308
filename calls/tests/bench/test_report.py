from calls.bench.figures import Phase
from calls.bench.report import report


def phase(bridge: str, *, processor_seconds: float, delay_us: int, lost: int = 0) -> Phase:
    call = {
        "sent": 50,
        "lost": lost,
        "strange": 0,
        "delays_us": [delay_us] * 50,
        "clear_ms": [3.0],
        "clears_missing": 0,
        "items_heard": 1,
        "speeches": 1,
    }
    recorded = [(1, 1)] if bridge == "salesdesk" else []
    return Phase(bridge, 1.0, processor_seconds, 90_000, 90_400, 1.2, [call], recorded)


RELAY = phase("relay", processor_seconds=0.004, delay_us=400)


def test_the_report_holds_each_figure_beside_the_relay_s() -> None:
    found = report([RELAY], [phase("salesdesk", processor_seconds=0.005, delay_us=900)], "a server")
    assert found["processor_ms_per_call_second"]["ratio"] == 1.25
    assert found["added_delay_ms"]["p95"] == 0.9
    assert found["added_delay_ms"]["over_relay"]["p95"] == 0.5
    assert found["clear_ms"] == {"p50": 3.0, "p95": 3.0, "max": 3.0, "count": 1}
    assert found["memory_kb_per_call"] == 400
    assert (found["frames_sent"], found["frames_lost"]) == (100, 0)
    assert (found["utterances_recorded"], found["utterances_expected"]) == (2, 2)
    assert all(goal["pass"] for goal in found["goals"].values())


def test_a_goal_that_is_missed_says_by_how_much() -> None:
    slow = phase("salesdesk", processor_seconds=0.008, delay_us=2_100, lost=3)
    goals = report([RELAY], [slow], "a server")["goals"]
    assert goals["processor_ratio"] == {"at_most": 1.5, "measured": 2.0, "pass": False}
    assert goals["delay_p95_ms"] == {"at_most": 2.0, "measured": 2.1, "pass": False}
    assert goals["frames_lost"] == {"at_most": 0, "measured": 3, "pass": False}
    assert goals["delay_p99_ms"]["pass"]


def test_too_short_a_measurement_has_no_ratio_and_misses_its_goal() -> None:
    unmeasured = phase("relay", processor_seconds=0.0, delay_us=400)
    ours = phase("salesdesk", processor_seconds=0.0, delay_us=400)
    found = report([unmeasured], [ours], "a server")
    assert found["processor_ms_per_call_second"]["ratio"] is None
    assert not found["goals"]["processor_ratio"]["pass"]


def test_calls_with_documents_stand_beside_those_without() -> None:
    ours = phase("salesdesk", processor_seconds=0.005, delay_us=900)
    searching = phase("salesdesk", processor_seconds=0.006, delay_us=1_000)
    assert "with_documents" not in report([RELAY], [ours], "a server")
    found = report([RELAY], [ours], "a server", [searching])
    assert found["added_delay_ms"]["p99"] == 0.9
    beside = found["with_documents"]
    assert beside["over_without_documents"] == {"p50": 0.1, "p95": 0.1, "p99": 0.1}
    assert beside["added_delay_ms"]["over_relay"]["p99"] == 0.6
    assert beside["processor_ms_per_call_second"]["ratio"] == 1.5
