"""An agent that does as it is told, for tests of what stands around agents."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from inspect import isawaitable
from typing import ClassVar

from salesdesk.accounts.models import User
from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence, ToolFinished, ToolStarted
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.models import Thread
from salesdesk.lib.sources import Sources

PASSAGE = {
    "passage": "passage1",
    "document": "document1",
    "title": "Warranty of panels",
    "heading": "Terms",
    "page": 3,
    "url": "",
    "version": 1,
    "sentence": "The panels have a warranty of 25 years.",
    "score": 0.9,
}
SEARCH: Sequence[AgentChunk] = (
    ToolStarted("t1", "search_knowledge", {"query": "warranty"}),
    ToolFinished("t1", "search_knowledge", "ok", 42, "The panels have a warranty of 25 years."),
)
ANSWER: Sequence[AgentChunk] = (
    *SEARCH,
    Sentence("The panels have a warranty of 25 years.", Sources((PASSAGE,))),
    Sentence("May I help you with anything else?"),
)
GOODBYE: Sequence[AgentChunk] = (Sentence("Goodbye."), Ending("goodbye"))

Step = AgentChunk | Exception | asyncio.Event | Callable[[], object]
Script = Sequence[Step]


class ScriptedAgent:
    """A :class:`~salesdesk.assistant.loop.agent.TextAgent` that says ``script``, for every thread.

    An exception in it is raised, an event is waited for, and a function is called (and awaited).
    """

    script: ClassVar[Script] = ANSWER
    asked: ClassVar[list[tuple[Conversation, str]]] = []

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncIterator[AgentChunk]:
        self.asked.append((conversation, caller_text))
        for step in self.script:
            if isinstance(step, Exception):
                raise step
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif callable(step):
                waited = step()
                if isawaitable(waited):
                    await waited
            else:
                yield step


def scripted_agent(thread: Thread, user: User) -> ScriptedAgent:
    return ScriptedAgent()
