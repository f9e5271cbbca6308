"""What has been said on a call, as an agent sees it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from salesdesk.assistant.loop.state import FieldSpec, PlaybookSpec, State


class Role(StrEnum):
    CALLER = "caller"
    AGENT = "agent"


@dataclass(slots=True)
class Line:
    """One stretch of speech; ``item_id`` is set while its end may still be cut off."""

    role: Role
    text: str
    item_id: str = ""


@dataclass(slots=True)
class Conversation:
    """The business's wishes and the lines so far, in the order in which they were spoken.

    ``facts`` are question-and-answer pairs that an agent may speak from. ``guidance`` is what
    people told the agent without the caller hearing it. ``fields`` are what the business wants to
    know of its leads, ``state`` what the agents know by now, and ``now`` the business's local time
    at the beginning of the turn.
    """

    business_name: str
    direction: str = "inbound"
    prompt: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    lines: list[Line] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)
    fields: tuple[FieldSpec, ...] = ()
    playbook: PlaybookSpec = field(default_factory=PlaybookSpec)
    state: State = field(default_factory=State)
    now: datetime | None = None
    _fresh_guidance: list[str] = field(default_factory=list)

    def hear(self, text: str) -> None:
        """The caller said this."""
        self.lines.append(Line(Role.CALLER, text))

    def say(self, item_id: str, sentence: str) -> None:
        """The agent says this sentence, as a new line or as the next one of the same item."""
        line = self._spoken_line(item_id)
        if line is None:
            self.lines.append(Line(Role.AGENT, sentence, item_id))
        else:
            line.text = f"{line.text} {sentence}"

    def keep_only_heard(self, item_id: str, heard_text: str) -> None:
        """The caller heard no more of the item than this; nothing heard, nothing said."""
        line = self._spoken_line(item_id)
        if line is None:
            return
        line.text = heard_text.strip()
        if not line.text:
            self.lines.remove(line)

    def guide(self, text: str) -> None:
        """Remember what a person told the agent."""
        self.guidance.append(text)
        self._fresh_guidance.append(text)

    def take_fresh_guidance(self) -> list[str]:
        """The guidance that no reply has taken yet."""
        fresh, self._fresh_guidance = self._fresh_guidance, []
        return fresh

    def unanswered(self) -> str:
        """Everything the caller has said since the agent last spoke."""
        texts: list[str] = []
        for line in reversed(self.lines):
            if line.role is not Role.CALLER:
                break
            texts.append(line.text)
        return " ".join(reversed(texts))

    def agent_lines(self) -> list[str]:
        """The agent's lines, newest first."""
        return [line.text for line in reversed(self.lines) if line.role is Role.AGENT]

    def caller_lines(self) -> list[str]:
        """The caller's lines, newest first."""
        return [line.text for line in reversed(self.lines) if line.role is Role.CALLER]

    def last_agent_line(self) -> str:
        return next(iter(self.agent_lines()), "")

    def restore(self, lines: Iterable[tuple[str, str]]) -> None:
        """Begin with the (role, text) pairs of an earlier part of the call."""
        self.lines.extend(Line(Role(role), text) for role, text in lines)

    def _spoken_line(self, item_id: str) -> Line | None:
        return next((line for line in reversed(self.lines) if line.item_id == item_id), None)
