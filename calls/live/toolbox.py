"""The tools that a call's model may ask for, run off the event loop."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from calls.live.events import RunTool, ToolAnswered
from calls.live.profile import CallProfile
from calls.live.records import in_searching_thread
from calls.live.searching import in_search_process
from salesdesk.assistant.foresight import Foreseen, Foresight
from salesdesk.assistant.tools import UNKNOWN, run_tool, tools_for
from salesdesk.lib.sources import Sources
from salesdesk.lib.tools import Tool, ToolContext, ToolResult, Trust

log = logging.getLogger(__name__)

TOO_SLOW = "This takes too long. Say so, and offer that a colleague gets in touch."


class Toolbox:
    """One call's tools: those of its profile.

    A tool that looks up what the caller asks is run while the caller still speaks; the model's
    own call of it is then answered at once, where it asks for nearly the same.
    """

    def __init__(self, profile: CallProfile) -> None:
        named = {str(described["name"]) for described in profile.tools}
        known = tools_for(Trust.CALLER)
        self._profile = profile
        self._tools = {name: known[name] for name in named & known.keys()}
        self._ahead = {
            name: Foresight(self._looking_up(tool))
            for name, tool in self._tools.items()
            if tool.question_field
        }

    def expect(self, text: str) -> None:
        """The caller has said this so far; without documents there is nothing to look up ahead."""
        if not self._profile.has_documents:
            return
        for foresight in self._ahead.values():
            foresight.expect(text)

    async def answer(self, asked: RunTool) -> ToolAnswered:
        """What the tool says, or in words why it says nothing."""
        tool = self._tools.get(asked.name)
        if tool is None:
            log.warning("a model asked for a tool that there is not")
            return ToolAnswered(asked.request_id, json.dumps({"error": UNKNOWN}))
        try:
            async with asyncio.timeout(tool.timeout_s):
                found = await self._run(tool, asked.arguments)
        except TimeoutError:
            log.error("tool %s took longer than %s s", tool.name, tool.timeout_s)
            return ToolAnswered(asked.request_id, json.dumps({"error": TOO_SLOW}))
        return ToolAnswered(asked.request_id, found.value.output, sources_of(tool, found))

    def close(self) -> None:
        for foresight in self._ahead.values():
            foresight.close()

    async def _run(self, tool: Tool, arguments: str) -> Foreseen[ToolResult]:
        question = question_alone(tool, arguments)
        if question:
            return await self._ahead[tool.name].find(question)
        began = asyncio.get_running_loop().time()
        result = await in_searching_thread(run_tool, tool, arguments, self._context())
        took_ms = round((asyncio.get_running_loop().time() - began) * 1000)
        return Foreseen(result, took_ms, took_ms, ahead=False)

    def _looking_up(self, tool: Tool) -> Callable[[str], Awaitable[ToolResult]]:
        def look_up(question: str) -> Awaitable[ToolResult]:
            arguments = json.dumps({tool.question_field: question})
            return in_search_process(run_tool, tool, arguments, self._context())

        return look_up

    def _context(self) -> ToolContext:
        assert self._profile.business_id is not None, "a call with tools belongs to a business"
        return ToolContext(self._profile.business_id, self._profile.call_id, datetime.now(tz=UTC))


def question_alone(tool: Tool, arguments: str) -> str:
    """The question in a tool's arguments where there is nothing else in them, or nothing."""
    if not tool.question_field:
        return ""
    try:
        given = json.loads(arguments)
    except ValueError:
        return ""
    if not isinstance(given, dict) or given.keys() != {tool.question_field}:
        return ""
    question = given[tool.question_field]
    return question if isinstance(question, str) else ""


def sources_of(tool: Tool, found: Foreseen[ToolResult]) -> Sources | None:
    """The passages that the model was told, and what finding them cost, even where there are none.

    Nothing for a tool that looks nothing up.
    """
    if not tool.question_field and not found.value.citations:
        return None
    return Sources(found.value.citations, found.took_ms, found.waited_ms, found.ahead)
