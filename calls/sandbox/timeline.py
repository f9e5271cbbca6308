"""What happened on a call and when, and the figures that are read off it.

Times are whole milliseconds since the call was made, on the monotonic clock.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    STATUS = "status"
    VERB = "verb"
    NOTIFICATION = "notification"
    CALLER_STARTED = "caller_started"
    CALLER_STOPPED = "caller_stopped"
    TONE = "tone"
    DETECTED = "detected"
    KEY_PRESSED = "key_pressed"
    GAVE_UP = "gave_up"
    HUNG_UP = "hung_up"
    AGENT_STARTED = "agent_started"
    AGENT_STOPPED = "agent_stopped"
    STREAM_STARTED = "stream_started"
    STREAM_STOPPED = "stream_stopped"
    MARK_RECEIVED = "mark_received"
    MARK_REACHED = "mark_reached"
    CLEARED = "cleared"
    CONFERENCE = "conference"


@dataclass(frozen=True, slots=True)
class Happening:
    at_ms: int
    kind: Kind
    detail: Mapping[str, object] = field(default_factory=dict)


class Timeline:
    """An append-only log; ``watch`` tells others of each entry as it is written."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began = clock()
        self._watchers: list[Callable[[Happening], None]] = []
        self.happenings: list[Happening] = []

    @property
    def now_ms(self) -> int:
        return round((self._clock() - self._began) * 1000)

    def add(self, kind: Kind, *, at_ms: int | None = None, **detail: object) -> None:
        """Write down what happens now, or what is found out later to have happened ``at_ms``."""
        happening = Happening(self.now_ms if at_ms is None else at_ms, kind, detail)
        self.happenings.append(happening)
        for watcher in tuple(self._watchers):
            watcher(happening)

    def watch(self, watcher: Callable[[Happening], None]) -> Callable[[], None]:
        """Call ``watcher`` for every new entry until the returned function is called."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def of(self, kind: Kind) -> list[Happening]:
        return [happening for happening in self.happenings if happening.kind == kind]

    def as_json(self) -> list[dict[str, object]]:
        return [
            {"at_ms": happening.at_ms, "kind": happening.kind.value, **happening.detail}
            for happening in self.happenings
        ]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound without a longer pause, from its first to its last audible moment."""

    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line of the caller.

    ``answer_ms`` is the time from the end of the line to the first sound of the agent after it,
    before the caller's next line; none when there was no such answer, or the agent was speaking
    when the line ended. ``silence_ms`` is set when the line began while the agent was speaking:
    the time until the agent was no longer heard.
    """

    text: str
    start_ms: int
    end_ms: int
    answer_ms: int | None = None
    silence_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    lines: list[SpokenLine]
    agent: list[Stretch]
    greeting_ms: int | None
    first_answer_ms: int | None
    barge_in_to_silence_ms: int | None
    clears: int

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def summarise(timeline: Timeline) -> Summary:
    """The figures of one call. ``greeting_ms`` counts from the answer to the agent's first sound,
    ``first_answer_ms`` is the first line's that was answered, ``barge_in_to_silence_ms`` the
    first interrupting line's."""
    agent = _stretches(timeline, Kind.AGENT_STARTED, Kind.AGENT_STOPPED)
    said = _stretches(timeline, Kind.CALLER_STARTED, Kind.CALLER_STOPPED)
    texts = [str(started.detail.get("text", "")) for started in timeline.of(Kind.CALLER_STARTED)]
    lines = [
        _measure(text, stretch, _start_after(said, index, timeline.now_ms), agent)
        for index, (text, stretch) in enumerate(zip(texts, said, strict=True))
    ]
    return Summary(
        lines=lines,
        agent=agent,
        greeting_ms=_greeting_ms(timeline, agent),
        first_answer_ms=_first(line.answer_ms for line in lines),
        barge_in_to_silence_ms=_first(line.silence_ms for line in lines),
        clears=len(timeline.of(Kind.CLEARED)),
    )


def _stretches(timeline: Timeline, started: Kind, stopped: Kind) -> list[Stretch]:
    """Pairs of beginnings and ends; one that has not ended yet ends now."""
    starts = [happening.at_ms for happening in timeline.of(started)]
    ends = [happening.at_ms for happening in timeline.of(stopped)]
    ends += [timeline.now_ms] * (len(starts) - len(ends))
    return [Stretch(start, end) for start, end in zip(starts, ends, strict=True)]


def _start_after(said: list[Stretch], index: int, now_ms: int) -> int:
    return said[index + 1].start_ms if index + 1 < len(said) else now_ms


def _measure(text: str, line: Stretch, next_line_ms: int, agent: list[Stretch]) -> SpokenLine:
    return SpokenLine(
        text=text,
        start_ms=line.start_ms,
        end_ms=line.end_ms,
        answer_ms=_answer_ms(line, next_line_ms, agent),
        silence_ms=_silence_ms(line, agent),
    )


def _answer_ms(line: Stretch, next_line_ms: int, agent: list[Stretch]) -> int | None:
    if any(stretch.start_ms < line.end_ms < stretch.end_ms for stretch in agent):
        return None
    return _first(
        stretch.start_ms - line.end_ms
        for stretch in agent
        if line.end_ms <= stretch.start_ms <= next_line_ms
    )


def _silence_ms(line: Stretch, agent: list[Stretch]) -> int | None:
    return _first(
        stretch.end_ms - line.start_ms
        for stretch in agent
        if stretch.start_ms < line.start_ms <= stretch.end_ms
    )


def _greeting_ms(timeline: Timeline, agent: list[Stretch]) -> int | None:
    answered = _first(
        happening.at_ms
        for happening in timeline.of(Kind.STATUS)
        if happening.detail.get("status") == "in-progress"
    )
    if answered is None or not agent:
        return None
    return agent[0].start_ms - answered


def _first(values: Iterable[int | None]) -> int | None:
    return next((value for value in values if value is not None), None)
