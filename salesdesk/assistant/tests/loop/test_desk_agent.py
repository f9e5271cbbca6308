"""The loop around models and tools: order, time, failures, and what is put down."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, ClassVar

import pytest
from channels.db import database_sync_to_async
from django.conf import LazySettings
from pydantic import BaseModel
from pydantic_ai.exceptions import ModelAPIError
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, DeltaToolCalls, FunctionModel
from pydantic_ai.models.wrapper import WrapperModel

from salesdesk.assistant.enums import AgentName, Channel, RunStatus, ToolStatus
from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence, ToolFinished, ToolStarted
from salesdesk.assistant.loop.conversation import Conversation
from salesdesk.assistant.loop.desk import desk_agent
from salesdesk.assistant.loop.desk_agent import FILLERS, LOST_THREAD, SORRY_TO_KEEP_YOU, DeskAgent
from salesdesk.assistant.loop.state import Fact
from salesdesk.assistant.memory.briefing import Briefing
from salesdesk.assistant.memory.keeping import Memory
from salesdesk.assistant.models import AgentRun, HandOver, Thread, ToolInvocation
from salesdesk.assistant.offline.steps import Reply, Results, Step, ToolUse, Use
from salesdesk.assistant.tools.running import ToolRunner
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "salesdesk.assistant.tests.loop.test_desk_agent"
CITED = {"passage": "p1", "title": "Prices", "sentence": "A filter costs $29."}


class Text(BaseModel):
    text: str = ""


class Search:
    name: ClassVar = "search_knowledge"
    description: ClassVar = "Searches."
    input: ClassVar[type[BaseModel]] = Text
    timeout_s: ClassVar = 2.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: Text) -> ToolResult:
        spoken = {"text": "A filter costs 29 dollars.", "citations": [CITED]}
        return ToolResult("A filter costs $29.", (CITED,), {"sentences": [spoken]}, 0.9)


class Write(Search):
    """Changes something; counts how often it was really run."""

    name: ClassVar = "write_note"
    changes: ClassVar = True
    written: ClassVar[list[str]] = []

    def run(self, context: ToolContext, given: Text) -> ToolResult:
        self.written.append(given.text)
        return ToolResult("Written.")


@pytest.fixture(autouse=True)
def _tools(settings: LazySettings) -> Iterator[None]:
    settings.AGENT_TOOLS = [
        f"{HERE}.Search",
        f"{HERE}.Write",
        "salesdesk.assistant.tools.own.EndCall",
        "salesdesk.assistant.tools.own.HandOver",
    ]
    desk_agent.cache_clear()
    Write.written.clear()
    yield
    desk_agent.cache_clear()


@pytest.fixture
def thread(business: Business) -> Thread:
    return Thread.objects.create(business=business, channel="phone", conversation="call1")


def no_facts(thread_id: int) -> dict[str, Fact]:
    return {}


def memory_of(thread: Thread) -> Memory:
    context = ToolContext(thread.business_id, "call1", thread.created_at, thread_id=thread.pk)
    return Memory(Briefing(context, "America/New_York"), ToolRunner(context), no_facts)


def asks(text: str) -> Conversation:
    conversation = Conversation("Sunny")
    conversation.hear(text)
    return conversation


def says(*texts: str, ending: str = "") -> Reply:
    return Reply(tuple(Sentence(text) for text in texts), ending)


def always(step: Step) -> Callable[[Conversation, str, Results], Step]:
    return lambda conversation, text, results: step


def model(*answers: Any) -> FunctionModel:
    """A model that gives these answers, one for each request: texts, tool calls or errors."""
    waiting = iter(answers)

    async def stream(
        messages: list[ModelMessage], info: AgentInfo
    ) -> AsyncIterator[str | DeltaToolCalls]:
        answer = next(waiting)
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer = await answer()
        for piece in answer if isinstance(answer, list) else [answer]:
            yield piece

    return FunctionModel(stream_function=stream, model_name="scripted")


def calls(*uses: tuple[str, str]) -> DeltaToolCalls:
    return {
        index: DeltaToolCall(name=name, json_args=arguments, tool_call_id=f"t{index}")
        for index, (name, arguments) in enumerate(uses)
    }


async def turn(agent: DeskAgent, conversation: Conversation) -> list[AgentChunk]:
    return [chunk async for chunk in agent.reply(conversation, conversation.unanswered())]


def spoken(chunks: list[AgentChunk]) -> list[str]:
    return [chunk.text for chunk in chunks if isinstance(chunk, Sentence)]


async def the_run() -> AgentRun:
    return await AgentRun.objects.select_related("thread").aget()


# ---------------------------------------------------------------- the order of things


async def test_rules_use_a_tool_and_speak_from_it(thread: Thread) -> None:
    search = ToolUse("search_knowledge", {"text": "filter"}, "asked for a price")

    def decide(conversation: Conversation, text: str, results: Results) -> Step:
        found = results.of(search)
        return says(found.data["sentences"][0]["text"]) if found else Use((search,))

    chunks = await turn(DeskAgent(memory_of(thread), decide=decide), asks("What is a filter?"))

    started, finished, sentence = chunks
    assert isinstance(started, ToolStarted) and started.arguments == {"text": "filter"}
    assert isinstance(finished, ToolFinished) and finished.status == ToolStatus.OK
    assert isinstance(sentence, Sentence) and sentence.text == "A filter costs 29 dollars."
    assert sentence.sources and sentence.sources.citations == (CITED,)
    invocation = await ToolInvocation.objects.aget()
    assert (invocation.reason, invocation.confidence) == ("asked for a price", 0.9)
    run = await the_run()
    assert (run.status, run.model, invocation.run_id) == (RunStatus.OK, "offline", run.pk)


async def test_a_model_s_words_are_given_on_in_whole_sentences(thread: Thread) -> None:
    pieces = ["We open at ni", "ne. We close ", "at six. Any", "thing else?"]
    agent = DeskAgent(memory_of(thread), decide=always(says("No.")), models=model(pieces))

    chunks = await turn(agent, asks("When are you open?"))

    assert spoken(chunks) == ["We open at nine.", "We close at six.", "Anything else?"]
    assert (await the_run()).model == "scripted"


async def test_who_hangs_up_says_goodbye_before(thread: Thread) -> None:
    agent = DeskAgent(memory_of(thread), decide=always(says("Goodbye.", ending="goodbye")))

    chunks = await turn(agent, asks("Bye."))

    assert [type(chunk) for chunk in chunks][2:] == [Sentence, Ending]
    assert chunks[-1] == Ending("goodbye")


async def test_another_agent_goes_on_with_what_is_known(thread: Thread) -> None:
    answers = calls(("hand_over", '{"to": "calendar", "reason": "wants a visit"}')), "When?"
    conversation = asks("Can somebody come by?")
    memory = memory_of(thread)
    memory.furnish(conversation)

    await turn(DeskAgent(memory, decide=always(says("")), models=model(*answers)), conversation)

    assert conversation.state.agent == AgentName.CALENDAR
    hand_over = await HandOver.objects.aget()
    assert (hand_over.from_agent, hand_over.to_agent) == ("desk", "calendar")
    stored = await Thread.objects.aget()
    assert (stored.agent, stored.state["agent"]) == ("calendar", "calendar")


async def test_models_are_shown_the_tools_of_the_agent_at_work(thread: Thread) -> None:
    seen: list[set[str]] = []

    async def stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        seen.append({tool.name for tool in info.function_tools})
        yield "Hello."

    shown = WrapperModel(FunctionModel(stream_function=stream))
    await turn(DeskAgent(memory_of(thread), decide=always(says("")), models=shown), asks("Hi."))

    assert seen == [{"search_knowledge", "write_note", "end_call", "hand_over"}]


# ---------------------------------------------------------------- what goes wrong


async def test_when_no_model_answers_rules_do(thread: Thread) -> None:
    broken = model(ModelAPIError("gpt", "out of order"))
    agent = DeskAgent(memory_of(thread), decide=always(says("By rule.")), models=broken)

    assert spoken(await turn(agent, asks("Hello?"))) == ["By rule."]
    run = await the_run()
    assert (run.status, run.model) == (RunStatus.FELL_BACK, "offline")
    assert "out of order" in run.error


async def test_half_an_answer_is_not_said_again_by_rules(thread: Thread) -> None:
    async def breaks_off() -> list[Any]:
        raise ModelAPIError("gpt", "gone")

    broken = model([*calls_then("Let me look. ")], breaks_off)
    agent = DeskAgent(memory_of(thread), decide=always(says("By rule.")), models=broken)

    assert spoken(await turn(agent, asks("Hello?"))) == ["Let me look.", LOST_THREAD]


def calls_then(text: str) -> list[Any]:
    return [text, calls(("search_knowledge", "{}"))]


async def test_a_tool_that_changes_something_is_not_run_again(thread: Thread) -> None:
    note = ToolUse("write_note", {"text": "Likes slate."})
    failing = model(calls(("write_note", '{"text": "Likes slate."}')), ModelAPIError("gpt", "gone"))

    def decide(conversation: Conversation, text: str, results: Results) -> Step:
        return says("Noted.") if results.of(note) else Use((note,))

    agent = DeskAgent(memory_of(thread), decide=decide, models=failing)

    assert spoken(await turn(agent, asks("I like slate."))) == ["Noted."]
    assert Write.written == ["Likes slate."]


async def test_who_thinks_too_long_is_not_waited_for(
    thread: Thread, settings: LazySettings
) -> None:
    settings.AGENT_HARD_SECONDS, settings.AGENT_SOFT_SECONDS = 0.2, 0.05
    slow = model(lambda: asyncio.sleep(30))
    agent = DeskAgent(memory_of(thread), decide=always(says("By rule.")), models=slow)

    said = spoken(await turn(agent, asks("Hello?")))

    assert said[0] in FILLERS
    assert said[1:] == [SORRY_TO_KEEP_YOU, "By rule."]
    assert (await the_run()).status == RunStatus.TIMED_OUT


async def test_in_writing_nothing_fills_the_silence(
    business: Business, settings: LazySettings
) -> None:
    settings.AGENT_SOFT_SECONDS = 0.01
    thread = await database_sync_to_async(Thread.objects.create)(
        business=business, channel=Channel.CHAT, conversation="chat1"
    )
    memory = memory_of(thread)
    memory.briefing.context = ToolContext(
        business.pk, "chat1", thread.created_at, channel=Channel.CHAT, thread_id=thread.pk
    )

    async def slowly() -> str:
        await asyncio.sleep(0.05)
        return "Here."

    agent = DeskAgent(memory, decide=always(says("")), models=model(slowly))

    assert spoken(await turn(agent, asks("Hello?"))) == ["Here."]


async def test_a_fault_of_ours_is_heard_as_a_question(thread: Thread) -> None:
    def decide(conversation: Conversation, text: str, results: Results) -> Step:
        raise ZeroDivisionError

    assert spoken(await turn(DeskAgent(memory_of(thread), decide=decide), asks("Hi."))) == [
        LOST_THREAD
    ]
    assert (await the_run()).status == RunStatus.FAILED


async def test_who_is_interrupted_stops_and_is_put_down(thread: Thread) -> None:
    began = asyncio.Event()

    async def never() -> str:
        began.set()
        await asyncio.Event().wait()
        return ""

    agent = DeskAgent(memory_of(thread), decide=always(says("")), models=model(never))
    task = asyncio.create_task(turn(agent, asks("Hello?")))
    await began.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert (await the_run()).status == RunStatus.CANCELED


async def test_what_no_longer_fits_is_summed_up(thread: Thread) -> None:
    conversation = Conversation("Sunny")
    for number in range(60):
        conversation.hear(f"My house number {number} " + "is old " * 40)
        conversation.say(f"a{number}", "I see.")
    conversation.hear("And now?")

    await turn(DeskAgent(memory_of(thread), decide=always(says("Well."))), conversation)

    stored = await Thread.objects.aget()
    assert 0 < stored.summarized_lines < 120
    assert "My house number" in stored.summary and len(stored.summary) <= 1_500
