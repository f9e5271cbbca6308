"""The one interface between a conversation and whatever thinks of the next answer."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.sentences import Sentence

__all__ = ["AgentChunk", "Ending", "Sentence", "TextAgent", "ToolFinished", "ToolStarted"]


@dataclass(frozen=True, slots=True)
class Ending:
    """The agent wants to hang up once the sentences before have been heard."""

    reason: str


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool is being used; for those who watch the agent work, never spoken."""

    id: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToolFinished:
    """The tool of the same ``id`` has answered; ``status`` is a :class:`~.enums.ToolStatus`."""

    id: str
    name: str
    status: str
    latency_ms: int
    output: str = ""


AgentChunk = Sentence | Ending | ToolStarted | ToolFinished


class TextAgent(Protocol):
    """Thinks of answers. Holds nothing about a call: all of it is in the conversation."""

    def reply(self, conversation: Conversation, caller_text: str) -> AsyncIterator[AgentChunk]:
        """Answer ``caller_text``, sentence by sentence as they are ready.

        ``caller_text`` is already the end of ``conversation.lines``; whoever speaks the sentences
        adds them there. Raises :class:`~salesdesk.lib.errors.ProviderError`.
        """
