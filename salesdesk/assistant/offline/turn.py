"""One turn as the rules see it: what was said, what was asked before, what the tools have said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.sentences import Sentence, split_sentences
from salesdesk.assistant.offline import phrases
from salesdesk.assistant.offline.steps import Results, ToolUse
from salesdesk.lib.tools import ToolResult

_ASKED_BY_ITS_WORDS = {
    phrases.ANYTHING_ELSE: "anything_else",
    phrases.CALL_BACK_OFFER: "call_back",
    phrases.HAVE_A_MINUTE: "minute",
    phrases.WHAT_SHOULD_THEY_KNOW: "note_for_person",
    phrases.WHAT_TO_KNOW: "what_to_know",
    phrases.WHICH_TIME: "time",
    phrases.SAY_AGAIN: "again",
}


@dataclass(frozen=True, slots=True)
class Asking:
    """What the agent's last words asked, and what it was about (plain data)."""

    what: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"what": self.what, "about": dict(self.about)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> "Asking":
        return cls(**stored) if stored else cls()


@dataclass(frozen=True, slots=True)
class Answer:
    """What to say, and why to hang up afterwards, if so. ``quoted`` comes before ``words``.

    ``asking`` is what the words ask; by default it is read from the question at their end.
    """

    words: str = ""
    ending: str = ""
    quoted: tuple[Sentence, ...] = ()
    asking: Asking | None = None

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        return (*self.quoted, *(Sentence(text) for text in split_sentences(self.words)))

    @property
    def text(self) -> str:
        return " ".join(sentence.text for sentence in self.sentences)

    @property
    def asks(self) -> Asking:
        if self.asking is not None:
            return self.asking
        words = self.text
        ends = (what for question, what in _ASKED_BY_ITS_WORDS.items() if words.endswith(question))
        return Asking(next(ends, ""))


class Needed(Exception):
    """Ends the search for a rule until these tools have been used."""

    def __init__(self, uses: tuple[ToolUse, ...]) -> None:
        super().__init__(*(use.name for use in uses))
        self.uses = uses


@dataclass(slots=True)
class Turn:
    """The caller's words and everything before.

    ``notes`` are those at the beginning of the turn; what a rule wants to keep goes into ``keep``
    and is stored with the answer (``None`` to forget it). ``agent`` is the specialised agent whose
    rule is being tried.
    """

    conversation: Conversation
    text: str
    results: Results = field(default_factory=Results)
    notes: Mapping[str, Any] = field(default_factory=dict)
    asking: Asking = field(default_factory=Asking)
    keep: dict[str, Any] = field(default_factory=dict)
    agent: str = ""

    @property
    def business(self) -> str:
        return self.conversation.business_name

    @property
    def outbound(self) -> bool:
        return self.conversation.direction == "outbound"

    @property
    def now(self) -> datetime | None:
        return self.conversation.now

    @property
    def last_line(self) -> str:
        return self.conversation.last_agent_line()

    def note(self, name: str, otherwise: Any = None) -> Any:
        """What is kept under this name, in this turn or before."""
        return self.keep.get(name, self.notes.get(name, otherwise))

    def said_before(self, sentence: str) -> bool:
        """Whether the agent has said this at any time in the conversation."""
        return any(sentence in line for line in self.conversation.agent_lines())

    def with_text(self, text: str) -> "Turn":
        """The same turn, as if the caller had said something else."""
        return replace(self, text=text)

    def result(self, name: str, why: str = "", /, **arguments: Any) -> ToolResult:
        """What the tool has said to these arguments; raises :class:`Needed` before that."""
        return self.all_results(ToolUse(name, arguments, why))[0]

    def all_results(self, *uses: ToolUse) -> list[ToolResult]:
        """The same for several tools, which are used together."""
        missing = tuple(use for use in uses if self.results.of(use) is None)
        if missing:
            raise Needed(missing)
        return [result for use in uses if (result := self.results.of(use)) is not None]


Rule = Callable[[Turn], Answer | None]
