"""The offline agent on its own, where no loop runs its tools: it only looks up what it may say."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from salesdesk.assistant.agent import AgentChunk, Ending, Sentence
from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.offline.policy import decide
from salesdesk.assistant.steps import Reply, Results, ToolUse
from salesdesk.lib.tools import ToolResult

NOT_AVAILABLE = ToolResult("This tool is not available here.")


class OfflineAgent:
    """A :class:`~salesdesk.assistant.agent.TextAgent` by rules.

    It says so when it does not know, and when something cannot be done from here. Fresh guidance
    that asks for words (“say …”, “tell the caller …”) is spoken before the answer; other guidance
    it cannot follow.
    """

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncIterator[AgentChunk]:
        if conversation.now is None:
            conversation.now = datetime.now(tz=UTC)
        reply, found = await _reply(conversation, caller_text)
        for sentence in reply.sentences:
            yield found.get(sentence.text, sentence)
        if reply.ending:
            yield Ending(reply.ending)


async def _reply(conversation: Conversation, caller_text: str) -> tuple[Reply, dict[str, Sentence]]:
    """The answer, and the documents' sentences by their text, with what finding them cost."""
    results: dict[str, ToolResult] = {}
    found: dict[str, Sentence] = {}
    while True:
        step = decide(conversation, caller_text, Results(results))
        if isinstance(step, Reply):
            return step, found
        for use in step.uses:
            sentences = await _looked_up(conversation, use)
            found.update({sentence.text: sentence for sentence in sentences})
            results[use.key] = _as_result(sentences) if sentences else NOT_AVAILABLE


async def _looked_up(conversation: Conversation, use: ToolUse) -> tuple[Sentence, ...]:
    if use.name != "search_knowledge" or conversation.knowledge is None:
        return ()
    return (await conversation.knowledge.answer(str(use.arguments["query"]))).sentences


def _as_result(sentences: tuple[Sentence, ...]) -> ToolResult:
    told = [
        {"text": each.text, "citations": list(each.sources.citations if each.sources else ())}
        for each in sentences
    ]
    return ToolResult("", data={"sentences": told, "answerable": True})
