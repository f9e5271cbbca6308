from salesdesk.assistant.agent import AgentChunk, Ending, Sentence
from salesdesk.assistant.conversation import Conversation
from salesdesk.assistant.offline import OfflineAgent
from salesdesk.businesses.demo_facts import FACTS


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
