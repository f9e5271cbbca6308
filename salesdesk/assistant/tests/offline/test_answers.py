from datetime import UTC, datetime

import pytest

from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.offline.phrases import DO_NOT_KNOW, WHAT_TO_KNOW
from salesdesk.assistant.offline.policy import decide
from salesdesk.assistant.offline.steps import Reply, Results, ToolUse
from salesdesk.businesses.demo_facts import FACTS
from salesdesk.lib.tools import ToolResult


class Documents:
    """The only tool: tells what it knows by a word of the question; remembers what it was asked."""

    def __init__(self, **answers: tuple[Sentence, ...]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def use(self, use: ToolUse) -> ToolResult:
        if use.name != "search_knowledge":
            return ToolResult("This tool is not available here.")
        question = str(use.arguments["query"])
        self.asked.append(question)
        known = (self.answers[word] for word in self.answers if word in question.lower())
        return told(next(known, ()))


def told(sentences: tuple[Sentence, ...]) -> ToolResult:
    found = [{"text": each.text, "citations": [{"title": TITLES[each.text]}]} for each in sentences]
    return ToolResult("", data={"sentences": found, "answerable": bool(found)})


def answer_to(talk: Conversation, text: str, documents: Documents | None = None) -> Reply:
    if text:
        talk.hear(text)
    talk.now = datetime(2026, 11, 20, 10, tzinfo=UTC)
    results: dict[str, ToolResult] = {}
    while not isinstance(step := decide(talk, text, Results(results)), Reply):
        results |= {use.key: (documents or Documents()).use(use) for use in step.uses}
    return step


def chunks(talk: Conversation, text: str, documents: Documents | None = None) -> list[AgentChunk]:
    """What is said, and the end of the conversation, if it is one."""
    reply = answer_to(talk, text, documents)
    said = [Sentence(sentence.text) for sentence in reply.sentences]
    return [*said, Ending(reply.ending)] if reply.ending else [*said]


def conversation() -> Conversation:
    return Conversation("Bright Roof", facts=FACTS)


def test_an_answer_comes_sentence_by_sentence() -> None:
    answer = chunks(conversation(), "What are the financing options?")
    assert len(answer) >= 3
    assert answer[0] == Sentence("There are three ways to pay.")


def test_a_goodbye_ends_the_call_after_its_sentences() -> None:
    answer = chunks(conversation(), "Goodbye.")
    assert answer == [
        Sentence("Thank you for calling Bright Roof."),
        Sentence("Goodbye."),
        Ending("goodbye"),
    ]


def test_guidance_that_asks_for_words_is_spoken_once_before_the_answer() -> None:
    talk = conversation()
    talk.guide("Tell the caller that we are running late.")
    first = chunks(talk, "Are you insured?")
    talk.say("a1", "We are running late.")
    second = chunks(talk, "Are you insured?")
    assert first == [Sentence("We are running late."), *second]


def test_other_guidance_is_kept_and_not_spoken() -> None:
    talk = conversation()
    talk.guide("Be brief.")
    answer = chunks(talk, "Are you insured?")
    assert len(answer) == 1
    assert talk.guidance == ["Be brief."]


def test_guidance_alone_is_spoken_when_the_caller_said_nothing() -> None:
    talk = conversation()
    talk.guide("say we are here")
    assert chunks(talk, "") == [Sentence("We are here.")]


def test_guidance_that_nobody_heard_is_said_again() -> None:
    talk = conversation()
    talk.guide("say we are here")
    chunks(talk, "Hello?")
    assert (chunks(talk, "Hello? Anybody?"))[0] == Sentence("We are here.")


def test_what_cannot_be_done_from_here_is_not_said_to_be_done() -> None:
    answer = chunks(conversation(), "Can you book a visit for next Tuesday?")
    assert answer[0] == Sentence("I am sorry, I cannot see the calendar at the moment.")


# ---------------------------------------------------------------- answers from documents


PANELS = Sentence("Panels are covered for twenty five years.")
PROOF = Sentence("The certificate lies in the portal.")
LEASE = Sentence("A lease runs for twenty years.")
TITLES = {
    PANELS.text: "Warranty of panels",
    PROOF.text: "Warranty of panels",
    LEASE.text: "Leasing a system",
}


def with_documents(**answers: tuple[Sentence, ...]) -> tuple[Conversation, Documents]:
    documents = Documents(**answers)
    talk = Conversation("Bright Roof", facts=FACTS)
    return talk, documents


def test_a_question_is_answered_from_documents_with_their_sources() -> None:
    talk, documents = with_documents(warranty=(PANELS, PROOF))
    assert chunks(talk, "Do you offer a warranty?", documents) == [PANELS, PROOF]
    assert documents.asked == ["Do you offer a warranty?"]


def test_a_follow_up_is_looked_up_with_the_question_before() -> None:
    talk, documents = with_documents(lease=(LEASE,))
    chunks(talk, "Can I lease the system?", documents)
    talk.say("a1", LEASE.text)
    assert chunks(talk, "And who services it?", documents) == [LEASE]
    assert documents.asked[-1] == "Can I lease the system? And who services it?"


def test_the_facts_answer_what_the_documents_do_not() -> None:
    talk, documents = with_documents()
    answer = chunks(talk, "What are the financing options?", documents)
    assert answer[0] == Sentence("There are three ways to pay.")
    assert documents.asked == ["What are the financing options?"]


def test_it_says_so_when_neither_knows() -> None:
    talk, documents = with_documents()
    assert (chunks(talk, "Who is your chief executive?", documents))[0] == Sentence(DO_NOT_KNOW)


def test_interest_is_met_with_the_first_sentence_on_the_subject() -> None:
    talk, documents = with_documents(panels=(PANELS, PROOF))
    talk.facts = ()
    answer = chunks(talk, "Hi, I'm calling about the solar panels you advertised.", documents)
    assert answer == [Sentence("I am glad to help."), PANELS, Sentence(WHAT_TO_KNOW)]


def test_a_question_before_the_goodbye_keeps_its_sources() -> None:
    talk, documents = with_documents(warranty=(PANELS,))
    answer = chunks(talk, "How long is the warranty? Goodbye.", documents)
    assert answer[0] == PANELS
    assert answer[-1] == Ending("goodbye")


@pytest.mark.parametrize(
    "text",
    [
        "Please take me off your list, do not call me about warranty.",
        "Can I talk to a person about the warranty?",
        "Can you book an appointment for next Tuesday to look at the warranty?",
        "Thank you. Goodbye.",
        "Are you a robot?",
    ],
)
def test_what_the_playbook_settles_is_not_looked_up(text: str) -> None:
    talk, documents = with_documents(warranty=(PANELS,))
    assert PANELS not in chunks(talk, text, documents)
    assert documents.asked == []
