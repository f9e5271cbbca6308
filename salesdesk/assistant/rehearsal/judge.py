"""Whether a dialogue went as it should: the goal, the tools, and nothing invented."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from salesdesk.assistant.reading.figures import figures_in
from salesdesk.assistant.rehearsal.play import Outcome, Performance, Played
from salesdesk.assistant.rehearsal.script import Dialogue, Spoken, ToolWanted, Visit, Wanted
from salesdesk.assistant.tools.running import Used

CLAIMS = (
    (re.compile(r"\bis booked for\b", re.I), ("book_appointment",)),
    (re.compile(r"\bis moved\b", re.I), ("move_appointment",)),
    (re.compile(r"\bis cancell?ed\b", re.I), ("cancel_appointment",)),
    (re.compile(r"\bis confirmed\b", re.I), ("confirm_appointment",)),
    (re.compile(r"\bdo-not-call list\b(?!.*\bcould not\b)", re.I), ("suppress",)),
    (re.compile(r"\bI have asked for a person\b", re.I), ("escalate",)),
    (re.compile(r"\bI have (noted|put down)\b|\bis noted\b", re.I), ("write_note",)),
    (re.compile(r"\bI have changed your\b", re.I), ("update_lead",)),
)
"""What may only be said when one of these tools has worked in the conversation so far."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong, in words; nothing where all is well."""

    dialogue: Dialogue
    goal: list[str] = field(default_factory=list)
    tools: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not (self.goal or self.tools or self.facts)

    @property
    def faults(self) -> list[str]:
        return [*self.goal, *self.tools, *self.facts]


def judge(dialogue: Dialogue, played: Performance) -> Verdict:
    wanted = dialogue.wanted
    return Verdict(
        dialogue,
        goal=[*_goal(wanted, played), *_turns(played), *_unsaid(dialogue, played)],
        tools=[*_tools(wanted, played), *_tools_by_turn(played)],
        facts=[*_inventions(played), *_empty_promises(played)],
    )


# ---------------------------------------------------------------- the goal


def _goal(wanted: Wanted, played: Performance) -> Iterator[str]:
    outcome = played.outcome
    yield from _captured(wanted, outcome)
    if wanted.visits is not None:
        yield from _visits(wanted.visits, outcome.visits)
    for name, pattern in wanted.lead.items():
        if not re.search(pattern, outcome.lead.get(name, ""), re.I):
            yield f"lead.{name} is “{outcome.lead.get(name, '')}”, not “{pattern}”"
    yield from _done(wanted, played)
    yield from _words(wanted.says, wanted.never, played.said)


def _captured(wanted: Wanted, outcome: Outcome) -> Iterator[str]:
    for key, value in wanted.facts.items():
        known = outcome.facts.get(key)
        if not _is_like(value, known):
            yield f"{key} is {known!r}, not {value!r}"
    for key in wanted.no_facts:
        if key in outcome.facts:
            yield f"{key} is {outcome.facts[key]!r}, but was not told"


def _done(wanted: Wanted, played: Performance) -> Iterator[str]:
    outcome = played.outcome
    if wanted.suppressed is not None and wanted.suppressed != outcome.is_suppressed:
        yield "not suppressed" if wanted.suppressed else "suppressed"
    if wanted.escalated is not None and wanted.escalated != bool(outcome.escalations):
        yield "no person was asked for" if wanted.escalated else "a person was asked for"
    if wanted.urgency and wanted.urgency not in [urgency for _, urgency in outcome.escalations]:
        yield f"no request is of urgency {wanted.urgency}"
    for pattern in wanted.notes:
        if not any(re.search(pattern, note, re.I) for note in outcome.notes):
            yield f"no note has “{pattern}”"
    if wanted.ending is not None and wanted.ending != played.ending:
        yield f"ends with “{played.ending}”, not “{wanted.ending}”"
    if wanted.agent and wanted.agent != outcome.agent:
        yield f"the agent at the end is {outcome.agent}, not {wanted.agent}"


def _visits(wanted: Sequence[Visit], found: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if len(wanted) != len(found):
        yield f"appointments: {[dict(each) for each in found]}"
        return
    for want, visit in zip(wanted, found, strict=True):
        is_right = want.start == visit["start"] and want.status == visit["status"]
        if not is_right or not re.search(want.purpose, visit["purpose"], re.I):
            yield f"appointment {dict(visit)}, not {want.start} {want.purpose} {want.status}"


def _words(says: Sequence[str], never: Sequence[str], said: str) -> Iterator[str]:
    yield from (f"does not say “{each}”" for each in says if not re.search(each, said, re.I))
    yield from (f"says “{each}”" for each in never if re.search(each, said, re.I))


def _turns(played: Performance) -> Iterator[str]:
    for number, turn in enumerate(played.turns, start=1):
        for fault in _turn(turn.line, turn):
            yield f"line {number}: {fault}"


def _turn(line: Spoken, turn: Played) -> Iterator[str]:
    yield from _words(line.says, line.never, turn.said)
    if line.ending is not None and line.ending != turn.ending:
        yield f"ends with “{turn.ending}”, not “{line.ending}”"
    if not turn.said and not line.guide:
        yield "nothing is said"


def _unsaid(dialogue: Dialogue, played: Performance) -> Iterator[str]:
    left = len(dialogue.lines) - len(played.turns)
    if left:
        yield f"ended {left} lines too early: “{played.ending}”"


# ---------------------------------------------------------------- the tools


def _tools(wanted: Wanted, played: Performance) -> Iterator[str]:
    for tool in wanted.tools:
        if not any(_fits(tool, used) for used in played.used):
            yield f"{tool.name} was not used with {dict(tool.given)}"
    names = {used.use.name for used in played.used}
    yield from (f"{name} was used" for name in wanted.unused if name in names)


def _tools_by_turn(played: Performance) -> Iterator[str]:
    for number, turn in enumerate(played.turns, start=1):
        names = {used.use.name for used in turn.used}
        yield from (f"line {number}: no {name}" for name in turn.line.uses if name not in names)
        yield from (f"line {number}: {name}" for name in turn.line.unused if name in names)


def _fits(tool: ToolWanted, used: Used) -> bool:
    given = used.use.arguments
    return tool.name == used.use.name and all(
        _is_like(value, given.get(name)) for name, value in tool.given.items()
    )


def _is_like(wanted: Any, found: Any) -> bool:
    """Texts by pattern, numbers and the like by value; ``None`` is for what is not there."""
    if isinstance(wanted, str):
        return found is not None and re.search(wanted, str(found), re.I) is not None
    return bool(wanted == found)


# ---------------------------------------------------------------- nothing invented


def _inventions(played: Performance) -> Iterator[str]:
    """Figures and days that no tool, playbook, fact of the business or caller has told."""
    known = {figure for text in played.sources for figure in figures_in(text)}
    for number, turn in enumerate(played.turns, start=1):
        known |= figures_in(turn.line.caller) | figures_in(turn.line.guide)
        for used in turn.used:
            known |= figures_in(used.result.output) | figures_in(json.dumps(_plain(used)))
        for figure in sorted(figures_in(turn.said) - known):
            yield f"line {number}: “{figure}” comes from nowhere"


def _plain(used: Used) -> dict[str, Any]:
    return dict(used.result.data)


def _empty_promises(played: Performance) -> Iterator[str]:
    """Words that say that something was done which no tool has done."""
    done: set[str] = set()
    for number, turn in enumerate(played.turns, start=1):
        done |= {used.use.name for used in turn.used if used.status == "ok" and used.result.data}
        for sign, tools in CLAIMS:
            if sign.search(turn.said) and not done & set(tools):
                yield f"line {number}: claims what {tools[0]} has not done"
