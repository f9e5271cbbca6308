"""Callers and callees by name, with the recorded voices that the product ships.

The recordings and their words are in ``calls/scenarios/audio`` (``index.json``).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType

from calls.sandbox.script import (
    AfterAgent,
    AfterPause,
    Answer,
    AtTheEnd,
    Callee,
    CallerScript,
    DuringAgent,
    HangUp,
    Keys,
    Line,
    Silence,
    Step,
    Tone,
)

AUDIO = Path(__file__).resolve().parent.parent / "scenarios" / "audio"

REP_PHONES = ("+12025550170", "+12025550171")
"""Whoever answers here presses 1 when asked for a key."""
REP_VOICEMAIL = "+12025550172"
"""The phone of a rep who is away."""
BARGE_IN_MS = 2_500
MURMUR_MS = 2_500
CUSTOMER_NUMBER = "4711#"


@dataclass(frozen=True, slots=True)
class Scenario:
    name: str
    about: str
    script: CallerScript

    @property
    def lines(self) -> list[str]:
        return [step.text for step in self.script.steps if isinstance(step, Line)]


@cache
def all_scenarios() -> Mapping[str, Scenario]:
    """Every scenario by its name. Raises ``OSError`` when the recordings are missing."""
    index = json.loads((AUDIO / "index.json").read_text())
    found = {
        "silent-caller": Scenario("silent-caller", "inbound, never says a word", _SILENT),
        "rep": Scenario("rep", "a rep's phone: presses 1 when asked, and listens", _REP),
    }
    for entry in index:
        lines = [Line(line["says"], AUDIO / line["file"]) for line in entry["lines"]]
        script = _DIRECTIONS.get(entry["scenario"], CallerScript)(lines)
        found[entry["scenario"]] = Scenario(entry["scenario"], entry["about"], script)
    return MappingProxyType(found)


def default_callees() -> dict[str, Callee]:
    """Fictional numbers that take an outbound call in a way of their own."""
    scenarios = all_scenarios()
    return {
        "+12025550190": Callee(answer=Answer.BUSY),
        "+12025550191": Callee(answer=Answer.NO_ANSWER),
        "+12025550192": Callee(answer=Answer.FAILED),
        "+12025550193": Callee(scenarios["voicemail"].script, ring_ms=3_000),
        "+12025550194": Callee(scenarios["opt-out"].script),
        **{number: Callee(scenarios["rep"].script) for number in REP_PHONES},
        REP_VOICEMAIL: Callee(scenarios["voicemail"].script),
    }


def default_callee() -> Callee:
    """Whoever answers at all other numbers."""
    return Callee(all_scenarios()["qualify-roof"].script)


_REP = CallerScript(
    [Keys("1", when=AfterAgent()), Silence(600_000), HangUp(AfterPause())], AtTheEnd.STAY
)
_SILENT = CallerScript([Silence(120_000), HangUp(AfterPause())], AtTheEnd.STAY)


def _barge_in(lines: Sequence[Line]) -> CallerScript:
    """The second line cuts into the answer to the first."""
    first, second, *others = lines
    return CallerScript([first, replace(second, when=DuringAgent(BARGE_IN_MS)), *others])


def _back_channel(lines: Sequence[Line]) -> CallerScript:
    """The second line is a murmur that is not meant to stop the agent."""
    first, murmur, *others = lines
    return CallerScript([first, replace(murmur, when=DuringAgent(MURMUR_MS)), *others])


def _keypad(lines: Sequence[Line]) -> CallerScript:
    asks, thanks = lines
    keys = Keys(CUSTOMER_NUMBER)
    return CallerScript([asks, keys, replace(thanks, when=AfterAgent(patience_ms=5_000))])


def _hang_up_early(lines: Sequence[Line]) -> CallerScript:
    steps: list[Step] = [replace(lines[0], when=DuringAgent(800)), HangUp(AfterPause(200))]
    return CallerScript(steps, AtTheEnd.STAY)


def _answers_first(lines: Sequence[Line]) -> CallerScript:
    """A callee who says hello when picking up."""
    hello, *others = lines
    return CallerScript([replace(hello, when=AfterPause(600)), *others])


def _voicemail(lines: Sequence[Line]) -> CallerScript:
    """A greeting that waits for nobody, the tone, and then whatever message is left."""
    greeting = [replace(line, when=AfterPause(800)) for line in lines]
    closing: list[Step] = [Tone(when=AfterPause(300)), HangUp(AfterAgent(pause_ms=2_000))]
    return CallerScript([*greeting, *closing], AtTheEnd.STAY)


_DIRECTIONS: Mapping[str, Callable[[Sequence[Line]], CallerScript]] = {
    "barge-in": _barge_in,
    "back-channel": _back_channel,
    "keypad": _keypad,
    "hang-up-early": _hang_up_early,
    "opt-out": _answers_first,
    "voicemail": _voicemail,
}
