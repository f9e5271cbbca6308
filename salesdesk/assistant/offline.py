"""An agent that needs no model and no network: it follows a playbook and reads from facts."""

from collections.abc import AsyncIterator

from salesdesk.assistant.agent import AgentChunk, Ending, Sentence
from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.guidance import words_for_caller
from salesdesk.assistant.playbook import answer_for
from salesdesk.assistant.sentences import split_sentences


class OfflineAgent:
    """A :class:`~salesdesk.assistant.agent.TextAgent` by rules.

    It answers at once, and says so when it does not know. Fresh guidance that asks for words
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
        answer = answer_for(conversation, caller_text)
        for sentence in split_sentences(answer.text):
            yield Sentence(sentence)
        if answer.ending:
            yield Ending(answer.ending)
