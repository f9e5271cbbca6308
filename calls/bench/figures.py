"""What the benchmark's figures are, computed from what was counted. Each docstring defines one."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from salesdesk.lib.bench.figures import percentile


@dataclass(frozen=True, slots=True)
class Phase:
    """One run of one bridge under load.

    ``processor_seconds`` and ``memory_kb`` are those of the bridge's process between the moment
    when all calls talked and the end of the measured ``seconds``; ``idle_kb`` its memory before.
    ``calls`` are the results of :class:`calls.bench.carrier.Carrier`.
    """

    bridge: str
    seconds: float
    processor_seconds: float
    idle_kb: float
    memory_kb: float
    late_ms_p99: float
    calls: Sequence[dict[str, Any]]
    recorded: Sequence[tuple[int, int]] = ()

    @property
    def call_seconds(self) -> float:
        return len(self.calls) * self.seconds


def processor_ms(phase: Phase) -> float:
    """User and system time of the bridge's process for each second of each call."""
    return phase.processor_seconds * 1000 / phase.call_seconds


def delay_ms(phases: Sequence[Phase], percent: float) -> float:
    """A frame's way from the carrier to the model and back, by call.

    For each call the percentile over its frames, then the median over the calls, and over the
    phases. It contains the fake model's and the load's own time: an upper bound of what the
    bridge adds.
    """
    return median(
        median(percentile(call["delays_us"], percent) for call in phase.calls) / 1000
        for phase in phases
    )


def worst_delay_ms(phases: Sequence[Phase], percent: float) -> float:
    """The same for the call that had it worst in its phase; median over the phases."""
    return median(
        max(percentile(call["delays_us"], percent) for call in phase.calls) / 1000
        for phase in phases
    )


def clear_ms(phases: Sequence[Phase]) -> list[float]:
    """From the model's saying that the caller speaks until the carrier is told to be silent."""
    return [ms for phase in phases for call in phase.calls for ms in call["clear_ms"]]


def memory_kb_per_call(phase: Phase) -> float:
    """What the process has grown by since it was idle, for each call."""
    return (phase.memory_kb - phase.idle_kb) / len(phase.calls)


def total(phases: Sequence[Phase], count: str) -> int:
    return sum(call[count] for phase in phases for call in phase.calls)


def utterances(phases: Sequence[Phase]) -> tuple[int, int]:
    """How many utterances were stored, and how many should have been.

    Expected are one for each of the agent's items that the caller heard words of, and one for each
    time the caller spoke. A call with too many does not make up for one with too few.
    """
    recorded = expected = 0
    for phase in phases:
        for call, (by_agent, by_caller) in zip(phase.calls, phase.recorded, strict=True):
            expected += call["items_heard"] + call["speeches"]
            recorded += min(by_agent, call["items_heard"]) + min(by_caller, call["speeches"])
    return recorded, expected
