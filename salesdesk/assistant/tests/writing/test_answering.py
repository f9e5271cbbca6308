"""An answer in writing, stored as it comes: nothing is lost, whatever happens to the agent."""

import asyncio
from collections.abc import Sequence

import pytest

from salesdesk.assistant.enums import MessageStatus, RunStatus
from salesdesk.assistant.loop.agent import AgentChunk, Sentence, ToolStarted
from salesdesk.assistant.models import AgentRun, Message, Thread
from salesdesk.assistant.tests.conftest import FollowScript
from salesdesk.assistant.tests.scripted import (
    ANSWER,
    GOODBYE,
    PASSAGE,
    SEARCH,
    ScriptedAgent,
    Step,
)
from salesdesk.assistant.writing import answering
from salesdesk.assistant.writing.threads import APOLOGY, begin_turn
from salesdesk.lib.errors import Conflict, InvalidInput, ProviderError
from salesdesk.tests.browser import do

pytestmark = pytest.mark.django_db(transaction=True)

QUESTION = "How long is the warranty on the panels?"


@pytest.fixture(autouse=True)
def _scripted(follow: FollowScript) -> None:
    follow(ANSWER)


def agent(*script: Step) -> ScriptedAgent:
    ScriptedAgent.script = script
    return ScriptedAgent()


async def ask(thread: Thread, text: str, by: ScriptedAgent) -> Sequence[AgentChunk]:
    chunks = answering.answer(thread, text, agent=by)
    return [chunk async for chunk in chunks]


async def messages(thread: Thread) -> list[Message]:
    return [message async for message in thread.messages.select_related("run")]


async def test_an_answer_is_stored_with_its_tools_and_passages(thread: Thread) -> None:
    given = await ask(thread, QUESTION, agent(*ANSWER))

    assert given == list(ANSWER)
    asked, answer = await messages(thread)
    assert asked.text == QUESTION
    assert (
        answer.text == "The panels have a warranty of 25 years. May I help you with anything else?"
    )
    assert answer.status == MessageStatus.DONE
    assert answer.citations == [PASSAGE]
    assert answer.tools == [
        {
            "id": "t1",
            "name": "search_knowledge",
            "arguments": {"query": "warranty"},
            "status": "ok",
            "latency_ms": 42,
            "output": "The panels have a warranty of 25 years.",
        }
    ]


async def test_what_the_customer_meant_is_stored_with_how_sure_the_answer_is(
    thread: Thread,
) -> None:
    await ask(thread, QUESTION, agent(*ANSWER))
    asked, _ = await messages(thread)
    assert asked.understanding["intent"] == "warranty"
    assert asked.understanding["confidence"] == pytest.approx((0.833 + 0.9 + 1.0) / 3, abs=0.001)
    assert asked.understanding["reasoning"].endswith("; 1 tool used, 1 passage cited.")


async def test_the_agent_is_given_the_conversation(thread: Thread) -> None:
    await ask(thread, "Hello", agent(Sentence("Hi.")))
    await ask(thread, QUESTION, agent(*ANSWER))
    conversation, text = ScriptedAgent.asked[-1]
    assert text == QUESTION
    assert [line.text for line in conversation.lines] == ["Hello", "Hi.", QUESTION]


async def test_each_chunk_is_there_for_who_looks_while_it_is_written(thread: Thread) -> None:
    """A page that comes in the middle reads from the database what there is."""
    chunks = answering.answer(thread, QUESTION, agent=agent(*ANSWER))
    seen = []
    async for _ in chunks:
        answer = (await messages(thread))[-1]
        running = [tool for tool in answer.tools if not tool["status"]]
        seen.append((answer.status, len(running), len(answer.text.split())))
    assert seen == [("writing", 1, 0), ("writing", 0, 0), ("writing", 0, 8), ("writing", 0, 15)]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ProviderError("The model is down."), RunStatus.FAILED),
        (ValueError("a fault of ours"), RunStatus.FAILED),
        (TimeoutError(), RunStatus.TIMED_OUT),
    ],
)
async def test_an_agent_that_fails_apologises(
    thread: Thread, error: Exception, status: RunStatus
) -> None:
    given = await ask(thread, QUESTION, agent(Sentence("Well,"), error))

    assert given[-1] == Sentence(APOLOGY)
    asked, answer = await messages(thread)
    assert asked.text == QUESTION
    assert asked.understanding["intent"] == "warranty"
    assert (answer.status, answer.text) == (MessageStatus.FAILED, f"Well, {APOLOGY}")
    run = await AgentRun.objects.aget()
    assert answer.run == run
    assert (run.status, run.error) == (status, f"{type(error).__name__}: {error}")
    await do(begin_turn, thread, "Again")


async def test_an_agent_that_hangs_is_given_up(
    thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "ANSWER_WITHIN_S", 0.05)
    await ask(thread, QUESTION, agent(asyncio.Event()))
    answer = (await messages(thread))[-1]
    assert (answer.status, answer.text) == (MessageStatus.FAILED, APOLOGY)
    assert (await AgentRun.objects.aget()).status == RunStatus.TIMED_OUT


async def test_a_stopped_answer_is_cut_where_it_was(thread: Thread) -> None:
    """The agent waits for something that never comes; whoever stops it need not wait."""
    turn = await do(begin_turn, thread, QUESTION)
    begun = asyncio.Event()
    talker = agent(Sentence("It is"), begun.set, asyncio.Event(), Sentence("long."))
    answered = asyncio.create_task(answering.answer_turn(turn, talker))
    await asyncio.wait_for(begun.wait(), 10)

    assert await do(answering.stop_answer, thread)

    await asyncio.wait_for(answered, 10)
    answer = (await messages(thread))[-1]
    assert (answer.status, answer.text) == (MessageStatus.STOPPED, "It is")
    assert not await do(answering.stop_answer, thread)


async def test_who_reads_no_further_leaves_a_stopped_answer(thread: Thread) -> None:
    chunks = answering.answer(thread, QUESTION, agent=agent(*SEARCH, *ANSWER))
    assert isinstance(await anext(chunks), ToolStarted)
    await chunks.aclose()  # type: ignore[attr-defined]
    assert (await messages(thread))[-1].status == MessageStatus.STOPPED


async def test_the_agent_ends_the_conversation(thread: Thread) -> None:
    await ask(thread, "Bye", agent(*GOODBYE))
    with pytest.raises(Conflict):
        await ask(thread, "One more thing", agent(*ANSWER))


async def test_nothing_is_stored_of_what_cannot_be_a_message(thread: Thread) -> None:
    with pytest.raises(InvalidInput):
        await ask(thread, "x" * 4001, agent(*ANSWER))
    assert await messages(thread) == []
