"""An agent that needs no model and no network: it follows a playbook and reads from documents."""

from collections.abc import AsyncIterator

from salesdesk.assistant.agent import AgentChunk, Ending, Sentence
from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.guidance import words_for_caller
from salesdesk.assistant.knowledge import Prepared
from salesdesk.assistant.playbook import Answer, answer_for
from salesdesk.assistant.sentences import split_sentences


class OfflineAgent:
    """A :class:`~salesdesk.assistant.agent.TextAgent` by rules.

    It says so when it does not know. Fresh guidance that asks for words
    (“say …”, “tell the caller …”) is spoken before the answer; other guidance it cannot follow.
    """

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncIterator[AgentChunk]:
        for guidance in conversation.take_fresh_guidance():
            for sentence in split_sentences(words_for_caller(guidance)):
                yield Sentence(sentence)
        if not caller_text:
            return
        answer = await _answer(conversation, caller_text)
        for spoken in answer.sentences:
            yield spoken
        if answer.ending:
            yield Ending(answer.ending)


async def _answer(conversation: Conversation, caller_text: str) -> Answer:
    """Follow the playbook, and look up what it asks to know on the way."""
    known: dict[str, Prepared] = {}
    while True:
        wanted = answer_for(conversation, caller_text, known)
        if isinstance(wanted, Answer):
            return wanted
        assert conversation.knowledge is not None, "only what documents may say is looked up"
        known[wanted.question] = await conversation.knowledge.answer(wanted.question)
