"""What a person on the phone is going to do: plain values, written by tests and scenarios.

A script is a list of steps. Each step says *when* it is due, seen from the end of the step before
it (or from the moment the call was answered); the next one is considered when it is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

FINISHED_MS = 900
"""The agent has finished when it was heard and then nothing was for so long."""

GIVE_UP_MS = 30_000
"""A caller who waits for the agent hangs up after so much silence."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the person knows when deciding. All times are milliseconds since the last step ended.

    ``agent_since_ms`` counts from the agent's first sound, ``finished_for_ms`` from the moment it
    was taken to have finished; both are none before that.
    """

    since_step_ms: int = 0
    agent_since_ms: int | None = None
    finished_for_ms: int | None = None


class When(Protocol):
    """When a step begins. One that needs the agent is given up on if the agent stays silent."""

    needs_agent: ClassVar[bool]

    def is_due(self, moment: Moment) -> bool:
        """Whether the step begins now."""


@dataclass(frozen=True, slots=True)
class AfterAgent:
    """Once the agent has spoken and finished, and ``pause_ms`` more; or, while the agent has not
    begun to speak, after ``patience_ms``."""

    needs_agent: ClassVar[bool] = True
    pause_ms: int = 0
    patience_ms: int | None = None

    def is_due(self, moment: Moment) -> bool:
        if moment.agent_since_ms is None:
            return self.patience_ms is not None and moment.since_step_ms >= self.patience_ms
        return moment.finished_for_ms is not None and moment.finished_for_ms >= self.pause_ms


@dataclass(frozen=True, slots=True)
class AfterPause:
    """So long after the step before, whatever the agent does."""

    needs_agent: ClassVar[bool] = False
    ms: int = 0

    def is_due(self, moment: Moment) -> bool:
        return moment.since_step_ms >= self.ms


@dataclass(frozen=True, slots=True)
class DuringAgent:
    """While the agent speaks, so long after its first sound; else as soon as it has finished."""

    needs_agent: ClassVar[bool] = True
    at_ms: int

    def is_due(self, moment: Moment) -> bool:
        if moment.finished_for_ms is not None:
            return True
        return moment.agent_since_ms is not None and moment.agent_since_ms >= self.at_ms


@dataclass(frozen=True, slots=True)
class Line:
    """Say something: the recording at ``audio``, or ``text`` synthesised when there is none."""

    text: str
    audio: Path | None = None
    when: When = field(default_factory=AfterAgent)


@dataclass(frozen=True, slots=True)
class Tone:
    """A plain tone, as after a voicemail greeting."""

    hertz: int = 1000
    ms: int = 500
    when: When = field(default_factory=AfterPause)


@dataclass(frozen=True, slots=True)
class Keys:
    """Press keys (0-9, *, #), one every ``gap_ms``."""

    keys: str
    when: When = field(default_factory=AfterAgent)
    gap_ms: int = 200

    def __post_init__(self) -> None:
        if not self.keys or self.keys.strip("0123456789*#"):
            raise ValueError("keys are 0-9, * and #")


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing for so long."""

    ms: int
    when: When = field(default_factory=AfterPause)


@dataclass(frozen=True, slots=True)
class HangUp:
    when: When = field(default_factory=AfterAgent)


Step = Line | Tone | Keys | Silence | HangUp


class AtTheEnd(StrEnum):
    """What the person does after the last step."""

    HANG_UP = "hang_up"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class CallerScript:
    """A person's part in a call; by default it ends with waiting for an answer and hanging up."""

    steps: Sequence[Step] = ()
    at_the_end: AtTheEnd = AtTheEnd.HANG_UP
    finished_ms: int = FINISHED_MS
    give_up_ms: int = GIVE_UP_MS

    def all_steps(self) -> tuple[Step, ...]:
        """The steps with the closing hang-up, if the person is to hang up."""
        if self.at_the_end is AtTheEnd.HANG_UP:
            return (*self.steps, HangUp())
        return tuple(self.steps)


class Answer(StrEnum):
    """How a dialled number takes a call."""

    ANSWERS = "answers"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Callee:
    """Who is behind a dialled number: rings ``ring_ms``, then takes the call in this way.

    One who does not answer rings until the caller's timeout.
    """

    script: CallerScript = field(default_factory=CallerScript)
    answer: Answer = Answer.ANSWERS
    ring_ms: int = 1_000
