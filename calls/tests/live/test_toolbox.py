"""Tools as a call's speech-to-speech model asks for them."""

import asyncio
import json
import threading
from typing import ClassVar

import pytest
from channels.db import database_sync_to_async
from pydantic import BaseModel
from pytest_django import Settings

from calls.briefing import brief_call
from calls.live.events import RunTool
from calls.live.profile import CallProfile
from calls.live.toolbox import Toolbox
from salesdesk.assistant.enums import ToolStatus
from salesdesk.assistant.models import HandOver, Thread, ToolInvocation
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

pytestmark = pytest.mark.django_db(transaction=True)

CITATION = {"document": "d1"}


class Question(BaseModel):
    query: str


class Search:
    """Remembers what it was asked; ``gate`` holds it back."""

    name: ClassVar = "search_knowledge"
    description: ClassVar = "Searches."
    input: ClassVar[type[BaseModel]] = Question
    timeout_s: ClassVar = 5.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = "query"
    changes: ClassVar = False
    asked: ClassVar[list[ToolContext]] = []
    begun: ClassVar = threading.Event()
    gate: ClassVar = threading.Event()

    def run(self, context: ToolContext, given: Question) -> ToolResult:
        self.asked.append(context)
        self.begun.set()
        assert self.gate.wait(10)
        return ToolResult(f"about {given.query}", (CITATION,), confidence=0.8)


class Book(Search):
    name: ClassVar = "book_appointment"
    question_field: ClassVar = ""
    changes: ClassVar = True


@pytest.fixture(autouse=True)
def _tools(settings: Settings) -> None:
    settings.AGENT_TOOLS = [
        f"{__name__}.Search",
        f"{__name__}.Book",
        "salesdesk.assistant.tools.own.EndCall",
        "salesdesk.assistant.tools.own.HandOver",
    ]
    Search.asked.clear()
    Search.begun.clear()
    Search.gate.set()


@pytest.fixture
async def box(business: Business) -> Toolbox:
    briefing = await database_sync_to_async(brief_call)(
        business.pk, "c1", phone="+14155550199", direction="inbound"
    )
    return Toolbox(
        CallProfile(
            call_id="c1",
            business_name="Bright",
            engine="realtime",
            greeting="Hi.",
            prompt=briefing.prompt,
            tools=briefing.tools,
            business_id=business.pk,
            customer_phone="+14155550199",
            has_documents=True,
            thread_id=briefing.thread_id,
        )
    )


def ask(name: str, **arguments: str) -> RunTool:
    return RunTool("t1", name, json.dumps(arguments))


async def logged() -> ToolInvocation:
    """The one row of the log, as soon as it is there."""
    async with asyncio.timeout(10):
        while (row := await ToolInvocation.objects.afirst()) is None:  # noqa: ASYNC110  # a thread writes it
            await asyncio.sleep(0.01)
    return row


def as_data(name: str, words: str) -> str:
    """As a model reads what comes from outside."""
    return f"⟦data: {name}⟧\n{words}\n⟦end of data⟧"


def names(tools: object) -> set[str]:
    assert isinstance(tools, tuple)
    return {tool["name"] for tool in tools}


# ---------------------------------------------------------------- what a model is told


async def test_the_desk_is_briefed_like_any_agent(box: Toolbox, business: Business) -> None:
    briefing = await database_sync_to_async(brief_call)(
        business.pk, "c1", phone="+14155550199", direction="inbound"
    )

    assert business.name in briefing.prompt and business.prompt in briefing.prompt
    assert names(briefing.tools) == {"search_knowledge", "hand_over"}
    assert await Thread.objects.acount() == 1


# ---------------------------------------------------------------- tools


async def test_a_tool_answers_with_its_sources_and_is_logged(box: Toolbox) -> None:
    answered = await box.answer(ask("search_knowledge", query="inverter", why="asked for it"))

    assert answered.request_id == "t1"
    assert answered.output == as_data("search knowledge", "about inverter")
    assert answered.sources is not None and answered.sources.citations == (CITATION,)
    assert not answered.sources.prefetched
    (context,) = Search.asked
    assert (context.conversation_id, context.customer_phone) == ("c1", "+14155550199")
    row = await logged()
    assert (row.name, row.status, row.reason, row.confidence) == (
        "search_knowledge",
        ToolStatus.OK,
        "asked for it",
        0.8,
    )
    assert row.arguments == {"query": "inverter"}


async def test_what_the_caller_was_still_saying_has_been_looked_up_already(box: Toolbox) -> None:
    box.expect("Does the warranty cover the inverter")
    assert await asyncio.to_thread(Search.begun.wait, 10)

    answered = await box.answer(ask("search_knowledge", query="inverter warranty", why="x"))

    told = as_data("search knowledge", "about Does the warranty cover the inverter")
    assert answered.output == told
    assert answered.sources is not None and answered.sources.prefetched
    box.close()


async def test_what_changes_something_is_done_again_only_after_the_caller_spoke(
    box: Toolbox,
) -> None:
    await box.answer(ask("book_appointment", query="Monday"))
    await box.answer(ask("book_appointment", query="Monday"))
    assert len(Search.asked) == 1

    box.expect("Yes.")
    await box.answer(ask("book_appointment", query="Monday"))

    assert len(Search.asked) == 2
    box.close()


async def test_another_agent_goes_on_with_its_own_tools(box: Toolbox) -> None:
    answered = await box.answer(ask("hand_over", to="calendar", reason="wants a visit"))

    assert answered.rebrief is not None
    assert names(answered.rebrief.tools) == {"search_knowledge", "hand_over", "book_appointment"}
    assert (await HandOver.objects.aget()).to_agent == "calendar"
    assert (await Thread.objects.aget()).agent == "calendar"


@pytest.mark.parametrize("arguments", ["{}", "nonsense", "[]", "3"])
async def test_wrong_arguments_are_told(box: Toolbox, arguments: str) -> None:
    answered = await box.answer(RunTool("t1", "search_knowledge", arguments))

    assert "query: Field required" in answered.output
    assert (await logged()).status == ToolStatus.INVALID


async def test_an_unknown_tool_is_refused_in_words(box: Toolbox) -> None:
    assert (await box.answer(ask("launch_rocket"))).output == "There is no such tool."
    assert (await logged()).name == "launch_rocket"


async def test_a_tool_that_outlasts_the_call_is_logged_as_late(box: Toolbox) -> None:
    Search.gate.clear()
    asking = asyncio.create_task(box.answer(ask("book_appointment", query="Monday")))
    assert await asyncio.to_thread(Search.begun.wait, 10)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    Search.gate.set()

    assert (await logged()).status == ToolStatus.LATE
