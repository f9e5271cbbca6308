"""A conversation's tools: in time, once, ahead of the question, and in the log."""

import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import ClassVar

import pytest
from django.conf import LazySettings
from pydantic import BaseModel

from salesdesk.assistant.enums import ToolStatus
from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.tools.running import TOO_SLOW, ToolRunner
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

HERE = "salesdesk.assistant.tests.tools.test_running"
CONTEXT = ToolContext(7, "c1", datetime(2026, 11, 20, tzinfo=UTC))


class Question(BaseModel):
    query: str = ""
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
    asked: ClassVar[list[str]] = []
    begun: ClassVar = threading.Event()
    gate: ClassVar = threading.Event()

    def run(self, context: ToolContext, given: Question) -> ToolResult:
        self.asked.append(given.query)
        self.begun.set()
        assert self.gate.wait(10)
        return ToolResult(f"about {given.query}", ({"passage": "p1"},))


class Book(Search):
    name: ClassVar = "book"
    question_field: ClassVar = ""
    changes: ClassVar = True


class Slow(Book):
    name: ClassVar = "slow"
    timeout_s: ClassVar = 0.01


class Secret(Book):
    name: ClassVar = "secret"
    role: ClassVar = Trust.MANAGER


@pytest.fixture
def runner(settings: LazySettings) -> Iterator[ToolRunner]:
    settings.AGENT_TOOLS = [f"{HERE}.{name}" for name in ("Search", "Book", "Slow", "Secret")]
    Search.asked.clear()
    Search.begun.clear()
    Search.gate.set()
    made = ToolRunner(CONTEXT)
    yield made
    Search.gate.set()
    made.close()


async def test_a_tool_answers_and_stands_in_the_log(runner: ToolRunner) -> None:
    used = await runner.run(ToolUse("book", {"query": "Monday"}, "wants a visit"), agent="calendar")

    assert (used.result.output, used.status) == ("about Monday", ToolStatus.OK)
    assert (used.agent, used.use.why) == ("calendar", "wants a visit")
    assert runner.take_log() == [used]
    assert runner.take_log() == []


async def test_what_was_still_being_said_has_been_looked_up(runner: ToolRunner) -> None:
    runner.expect("Does the warranty cover the inverter")
    assert await asyncio.to_thread(Search.begun.wait, 10)

    used = await runner.run(ToolUse("search", {"query": "inverter warranty"}))

    assert used.result.output == "about Does the warranty cover the inverter"
    assert used.sources is not None and used.sources.prefetched
    assert Search.asked == ["Does the warranty cover the inverter"]


async def test_a_narrower_question_is_looked_up_itself(runner: ToolRunner) -> None:
    runner.expect("Does the warranty cover the inverter")
    use = ToolUse("search", {"query": "inverter warranty", "vendor": "Velmora"})

    used = await runner.run(use)

    assert used.result.output == "about inverter warranty"
    assert used.sources is not None and not used.sources.prefetched


async def test_what_changes_something_is_done_once_in_a_turn(runner: ToolRunner) -> None:
    use = ToolUse("book", {"query": "Monday"})
    first, second = await runner.run(use), await runner.run(use)
    assert second is first

    runner.begin_turn()
    await runner.run(use)

    assert Search.asked == ["Monday", "Monday"]


async def test_what_changes_something_is_done_alone(runner: ToolRunner) -> None:
    Search.gate.clear()
    uses = [ToolUse("book", {"query": day}) for day in ("Monday", "Monday", "Tuesday")]
    running = asyncio.gather(*(runner.run(use) for use in uses))
    assert await asyncio.to_thread(Search.begun.wait, 10)
    beside = await runner.run(ToolUse("launch_rocket"))
    assert (beside.status, Search.asked) == (ToolStatus.REFUSED, ["Monday"])

    Search.gate.set()
    first, again, _ = await running

    assert again is first
    assert Search.asked == ["Monday", "Tuesday"]


async def test_what_takes_too_long_is_not_waited_for(runner: ToolRunner) -> None:
    Search.gate.clear()

    used = await runner.run(ToolUse("slow", {"query": "x"}))

    assert (used.status, used.result.output) == (ToolStatus.TIMED_OUT, TOO_SLOW)


@pytest.mark.parametrize("name", ["secret", "launch_rocket"])
async def test_a_tool_for_others_is_as_if_it_were_not_there(runner: ToolRunner, name: str) -> None:
    used = await runner.run(ToolUse(name))

    assert (used.status, used.result.output) == (ToolStatus.REFUSED, "There is no such tool.")
    assert Search.asked == []


async def test_wrong_arguments_are_told_and_logged(runner: ToolRunner) -> None:
    used = await runner.run(ToolUse("book", {"query": 7}))

    assert used.status == ToolStatus.INVALID
    assert "query: Input should be a valid string" in used.error


async def test_what_nobody_waits_for_any_more_is_logged_as_late(runner: ToolRunner) -> None:
    Search.gate.clear()
    running = asyncio.create_task(runner.run(ToolUse("book", {"query": "x"})))
    assert await asyncio.to_thread(Search.begun.wait, 10)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    (late,) = runner.take_log()
    assert late.status == ToolStatus.LATE
