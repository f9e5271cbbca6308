"""The dialogues of a rehearsal, as they are written in ``salesdesk/assistant/evals/*.yaml``.

``evals/README.md`` says what may stand there.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field

DIRECTORY = Path(__file__).resolve().parents[1] / "evals"


class Strict(BaseModel):
    """A slip in a script is an error, not a check that never runs."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ToolWanted(Strict):
    """A tool that must be used, with at least these arguments; texts are patterns."""

    name: str
    given: Mapping[str, Any] = Field(default_factory=dict, alias="with")


class Spoken(Strict):
    """One turn: what the caller says (nothing: silence), and what must hold for the answer."""

    caller: str = ""
    guide: str = ""
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    ending: str | None = None


class Visit(Strict):
    """An appointment of the caller: there before, or wanted in the end. Local time."""

    start: str
    purpose: str = ""
    status: str = "booked"


class Setup(Strict):
    """What there is before the first word."""

    lead: Mapping[str, str] = Field(default_factory=dict)
    visits: tuple[Visit, ...] = ()
    taken: tuple[str, ...] = ()
    facts: Mapping[str, str] = Field(default_factory=dict)
    broken: tuple[str, ...] = ()


class Wanted(Strict):
    """What must have come of it. Nothing is checked that is left out, except inventions."""

    facts: Mapping[str, Any] = Field(default_factory=dict)
    no_facts: tuple[str, ...] = ()
    visits: tuple[Visit, ...] | None = None
    lead: Mapping[str, str] = Field(default_factory=dict)
    suppressed: bool | None = None
    escalated: bool | None = None
    urgency: str = ""
    notes: tuple[str, ...] = ()
    ending: str | None = None
    agent: str = ""
    tools: tuple[ToolWanted, ...] = ()
    unused: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


class Dialogue(Strict):
    name: str
    intent: str
    about: str = ""
    direction: str = "inbound"
    phone: str = "+14155550177"
    now: str = "2026-11-20 10:00"
    setup: Setup = Setup()
    lines: tuple[Spoken, ...]
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class Script:
    """The dialogues of one file."""

    path: Path
    dialogues: tuple[Dialogue, ...] = field(default_factory=tuple)


def load_dialogues(paths: Iterable[Path] | None = None) -> list[Dialogue]:
    """All dialogues, in the order of their files. Raises ``ValueError`` for a slip in one."""
    files = sorted(DIRECTORY.glob("*.yaml")) if paths is None else paths
    dialogues = [each for path in files for each in read_script(path).dialogues]
    _refuse_namesakes([each.name for each in dialogues])
    return dialogues


def read_script(path: Path) -> Script:
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Script(path, tuple(_dialogue(each, path.stem) for each in written))


def _dialogue(written: Mapping[str, Any], intent: str) -> Dialogue:
    lines = [_line(line) for line in written["lines"]]
    return Dialogue.model_validate({"intent": intent, **written, "lines": lines})


def _line(written: object) -> object:
    return {"caller": written} if isinstance(written, str) else written


def _refuse_namesakes(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"Two dialogues have the same name: {', '.join(twice)}.")
