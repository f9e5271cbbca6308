"""Tools as a call's model asks for them."""

import asyncio
import json
import threading
from typing import ClassVar

import pytest
from pydantic import BaseModel
from pytest_django import Settings

from calls.live import toolbox
from calls.live.events import RunTool, ToolAnswered
from calls.live.profile import CallProfile
from calls.live.toolbox import Toolbox
from salesdesk.assistant.foresight import Foreseen
from salesdesk.assistant.tools import describe
from salesdesk.lib.sources import Sources
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

CITATION = {"document": "d1"}


class Question(BaseModel):
    query: str
    vendor: str = ""


class Search:
    """Remembers what it was asked; ``gate`` holds it back."""

    name: ClassVar = "search"
    description: ClassVar = "Searches."
    input: ClassVar[type[BaseModel]] = Question
    timeout_s: ClassVar = 5.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = "query"
    changes: ClassVar = False
    asked: ClassVar[list[tuple[str, str]]] = []
    begun: ClassVar = threading.Event()
    gate: ClassVar = threading.Event()

    def run(self, context: ToolContext, given: Question) -> ToolResult:
        assert (context.business_id, context.conversation_id) == (7, "c1")
        self.asked.append((given.query, given.vendor))
        self.begun.set()
        assert self.gate.wait(10)
        return ToolResult(f"about {given.query}", (CITATION,))


class Slow(Search):
    name: ClassVar = "slow"
    timeout_s: ClassVar = 0.01
    question_field: ClassVar = ""
    changes: ClassVar = False


@pytest.fixture(autouse=True)
def search(settings: Settings) -> type[Search]:
    settings.AGENT_TOOLS = [f"{__name__}.Search", f"{__name__}.Slow"]
    Search.asked.clear()
    Search.begun.clear()
    Search.gate.set()
    return Search


@pytest.fixture
async def box() -> Toolbox:
    return Toolbox(
        CallProfile(
            call_id="c1",
            business_name="Bright",
            engine="realtime",
            greeting="Hi.",
            prompt="Sell.",
            tools=(describe(Search()), describe(Slow())),
            business_id=7,
            has_documents=True,
        )
    )


def ask(name: str, **arguments: str) -> RunTool:
    return RunTool("t1", name, json.dumps(arguments))


async def test_a_tool_answers_with_its_sources(box: Toolbox) -> None:
    answered = await box.answer(ask("search", query="inverter warranty"))
    assert (answered.request_id, answered.output) == ("t1", "about inverter warranty")
    assert answered.sources is not None
    assert answered.sources.citations == (CITATION,)
    assert not answered.sources.prefetched


async def test_what_the_caller_was_still_saying_has_been_looked_up_already(
    box: Toolbox, search: type[Search]
) -> None:
    box.expect("Does the warranty cover the inverter")
    assert await asyncio.to_thread(search.begun.wait, 10)
    answered = await box.answer(ask("search", query="inverter warranty"))
    assert answered.output == "about Does the warranty cover the inverter"
    assert answered.sources is not None
    assert answered.sources.prefetched
    assert len(search.asked) == 1
    box.close()


async def test_a_narrower_question_is_looked_up_itself(box: Toolbox, search: type[Search]) -> None:
    box.expect("Does the warranty cover the inverter")
    assert await asyncio.to_thread(search.begun.wait, 10)
    answered = await box.answer(ask("search", query="inverter warranty", vendor="Velmora"))
    assert answered.output == "about inverter warranty"
    assert search.asked[-1] == ("inverter warranty", "Velmora")


async def test_an_unknown_tool_is_refused_in_words(box: Toolbox) -> None:
    assert await box.answer(ask("launch_rocket")) == ToolAnswered(
        "t1", '{"error": "There is no such tool."}', None
    )


async def test_a_tool_that_takes_too_long_is_not_waited_for(
    box: Toolbox, search: type[Search]
) -> None:
    search.gate.clear()
    answered = await box.answer(ask("slow", query="x"))
    search.gate.set()
    assert answered.output == json.dumps({"error": toolbox.TOO_SLOW})


async def test_wrong_arguments_are_told(box: Toolbox) -> None:
    assert "query: Field required" in (await box.answer(RunTool("t1", "search", "{}"))).output
    assert "Invalid JSON" in (await box.answer(RunTool("t1", "search", "nonsense"))).output


def test_only_a_question_by_itself_may_have_been_foreseen() -> None:
    tool = Search()
    assert toolbox.question_alone(tool, '{"query": "roof"}') == "roof"
    for arguments in ('{"query": "roof", "vendor": "x"}', "[]", "x", '{"query": 3}'):
        assert toolbox.question_alone(tool, arguments) == ""
    assert toolbox.question_alone(Slow(), '{"query": "roof"}') == ""


def test_a_tool_that_looks_nothing_up_has_no_sources() -> None:
    found = Foreseen(ToolResult("done"), 3, 3, ahead=False)
    assert toolbox.sources_of(Slow(), found) is None
    cited = Foreseen(ToolResult("done", (CITATION,)), 9, 2, ahead=True)
    for tool in (Search(), Slow()):
        assert toolbox.sources_of(tool, cited) == Sources((CITATION,), 9, 2, prefetched=True)


def test_a_search_that_finds_nothing_has_taken_its_time() -> None:
    found = Foreseen(ToolResult("nothing"), 9, 2, ahead=True)
    assert toolbox.sources_of(Search(), found) == Sources((), 9, 2, prefetched=True)


async def test_nothing_is_looked_up_ahead_for_a_business_without_documents(
    search: type[Search],
) -> None:
    profile = CallProfile(
        call_id="c1",
        business_name="Bright",
        engine="realtime",
        greeting="Hi.",
        prompt="Sell.",
        tools=(describe(Search()),),
        business_id=7,
    )
    box = Toolbox(profile)
    box.expect("how long is the inverter warranty")
    await box.answer(ask("search", query="panel warranty"))
    box.close()
    assert [query for query, _ in search.asked] == ["panel warranty"]
