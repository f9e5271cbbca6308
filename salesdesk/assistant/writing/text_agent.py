"""Who answers in writing: the agent that the setting ``TEXT_AGENT`` names."""

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.loop.agent import AgentChunk, TextAgent
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.desk_agent import DeskAgent
from salesdesk.assistant.memory.opening import open_memory
from salesdesk.assistant.models import Thread
from salesdesk.assistant.offline.policy import decide
from salesdesk.lib.tools import Trust

MakeAgent = Callable[[Thread, User], TextAgent]


def text_agent(thread: Thread, user: User) -> TextAgent:
    """Who answers in this thread, on behalf of the user who asks there."""
    make = cast(MakeAgent, import_string(settings.TEXT_AGENT))
    return make(thread, user)


def desk_agent_for(thread: Thread, user: User) -> "ThreadAgent":
    return ThreadAgent(thread, trust_of(thread, user), user.pk)


def trust_of(thread: Thread, user: User) -> Trust:
    """On whose behalf the agent acts: a customer's, unless a member asks on the chat page."""
    if thread.channel != Channel.CHAT:
        return Trust.CALLER
    manages = has_ability(user, thread.business_id, Ability.MANAGE_ASSISTANT)
    return Trust.MANAGER if manages else Trust.REP


class ThreadAgent:
    """The desk as a :class:`~salesdesk.assistant.loop.agent.TextAgent`, for a thread's turn."""

    def __init__(self, thread: Thread, trust: Trust, user_id: int) -> None:
        self._thread = thread
        self._trust = trust
        self._user_id = user_id if trust > Trust.CALLER else None

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncIterator[AgentChunk]:
        memory = await open_memory(
            self._thread.business_id,
            conversation_id=self._thread.conversation,
            channel=self._thread.channel,
            trust=self._trust,
            customer_phone=self._thread.customer_phone,
            user_id=self._user_id,
        )
        memory.furnish(conversation)
        agent = DeskAgent(memory, decide=decide)
        try:
            async with aclosing(agent.reply(conversation, caller_text)) as chunks:
                async for chunk in chunks:
                    yield chunk
        finally:
            memory.close()
