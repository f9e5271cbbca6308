from typing import Any

from calls.sandbox.timeline import Happening, Kind, SpokenLine, Stretch, Timeline, summarise


class Clock:
    """Milliseconds that a test moves."""

    def __init__(self) -> None:
        self.ms = 0

    def __call__(self) -> float:
        return self.ms / 1000


def timeline_of(*happenings: tuple[int, Kind, dict[str, Any]]) -> Timeline:
    clock = Clock()
    timeline = Timeline(clock)
    for at_ms, kind, detail in happenings:
        clock.ms = at_ms
        timeline.add(kind, **detail)
    return timeline


def test_an_entry_can_be_dated_back() -> None:
    clock = Clock()
    timeline = Timeline(clock)
    clock.ms = 500
    timeline.add(Kind.AGENT_STOPPED, at_ms=200)
    assert timeline.happenings == [Happening(200, Kind.AGENT_STOPPED, {})]


def test_watchers_hear_of_entries_until_they_stop_watching() -> None:
    timeline = Timeline()
    heard: list[Kind] = []
    unwatch = timeline.watch(lambda happening: heard.append(happening.kind))
    timeline.add(Kind.GAVE_UP)
    unwatch()
    timeline.add(Kind.HUNG_UP)
    assert heard == [Kind.GAVE_UP]


def test_the_answer_is_measured_from_the_end_of_the_line() -> None:
    summary = summarise(
        timeline_of(
            (0, Kind.STATUS, {"status": "in-progress"}),
            (400, Kind.AGENT_STARTED, {}),
            (2_000, Kind.AGENT_STOPPED, {}),
            (3_000, Kind.CALLER_STARTED, {"text": "Hello"}),
            (4_000, Kind.CALLER_STOPPED, {}),
            (4_700, Kind.AGENT_STARTED, {}),
            (6_000, Kind.AGENT_STOPPED, {}),
        )
    )
    assert summary.lines == [SpokenLine("Hello", 3_000, 4_000, answer_ms=700)]
    assert summary.agent == [Stretch(400, 2_000), Stretch(4_700, 6_000)]
    assert (summary.greeting_ms, summary.first_answer_ms) == (400, 700)
    assert summary.barge_in_to_silence_ms is None


def test_a_line_into_the_agents_speech_is_a_barge_in() -> None:
    summary = summarise(
        timeline_of(
            (0, Kind.AGENT_STARTED, {}),
            (1_500, Kind.CALLER_STARTED, {"text": "Wait"}),
            (1_800, Kind.CLEARED, {}),
            (1_820, Kind.AGENT_STOPPED, {}),
            (2_500, Kind.CALLER_STOPPED, {}),
            (3_000, Kind.AGENT_STARTED, {}),
            (3_500, Kind.AGENT_STOPPED, {}),
        )
    )
    assert summary.lines == [SpokenLine("Wait", 1_500, 2_500, answer_ms=500, silence_ms=320)]
    assert (summary.barge_in_to_silence_ms, summary.clears) == (320, 1)


def test_a_murmur_that_did_not_stop_the_agent_has_no_answer_time() -> None:
    summary = summarise(
        timeline_of(
            (0, Kind.AGENT_STARTED, {}),
            (1_500, Kind.CALLER_STARTED, {"text": "Uh huh"}),
            (2_000, Kind.CALLER_STOPPED, {}),
            (9_000, Kind.AGENT_STOPPED, {}),
        )
    )
    assert summary.lines == [SpokenLine("Uh huh", 1_500, 2_000, None, silence_ms=7_500)]


def test_an_answer_after_the_next_line_belongs_to_that_one() -> None:
    summary = summarise(
        timeline_of(
            (0, Kind.CALLER_STARTED, {"text": "One"}),
            (1_000, Kind.CALLER_STOPPED, {}),
            (2_000, Kind.CALLER_STARTED, {"text": "Two"}),
            (3_000, Kind.CALLER_STOPPED, {}),
            (3_400, Kind.AGENT_STARTED, {}),
            (4_000, Kind.AGENT_STOPPED, {}),
        )
    )
    assert [line.answer_ms for line in summary.lines] == [None, 400]
    assert summary.first_answer_ms == 400


def test_speech_that_goes_on_ends_now() -> None:
    summary = summarise(
        timeline_of((100, Kind.AGENT_STARTED, {}), (900, Kind.MARK_REACHED, {"name": "x"}))
    )
    assert summary.agent == [Stretch(100, 900)]
