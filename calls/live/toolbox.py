"""The tools that a call's model may ask for, run off the event loop."""

import asyncio
import json
import logging
from datetime import UTC, datetime
from typing import Any

from calls.briefing import brief_call
from calls.live.events import Rebrief, RunTool, ToolAnswered
from calls.live.profile import CallProfile
from calls.live.records import in_thread
from calls.live.searching import SEARCHING
from salesdesk.assistant.loop.turn import HAND_OVER
from salesdesk.assistant.memory.keeping import hand_over, store_invocation
from salesdesk.assistant.offline.steps import ToolUse
from salesdesk.assistant.tools.answers import as_read
from salesdesk.assistant.tools.registry import without_reason
from salesdesk.assistant.tools.running import ToolRunner, Used
from salesdesk.lib.tools import ToolContext

log = logging.getLogger(__name__)


class Toolbox:
    """One call's tools, for an engine whose model asks for them itself.

    A tool that looks up what the caller asks is run while the caller still speaks; the model's
    own call of it is then answered at once, where it asks for nearly the same. Each use is put
    down in the log, also one for which nobody waited in the end.
    """

    def __init__(self, profile: CallProfile) -> None:
        self._profile = profile
        self._agent = profile.agent
        self._runner = ToolRunner(
            _context(profile),
            searching=SEARCHING,
            may_look_ahead=bool(profile.tools) and profile.has_documents,
        )
        self._writing: set[asyncio.Task[None]] = set()

    def expect(self, text: str) -> None:
        """The caller has said this so far; who speaks again may ask for the same once more."""
        self._runner.begin_turn()
        self._runner.expect(text)

    async def answer(self, asked: RunTool) -> ToolAnswered:
        """What the tool says, or in words why it says nothing."""
        try:
            used = await self._runner.run(_use(asked), agent=self._agent)
        finally:
            self._put_down()
        rebrief = await self._hand_over(used) if used.use.name == HAND_OVER else None
        return ToolAnswered(asked.request_id, as_read(used), used.sources, rebrief)

    def close(self) -> None:
        self._runner.close()

    async def _hand_over(self, used: Used) -> Rebrief | None:
        """The instructions and tools of the agent that goes on; nothing where none does."""
        to = used.result.data.get("to")
        if to is None or self._profile.thread_id is None:
            return None
        await in_thread(hand_over, self._profile.thread_id, used)
        self._agent = str(to)
        return await in_thread(_rebrief, self._profile)

    def _put_down(self) -> None:
        """Also when the call is over: nothing of it waits for the log."""
        for used in self._runner.take_log():
            task = asyncio.create_task(self._store(used))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def _store(self, used: Used) -> None:
        try:
            await in_thread(store_invocation, self._runner.context, used)
        except Exception:  # the call goes on without its log
            log.exception("a tool's use could not be put down")


def _context(profile: CallProfile) -> ToolContext:
    return ToolContext(
        profile.business_id or 0,
        profile.call_id,
        datetime.now(tz=UTC),
        customer_phone=profile.customer_phone,
        thread_id=profile.thread_id,
    )


def _use(asked: RunTool) -> ToolUse:
    """What is no object of JSON is taken as no arguments, and refused where some are needed."""
    try:
        given: Any = json.loads(asked.arguments or "{}")
    except ValueError:
        given = {}
    arguments, why = without_reason(given if isinstance(given, dict) else {})
    return ToolUse(asked.name, arguments, why)


def _rebrief(profile: CallProfile) -> Rebrief:
    assert profile.business_id is not None, "a call with tools belongs to a business"
    briefing = brief_call(
        profile.business_id,
        profile.call_id,
        phone=profile.customer_phone,
        direction=profile.direction,
    )
    return Rebrief(briefing.prompt, briefing.tools)
