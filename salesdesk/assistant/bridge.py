"""The playbook's rules as an agent that decides step by step."""

from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.guidance import words_for_caller
from salesdesk.assistant.knowledge import Prepared
from salesdesk.assistant.playbook import LookUp, answer_for
from salesdesk.assistant.sentences import Sentence, split_sentences
from salesdesk.assistant.steps import Reply, Results, Step, ToolUse, Use


class _Documents:
    def expect(self, text: str) -> None: ...
    async def answer(self, question: str) -> Prepared:
        raise NotImplementedError

    def close(self) -> None: ...


def decide(conversation: Conversation, caller_text: str, results: Results) -> Step:
    conversation.knowledge = conversation.knowledge or _Documents()
    guided = tuple(
        Sentence(each)
        for guidance in conversation.guidance[-1:]
        if not caller_text
        for each in split_sentences(words_for_caller(guidance))
    )
    if not caller_text:
        return Reply(guided)
    known: dict[str, Prepared] = {}
    while True:
        wanted = answer_for(conversation, caller_text, known)
        if not isinstance(wanted, LookUp):
            return Reply(tuple(wanted.sentences), wanted.ending)
        use = ToolUse("search_knowledge", {"query": wanted.question[:500]})
        found = results.of(use)
        if found is None:
            return Use((use,))
        sentences = tuple(Sentence(each["text"]) for each in found.data.get("sentences", ()))
        known[wanted.question] = Prepared(sentences)
