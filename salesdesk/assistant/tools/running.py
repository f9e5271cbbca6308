"""One conversation's tools: run within their time, looked up ahead, and put down in a log."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, ParamSpec, Protocol, TypeVar

from salesdesk.assistant.enums import AgentName, ToolStatus
from salesdesk.assistant.loop.foresight import Foreseen, Foresight
from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.tools.registry import UNKNOWN, Outcome, refused, tools_for, use_tool
from salesdesk.lib.sources import Sources
from salesdesk.lib.threads import DatabaseThreads
from salesdesk.lib.tools import Tool, ToolContext, ToolResult

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

NOBODY_WAITED = "The customer spoke or hung up before it answered."
TOO_SLOW = "This takes too long. Say so, and offer that a colleague gets in touch."

_threads = DatabaseThreads(8, "tools")


class Threads(Protocol):
    """Where tools run: :class:`~salesdesk.lib.threads.DatabaseThreads` or the like."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T: ...


@dataclass(frozen=True, slots=True)
class Used:
    """A tool was used, and what became of it; ``sources`` are the passages it told of."""

    use: ToolUse
    agent: str
    status: str
    result: ToolResult
    error: str
    at: datetime
    latency_ms: int
    sources: Sources | None = None


@dataclass(slots=True)
class ToolRunner:
    """The tools that may be used in one conversation.

    A tool that looks up what the customer asks can be run while they still speak (``expect``); the
    agent's own use of it is then answered at once, where it asks for nearly the same. A tool that
    changes something is run alone, and once for the same arguments in a turn: a second use, after a
    model had to be asked again, gets the same answer. ``log`` is what was used and not yet taken.
    ``searching`` is where things are looked up, if not in ``threads``.
    """

    context: ToolContext
    threads: Threads = _threads
    searching: Threads | None = None
    may_look_ahead: bool = True
    log: list[Used] = field(default_factory=list)
    _tools: Mapping[str, Tool] = field(init=False)
    _ahead: dict[str, Foresight[Outcome]] = field(init=False)
    _done: dict[str, Used] = field(default_factory=dict)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self._tools = tools_for(self.context.trust)
        self._ahead = {
            name: Foresight(self._looking_up(tool))
            for name, tool in self._tools.items()
            if tool.question_field and self.may_look_ahead
        }

    @property
    def tools(self) -> Mapping[str, Tool]:
        return self._tools

    def begin_turn(self) -> None:
        self._done.clear()

    def expect(self, text: str) -> None:
        """The customer has said this so far."""
        for foresight in self._ahead.values():
            foresight.expect(text)

    async def run(self, use: ToolUse, *, agent: str = AgentName.DESK) -> Used:
        """Use a tool. What goes wrong is told in the result's words; nothing is raised."""
        at = datetime.now(tz=UTC)
        try:
            async with self._alone(use):
                return self._done.get(use.key) or await self._run_logged(use, agent, at)
        except asyncio.CancelledError:
            self.log.append(_too_late(use, agent, at))
            raise

    def _alone(self, use: ToolUse) -> AbstractAsyncContextManager[object]:
        tool = self._tools.get(use.name)
        return self._changing if tool and tool.changes else nullcontext()

    async def _run_logged(self, use: ToolUse, agent: str, at: datetime) -> Used:
        used = await self._run(use, agent, at)
        self.log.append(used)
        if used.status == ToolStatus.OK and self._tools[use.name].changes:
            self._done[use.key] = used
        return used

    def take_log(self) -> list[Used]:
        taken, self.log = self.log, []
        return taken

    def close(self) -> None:
        """Give up what is being looked up ahead; safe to call twice."""
        for foresight in self._ahead.values():
            foresight.close()

    async def _run(self, use: ToolUse, agent: str, at: datetime) -> Used:
        began = asyncio.get_running_loop().time()
        tool = self._tools.get(use.name)
        if tool is None:
            log.warning("an agent asked for a tool that there is not")
            return Used(use, agent, ToolStatus.REFUSED, refused(UNKNOWN).result, UNKNOWN, at, 0)
        found = await self._within_time(tool, use)
        took_ms = round((asyncio.get_running_loop().time() - began) * 1000)
        outcome = found.value
        return Used(
            use,
            agent,
            outcome.status,
            outcome.result,
            outcome.error,
            at,
            took_ms,
            sources_of(tool, found),
        )

    async def _within_time(self, tool: Tool, use: ToolUse) -> Foreseen[Outcome]:
        try:
            async with asyncio.timeout(tool.timeout_s):
                return await self._find(tool, use.arguments)
        except TimeoutError:
            log.error("tool %s took longer than %s s", tool.name, tool.timeout_s)
            late = Outcome(ToolResult(TOO_SLOW), ToolStatus.TIMED_OUT, TOO_SLOW)
            limit_ms = round(tool.timeout_s * 1000)
            return Foreseen(late, limit_ms, limit_ms, ahead=False)

    async def _find(self, tool: Tool, arguments: Mapping[str, Any]) -> Foreseen[Outcome]:
        question = arguments.get(tool.question_field) if len(arguments) == 1 else None
        if isinstance(question, str) and tool.name in self._ahead:
            return await self._ahead[tool.name].find(question)
        began = asyncio.get_running_loop().time()
        outcome = await self._in_thread(tool, arguments)
        took_ms = round((asyncio.get_running_loop().time() - began) * 1000)
        return Foreseen(outcome, took_ms, took_ms, ahead=False)

    def _looking_up(self, tool: Tool) -> Callable[[str], Awaitable[Outcome]]:
        return lambda question: self._in_thread(tool, {tool.question_field: question})

    async def _in_thread(self, tool: Tool, arguments: Mapping[str, Any]) -> Outcome:
        context = replace(self.context, now=datetime.now(tz=UTC))
        threads = (tool.question_field and self.searching) or self.threads
        return await threads.run(use_tool, tool, json.dumps(arguments), context)


def _too_late(use: ToolUse, agent: str, at: datetime) -> Used:
    """Nobody waits for the tool any more; what it does meanwhile is not heard of."""
    took_ms = round((datetime.now(tz=UTC) - at).total_seconds() * 1000)
    return Used(use, agent, ToolStatus.LATE, ToolResult(""), NOBODY_WAITED, at, took_ms)


def sources_of(tool: Tool, found: Foreseen[Outcome]) -> Sources | None:
    """The passages that the model was told, and what finding them cost, even where there are none.

    Nothing for a tool that looks nothing up.
    """
    citations = found.value.result.citations
    if not tool.question_field and not citations:
        return None
    return Sources(citations, found.took_ms, found.waited_ms, found.ahead)
