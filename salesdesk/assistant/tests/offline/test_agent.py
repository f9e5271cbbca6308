import pytest

from salesdesk.assistant.agent import AgentChunk, Ending, Sentence
from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.knowledge import Prepared
from salesdesk.assistant.offline import OfflineAgent
from salesdesk.assistant.offline.phrases import DO_NOT_KNOW, WHAT_TO_KNOW
from salesdesk.businesses.demo_facts import FACTS
from salesdesk.lib.sources import Sources


async def chunks(conversation: Conversation, text: str) -> list[AgentChunk]:
    if text:
        conversation.hear(text)
    return [chunk async for chunk in OfflineAgent().reply(conversation, text)]


def conversation() -> Conversation:
    return Conversation("Bright Roof", facts=FACTS)


async def test_an_answer_comes_sentence_by_sentence() -> None:
    answer = await chunks(conversation(), "What are the financing options?")
    assert len(answer) >= 3
    assert answer[0] == Sentence("There are three ways to pay.")


async def test_a_goodbye_ends_the_call_after_its_sentences() -> None:
    answer = await chunks(conversation(), "Goodbye.")
    assert answer == [
        Sentence("Thank you for calling Bright Roof."),
        Sentence("Goodbye."),
        Ending("goodbye"),
    ]


async def test_guidance_that_asks_for_words_is_spoken_once_before_the_answer() -> None:
    talk = conversation()
    talk.guide("Tell the caller that we are running late.")
    first = await chunks(talk, "Are you insured?")
    talk.say("a1", "We are running late.")
    second = await chunks(talk, "Are you insured?")
    assert first == [Sentence("We are running late."), *second]


async def test_other_guidance_is_kept_and_not_spoken() -> None:
    talk = conversation()
    talk.guide("Be brief.")
    answer = await chunks(talk, "Are you insured?")
    assert len(answer) == 1
    assert talk.guidance == ["Be brief."]


async def test_guidance_alone_is_spoken_when_the_caller_said_nothing() -> None:
    talk = conversation()
    talk.guide("say we are here")
    assert await chunks(talk, "") == [Sentence("We are here.")]


async def test_guidance_that_nobody_heard_is_said_again() -> None:
    talk = conversation()
    talk.guide("say we are here")
    await chunks(talk, "Hello?")
    assert (await chunks(talk, "Hello? Anybody?"))[0] == Sentence("We are here.")


async def test_what_cannot_be_done_from_here_is_not_said_to_be_done() -> None:
    answer = await chunks(conversation(), "Can you book a visit for next Tuesday?")
    assert answer[0] == Sentence("I am sorry, I cannot see the calendar at the moment.")


# ---------------------------------------------------------------- answers from documents


WARRANTY = {"document": "d1", "title": "Warranty of panels"}
LEASING = {"document": "d2", "title": "Leasing a system"}
PANELS = Sentence("Panels are covered for twenty five years.", Sources((WARRANTY,), 30))
PROOF = Sentence("The certificate lies in the portal.", Sources((WARRANTY,), 30))
LEASE = Sentence("A lease runs for twenty years.", Sources((LEASING,), 25))


class Documents:
    """Knows what it is told by a word of the question; remembers what it was asked."""

    def __init__(self, **answers: tuple[Sentence, ...]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def expect(self, text: str) -> None:
        raise AssertionError("an agent asks; whoever hears the caller foresees")

    async def answer(self, question: str) -> Prepared:
        self.asked.append(question)
        found = (self.answers[word] for word in self.answers if word in question.lower())
        return Prepared(next(found, ()))

    def close(self) -> None:
        """Nothing is under way."""


def with_documents(**answers: tuple[Sentence, ...]) -> tuple[Conversation, Documents]:
    documents = Documents(**answers)
    talk = Conversation("Bright Roof", facts=FACTS, knowledge=documents)
    return talk, documents


async def test_a_question_is_answered_from_documents_with_their_sources() -> None:
    talk, documents = with_documents(warranty=(PANELS, PROOF))
    assert await chunks(talk, "Do you offer a warranty?") == [PANELS, PROOF]
    assert documents.asked == ["Do you offer a warranty?"]


async def test_a_follow_up_is_looked_up_with_the_question_before() -> None:
    talk, documents = with_documents(lease=(LEASE,))
    await chunks(talk, "Can I lease the system?")
    talk.say("a1", LEASE.text)
    assert await chunks(talk, "And who services it?") == [LEASE]
    assert documents.asked[-1] == "Can I lease the system? And who services it?"


async def test_the_facts_answer_what_the_documents_do_not() -> None:
    talk, documents = with_documents()
    answer = await chunks(talk, "What are the financing options?")
    assert answer[0] == Sentence("There are three ways to pay.")
    assert documents.asked == ["What are the financing options?"]


async def test_it_says_so_when_neither_knows() -> None:
    talk, _ = with_documents()
    assert (await chunks(talk, "Who is your chief executive?"))[0] == Sentence(DO_NOT_KNOW)


async def test_interest_is_met_with_the_first_sentence_on_the_subject() -> None:
    talk, _ = with_documents(panels=(PANELS, PROOF))
    talk.facts = ()
    answer = await chunks(talk, "Hi, I'm calling about the solar panels you advertised.")
    assert answer == [Sentence("I am glad to help."), PANELS, Sentence(WHAT_TO_KNOW)]


async def test_a_question_before_the_goodbye_keeps_its_sources() -> None:
    talk, _ = with_documents(warranty=(PANELS,))
    answer = await chunks(talk, "How long is the warranty? Goodbye.")
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
async def test_what_the_playbook_settles_is_not_looked_up(text: str) -> None:
    talk, documents = with_documents(warranty=(PANELS,))
    assert PANELS not in await chunks(talk, text)
    assert documents.asked == []
