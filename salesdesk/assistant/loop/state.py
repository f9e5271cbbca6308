"""What the agents know and hand to one another, besides the words that were said.

All of it is plain data, so that it can be stored with the thread and taken up by another process.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from salesdesk.assistant.enums import AgentName, FactStatus, FieldType


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One fact that the business wants to know; see :class:`~.models.CaptureField`."""

    key: str
    label: str
    type: str = FieldType.TEXT
    question: str = ""
    choices: tuple[str, ...] = ()
    smallest: float | None = None
    largest: float | None = None
    is_required: bool = False
    reads_back: bool = False
    lead_field: str = ""


@dataclass(frozen=True, slots=True)
class StageSpec:
    name: str
    goal: str
    questions: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ObjectionSpec:
    name: str
    signs: tuple[str, ...]
    answer: str


@dataclass(frozen=True, slots=True)
class PlaybookSpec:
    """How the business sells; see :class:`~.models.Playbook`."""

    name: str = ""
    stages: tuple[StageSpec, ...] = ()
    objections: tuple[ObjectionSpec, ...] = ()


@dataclass(slots=True)
class Fact:
    """A captured fact: what was meant (JSON), what was said, and how sure it is."""

    value: Any
    said: str = ""
    status: str = FactStatus.HEARD
    confidence: float = 1.0


@dataclass(slots=True)
class State:
    """What is stored of a conversation besides its lines.

    ``facts`` by the key of their field; ``notes`` is for what an agent must remember from one turn
    to the next (slots it offered, what it asked to confirm), each under a name of its own.
    """

    agent: str = AgentName.DESK
    facts: dict[str, Fact] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "State":
        """The state that ``as_json`` gave; what is missing is as at the beginning."""
        facts = {key: Fact(**fact) for key, fact in stored.get("facts", {}).items()}
        agent = str(stored.get("agent", AgentName.DESK))
        return cls(agent=agent, facts=facts, notes=dict(stored.get("notes", {})))
