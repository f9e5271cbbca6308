"""The desk's agent on a speech-to-speech engine: its prompt and tools, its log, and its order."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar, cast

import pytest
from channels.layers import InMemoryChannelLayer
from pydantic import BaseModel
from pytest_django import Settings

from calls.engines.fake_realtime import FakeRealtime, Script, ToolCall, Turn
from calls.engines.realtime import RealtimeEngine
from calls.live.bridge import Bridge
from calls.live.events import (
    AnswerTool,
    EngineCommand,
    EngineEvent,
    Hangup,
    Respond,
    ResponseDone,
    RunTool,
    Say,
    ToolAnswered,
    ToolRequested,
)
from calls.live.profile import CallProfile
from calls.live.recorder import Recorder
from calls.live.session import FILLER, CallSession
from calls.live.toolbox import Toolbox
from calls.models import Call
from calls.profiles import profile_of
from calls.tests.engines.listener import Listener
from calls.tests.live.test_bridge import START, ForgettingRecorder
from salesdesk.assistant.capture.defaults import add_default_fields
from salesdesk.assistant.enums import AgentName, ToolStatus, VersionStatus
from salesdesk.assistant.loop.specialists import tools_of
from salesdesk.assistant.models import CapturedFact, HandOver, PromptVersion, ToolInvocation
from salesdesk.assistant.prompting.templates import HOUSE_RULES
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

pytestmark = pytest.mark.django_db(transaction=True)

PUBLISHED = "You answer for {{ business_name }}, and like tulips."
ANSWER = "Of course."


class Nothing(BaseModel):
    pass


class Slow:
    """A :class:`~salesdesk.lib.tools.Tool` that answers when the test lets it."""

    name: ClassVar = "slow"
    description: ClassVar = "Takes its time."
    input: ClassVar[type[BaseModel]] = Nothing
    timeout_s: ClassVar = 10.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False
    begun: ClassVar = threading.Event()
    gate: ClassVar = threading.Event()

    def run(self, context: ToolContext, given: BaseModel) -> ToolResult:
        self.begun.set()
        assert self.gate.wait(10)
        return ToolResult("slow")


class Quick(Slow):
    name: ClassVar = "quick"

    def run(self, context: ToolContext, given: BaseModel) -> ToolResult:
        return ToolResult("quick")


@pytest.fixture(autouse=True)
def _gates() -> None:
    Slow.begun.clear()
    Slow.gate.clear()


@pytest.fixture
def call(business: Business, make_call: Callable[..., Call]) -> Call:
    PromptVersion.objects.create(
        business=business,
        agent="desk",
        number=1,
        template=PUBLISHED,
        status=VersionStatus.PUBLISHED,
    )
    add_default_fields(business)
    return make_call(engine="realtime")


@pytest.fixture
def profile(call: Call) -> CallProfile:
    return profile_of(call)


def asks_for(name: str, **arguments: Any) -> Script:
    return Script(turns=(Turn("", tool=ToolCall(name, json.dumps(arguments))), Turn(ANSWER)))


async def rows(model: Any, count: int) -> list[Any]:
    """The rows of the model, as soon as there are so many: a thread writes them."""
    async with asyncio.timeout(10):
        while await model.objects.acount() < count:  # noqa: ASYNC110  # a thread writes it
            await asyncio.sleep(0.01)
    return [row async for row in model.objects.order_by("pk")]


# ---------------------------------------------------------------- what the model is told


def test_the_model_is_told_what_was_published(profile: CallProfile, business: Business) -> None:
    assert profile.prompt.startswith(HOUSE_RULES)
    assert f"You answer for {business.name}, and like tulips." in profile.prompt


def test_the_model_has_the_tools_of_the_desk(profile: CallProfile) -> None:
    names = {tool["name"] for tool in profile.tools}
    assert names == tools_of(AgentName.DESK) - {"end_call"}
    assert all("parameters" in tool for tool in profile.tools)


async def test_a_session_is_opened_with_both(profile: CallProfile) -> None:
    async with FakeRealtime(asks_for("playbook")) as server, Listener(engine_for(server, profile)):
        (update,) = server.received

    assert update["session"]["instructions"].startswith(profile.prompt)
    told = {tool["name"] for tool in update["session"]["tools"]}
    assert told == {str(tool["name"]) for tool in profile.tools} | {"end_call"}


# ---------------------------------------------------------------- what its tools do


def engine_for(server: FakeRealtime, profile: CallProfile) -> RealtimeEngine:
    return RealtimeEngine(profile, api_key="sk-test", base_url=server.base_url)


async def use_once(server: FakeRealtime, profile: CallProfile) -> list[dict[str, Any]]:
    """The model asks for the script's tool and is answered; what it was sent after the greeting."""
    box = Toolbox(profile)
    async with Listener(engine_for(server, profile)) as listener:
        await listener.engine.send(Respond())
        asked = await listener.next(ToolRequested)
        answered = await box.answer(RunTool(asked.request_id, asked.name, asked.arguments))
        if answered.rebrief is not None:
            await listener.engine.send(answered.rebrief)
        await listener.engine.send(AnswerTool(answered.request_id, answered.output))
        await listener.next(ResponseDone)
    box.close()
    return server.received[2:]


async def test_a_captured_fact_is_kept_and_logged(profile: CallProfile) -> None:
    script = asks_for("capture_fact", field="email", value="maria@example.com", why="told")
    async with FakeRealtime(script) as server:
        output, *_ = await use_once(server, profile)

    assert "Read this back" in output["item"]["output"]
    (fact,) = await rows(CapturedFact, 1)
    assert (fact.thread_id, fact.value) == (profile.thread_id, "maria@example.com")
    (used,) = await rows(ToolInvocation, 1)
    assert (used.thread_id, used.conversation) == (profile.thread_id, profile.call_id)
    assert (used.name, used.agent, used.reason) == ("capture_fact", "desk", "told")


async def test_who_takes_over_is_configured_before_the_answer(profile: CallProfile) -> None:
    script = asks_for("hand_over", to="calendar", reason="wants a visit")
    async with FakeRealtime(script) as server:
        update, output, *_ = await use_once(server, profile)

    assert update["type"] == "session.update"
    assert update["session"]["instructions"].startswith(HOUSE_RULES)
    assert "Your task: appointments" in update["session"]["instructions"]
    names = {tool["name"] for tool in update["session"]["tools"]}
    assert names == tools_of(AgentName.CALENDAR)
    assert output["item"]["output"] == "You are now the Calendar agent."
    (hand_over,) = await rows(HandOver, 1)
    assert hand_over.thread_id == profile.thread_id


async def test_nothing_of_another_customer_reaches_the_model(profile: CallProfile) -> None:
    script = asks_for("customer_history", lead="x" * 16, trust=3)
    async with FakeRealtime(script) as server:
        output, *_ = await use_once(server, profile)

    assert output["item"]["output"] == "There is no such customer in this conversation."
    (used,) = await rows(ToolInvocation, 1)
    assert used.status == ToolStatus.REFUSED


# ---------------------------------------------------------------- order, silence, hanging up


class AskingEngine:
    """Asks for tools, and puts down what it is sent."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.sent: list[EngineCommand] = []
        self._news = asyncio.Event()

    async def open(self) -> None:
        """Nothing to be done."""

    async def events(self) -> AsyncIterator[EngineEvent]:
        for name in self.names:
            yield ToolRequested(name, name, "{}")
        await asyncio.Event().wait()

    async def send(self, command: EngineCommand) -> None:
        self.sent.append(command)
        self._news.set()

    async def close(self) -> None:
        """Nothing to be freed."""

    def answers(self) -> list[AnswerTool]:
        return [each for each in self.sent if isinstance(each, AnswerTool)]

    async def until(self, reached: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not reached():
                self._news.clear()
                await self._news.wait()


class Line:
    """A call with tools of the test's own, on a line without sound."""

    def __init__(self, profile: CallProfile, *tools: str) -> None:
        self.engine = AskingEngine(*tools)
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._messages.put_nowait({"type": "websocket.receive", "text": json.dumps(START)})
        bridge = Bridge(
            call_id=profile.call_id,
            receive=self._messages.get,
            send=self._forget,
            session=CallSession(profile),
            engine=self.engine,
            recorder=cast("Recorder", ForgettingRecorder()),
            toolbox=Toolbox(profile),
            layer=InMemoryChannelLayer(),
            on_start=self._forget,
        )
        self._running = asyncio.create_task(bridge.run())

    async def _forget(self, anything: object) -> None:
        """What the carrier is sent is not looked at."""

    async def hang_up(self) -> Hangup:
        self._messages.put_nowait({"type": "websocket.receive", "text": '{"event": "stop"}'})
        return await asyncio.wait_for(self._running, 10)


@pytest.fixture
def own_tools(settings: Settings) -> None:
    settings.AGENT_TOOLS = [f"{__name__}.Slow", f"{__name__}.Quick"]


@pytest.mark.usefixtures("own_tools")
async def test_answers_come_in_the_order_in_which_they_were_asked(profile: CallProfile) -> None:
    line = Line(profile, "slow", "quick")
    (quick,) = await rows(ToolInvocation, 1)
    assert (quick.name, line.engine.answers()) == ("quick", [])

    Slow.gate.set()
    await line.engine.until(lambda: len(line.engine.answers()) == 2)

    assert [answer.request_id for answer in line.engine.answers()] == ["slow", "quick"]
    await line.hang_up()


@pytest.mark.usefixtures("own_tools")
async def test_who_waits_for_a_slow_tool_is_told_so(profile: CallProfile) -> None:
    line = Line(profile, "slow")

    await line.engine.until(lambda: Say(FILLER) in line.engine.sent)

    Slow.gate.set()
    await line.engine.until(line.engine.answers)
    await line.hang_up()


@pytest.mark.usefixtures("own_tools")
async def test_what_is_found_after_hanging_up_is_logged_as_late(profile: CallProfile) -> None:
    line = Line(profile, "slow")
    assert await asyncio.to_thread(Slow.begun.wait, 10)

    assert (await line.hang_up()).reason == "caller_hung_up"
    Slow.gate.set()

    (used,) = await rows(ToolInvocation, 1)
    assert (used.name, used.status, used.output) == ("slow", ToolStatus.LATE, "")
    assert line.engine.answers() == []
    assert used.thread_id == profile.thread_id


def test_an_answer_after_the_end_is_dropped(profile: CallProfile) -> None:
    session = CallSession(profile)
    session.is_over = True
    assert session.handle(ToolAnswered("slow", "found")) == []
