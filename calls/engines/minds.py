"""What the cascade engine needs to think with."""

from collections.abc import AsyncIterator
from typing import Protocol

from salesdesk.assistant.loop.agent import AgentChunk
from salesdesk.assistant.loop.conversation import Conversation


class Mind(Protocol):
    """Thinks during one call."""

    async def open(self, conversation: Conversation) -> None:
        """Get ready, while the greeting is spoken; gives the conversation what is known of it."""

    def expect(self, text: str) -> None:
        """The caller has said this so far: get ready for the question that it may become."""

    def reply(self, conversation: Conversation, caller_text: str) -> AsyncIterator[AgentChunk]:
        """As :meth:`salesdesk.assistant.loop.agent.TextAgent.reply`; only once it is open."""

    def close(self) -> None:
        """Give up what is under way; safe to call twice."""
