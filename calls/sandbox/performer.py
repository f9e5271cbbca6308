"""A script being played, 20 ms at a time. Pure: each tick says what is done in it."""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import repeat

from calls.audio import FRAME_MS, MULAW_FRAME_BYTES, MULAW_SILENCE
from calls.sandbox.playback import SILENT_FRAME
from calls.sandbox.script import CallerScript, HangUp, Keys, Line, Moment, Silence, Step, Tone
from calls.sandbox.timeline import Kind, Timeline

NEARLY_EMPTY_MS = 200
"""With more than this still to be played, a quiet agent is only pausing."""


@dataclass(frozen=True, slots=True)
class Act:
    """What the person does in one tick: 20 ms of mu-law, perhaps a key, perhaps hanging up."""

    frame: bytes = SILENT_FRAME
    key: str = ""
    hangs_up: bool = False


IDLE = Act()
Acting = Generator[Act, None, None]


@dataclass(frozen=True, slots=True)
class Part:
    """A step with its audio at hand: mu-law for lines and tones, empty for the others."""

    step: Step
    audio: bytes = b""


class Performer:
    """Plays its parts one after the other, each when it is due."""

    def __init__(self, script: CallerScript, parts: Sequence[Part], timeline: Timeline) -> None:
        self._script = script
        self._parts = deque(parts)
        self._timeline = timeline
        self._acting: Acting | None = None
        self._start_waiting()

    def tick(self, *, audible: bool, waiting_ms: int) -> Act:
        """The next 20 ms, given whether the agent is heard now and how much more is to come."""
        if self._acting is None:
            self._listen(audible, waiting_ms)
            self._begin_if_due()
        return self._act()

    def do_now(self, part: Part) -> None:
        """Put a part before all that is left; it begins when its own ``when`` says so."""
        self._parts.appendleft(part)

    def stop(self) -> None:
        """The call is over, wherever the script was."""
        self._parts.clear()
        if self._acting is not None:
            self._acting.close()

    def _start_waiting(self) -> None:
        self._since_step_ms = 0
        self._quiet_ms = 0
        self._more_to_come = False
        self._agent_since_ms: int | None = None

    def _listen(self, audible: bool, waiting_ms: int) -> None:
        self._since_step_ms += FRAME_MS
        self._quiet_ms = 0 if audible else self._quiet_ms + FRAME_MS
        self._more_to_come = waiting_ms > NEARLY_EMPTY_MS
        if self._agent_since_ms is not None:
            self._agent_since_ms += FRAME_MS
        elif audible:
            self._agent_since_ms = 0

    def _begin_if_due(self) -> None:
        if not self._parts:
            return
        when = self._parts[0].step.when
        if when.is_due(self._moment()):
            self._acting = self._perform(self._parts.popleft())
        elif when.needs_agent and self._quiet_ms >= self._script.give_up_ms:
            self._give_up()

    def _moment(self) -> Moment:
        return Moment(self._since_step_ms, self._agent_since_ms, self._finished_for_ms())

    def _finished_for_ms(self) -> int | None:
        if self._agent_since_ms is None or self._more_to_come:
            return None
        since = self._quiet_ms - self._script.finished_ms
        return since if since >= 0 else None

    def _give_up(self) -> None:
        self._timeline.add(Kind.GAVE_UP)
        self._parts.clear()
        self._acting = _hang_up()

    def _act(self) -> Act:
        if self._acting is None:
            return IDLE
        act = next(self._acting, None)
        if act is not None:
            return act
        self._acting = None
        self._start_waiting()
        return IDLE

    def _perform(self, part: Part) -> Acting:
        match part.step:
            case Line() as line:
                return self._say(line.text, part.audio)
            case Tone():
                return self._beep(part.audio)
            case Keys() as keys:
                return self._press(keys)
            case Silence() as silence:
                return _wait(silence.ms)
            case HangUp():
                return _hang_up()

    def _say(self, text: str, audio: bytes) -> Acting:
        self._timeline.add(Kind.CALLER_STARTED, text=text)
        try:
            yield from _play(audio)
        finally:
            self._timeline.add(Kind.CALLER_STOPPED)

    def _beep(self, audio: bytes) -> Acting:
        yield from _play(audio)
        self._timeline.add(Kind.TONE)

    def _press(self, keys: Keys) -> Acting:
        for key in keys.keys:
            self._timeline.add(Kind.KEY_PRESSED, key=key)
            yield Act(key=key)
            yield from _wait(keys.gap_ms - FRAME_MS)


def _play(audio: bytes) -> Acting:
    for start in range(0, len(audio), MULAW_FRAME_BYTES):
        frame = audio[start : start + MULAW_FRAME_BYTES]
        yield Act(frame.ljust(MULAW_FRAME_BYTES, MULAW_SILENCE))


def _wait(ms: int) -> Acting:
    yield from repeat(IDLE, ms // FRAME_MS)


def _hang_up() -> Acting:
    yield Act(hangs_up=True)
