"""The one interface between a conversation and whatever thinks of the next answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Protocol

from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.sentences import Sentence

__all__ = ["AgentChunk", "Ending", "Sentence", "TextAgent"]


@dataclass(frozen=True, slots=True)
class Ending:
    """The agent wants to hang up once the sentences before have been heard."""

    reason: str


AgentChunk = Sentence | Ending


class TextAgent(Protocol):
    """Thinks of answers. Holds nothing about a call: all of it is in the conversation."""

    def reply(self, conversation: Conversation, caller_text: str) -> AsyncIterator[AgentChunk]:
        """Answer ``caller_text``, sentence by sentence as they are ready.

        ``caller_text`` is already the end of ``conversation.lines``; whoever speaks the sentences
        adds them there. Raises :class:`~salesdesk.lib.errors.ProviderError`.
        """
