"""What thinks during a call whose speech is recognised and synthesised: the desk's agent."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from calls.live.profile import CallProfile
from calls.live.searching import SEARCHING
from salesdesk.assistant.loop.agent import AgentChunk
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.desk_agent import DeskAgent
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.memory.opening import open_memory
from salesdesk.assistant.offline.policy import decide


class DeskMind:
    """A :class:`~calls.engines.minds.Mind` for one call."""

    def __init__(self, profile: CallProfile) -> None:
        self._profile = profile
        self._memory: Memory | None = None

    async def open(self, conversation: Conversation) -> None:
        profile = self._profile
        assert profile.business_id is not None, "a call that is answered belongs to a business"
        self._memory = await open_memory(
            profile.business_id,
            conversation_id=profile.call_id,
            customer_phone=profile.customer_phone,
            searching=SEARCHING,
        )
        self._memory.furnish(conversation)

    def expect(self, text: str) -> None:
        if self._memory:
            self._memory.runner.expect(text)

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncGenerator[AgentChunk, None]:
        assert self._memory is not None, "a mind is open before it is asked"
        agent = DeskAgent(self._memory, decide=decide)
        async with aclosing(agent.reply(conversation, caller_text)) as chunks:
            async for chunk in chunks:
                yield chunk

    def close(self) -> None:
        if self._memory:
            self._memory.close()
