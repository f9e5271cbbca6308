"""How a session of the fake answers: the script's turns, spoken as the API speaks."""

import asyncio
import base64
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openai.types.realtime import (
    ResponseAudioDeltaEvent,
    ResponseAudioDoneEvent,
    ResponseAudioTranscriptDeltaEvent,
    ResponseAudioTranscriptDoneEvent,
    ResponseContentPartAddedEvent,
    ResponseContentPartDoneEvent,
    ResponseCreatedEvent,
    ResponseDoneEvent,
    ResponseFunctionCallArgumentsDoneEvent,
    ResponseOutputItemAddedEvent,
    ResponseOutputItemDoneEvent,
)
from websockets.exceptions import ConnectionClosed

from calls.audio import MULAW_FRAME_BYTES, mulaw_ms
from calls.engines.fake_realtime.checks import Refused
from calls.engines.fake_realtime.items import Items
from calls.engines.fake_realtime.script import Failure, Script, ToolCall, Turn, spoken_audio
from calls.engines.fake_realtime.wire import Wire
from calls.engines.realtime_protocol import line_to_say

CHUNK_BYTES = 5 * MULAW_FRAME_BYTES
USAGE = {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10}


@dataclass(slots=True)
class Budget:
    """How many mishaps the script still has in store, over all connections."""

    drops: int
    failures: int

    def take_drop(self) -> bool:
        self.drops -= 1
        return self.drops >= 0

    def take_failure(self) -> bool:
        self.failures -= 1
        return self.failures >= 0


@dataclass(slots=True)
class Answering:
    """The response under way."""

    response_id: str
    turn: Turn
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    output: list[dict[str, Any]] = field(default_factory=list)
    sent_ms: int = 0

    def as_param(self, status: str) -> dict[str, Any]:
        response = {"id": self.response_id, "object": "realtime.response", "status": status}
        return {**response, "output": self.output}


class Mouth:
    """Gives one answer at a time; a cancelled one ends where it is."""

    def __init__(
        self, wire: Wire, items: Items, script: Script, budget: Budget, tasks: asyncio.TaskGroup
    ) -> None:
        self._tasks = tasks
        self._wire = wire
        self._items = items
        self._script = script
        self._budget = budget
        self._answering: Answering | None = None
        self._task: asyncio.Task[None] | None = None
        self._turns = 0

    def answer(self, instructions: str | None = None) -> None:
        """Begin the next answer. Raises :class:`Refused` while one is under way."""
        if self._answering is not None:
            raise Refused(
                "Conversation already has an active response in progress: "
                f"{self._answering.response_id}. Wait until the response is finished.",
                "conversation_already_has_active_response",
            )
        self._answering = Answering(self._wire.new_id("resp"), self._turn(instructions))
        self._task = self._tasks.create_task(self._give(self._answering))

    def cancel(self, response_id: str | None = None) -> None:
        """Raises :class:`Refused` when no such answer is under way."""
        answering = self._answering
        if answering is None or response_id not in (None, answering.response_id):
            raise Refused(
                "Cancellation failed: no active response found", "response_cancel_not_active"
            )
        answering.cancelled.set()

    @property
    def busy(self) -> bool:
        return self._answering is not None

    def shut(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _turn(self, instructions: str | None) -> Turn:
        line = line_to_say(instructions or "")
        if line is not None:
            return Turn(line)
        turns = self._script.turns
        turn = turns[min(self._turns, len(turns) - 1)]
        self._turns += 1
        return turn

    async def _give(self, answering: Answering) -> None:
        with contextlib.suppress(ConnectionClosed):
            created = answering.as_param("in_progress")
            await self._wire.emit(ResponseCreatedEvent, response=created)
            done = await self._carry_through(answering)
            self._answering = None
            await self._wire.emit(ResponseDoneEvent, response=done)

    async def _carry_through(self, answering: Answering) -> dict[str, Any]:
        """Say and do everything of the turn; returns the finished response."""
        turn = answering.turn
        if turn.failure is not None and self._budget.take_failure():
            return _failed(answering, turn.failure)
        await self._pause(answering, turn.after_ms)
        if turn.text and not answering.cancelled.is_set():
            await self._speak(answering)
        if turn.tool is not None and not answering.cancelled.is_set():
            await self._call(answering, turn.tool)
        return _finished(answering)

    async def _pause(self, answering: Answering, ms: float) -> None:
        """Wait, but not beyond a cancellation; lets other tasks run in any case."""
        await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ms / 1000):
                await answering.cancelled.wait()

    # ------------------------------------------------------------ speech

    async def _speak(self, answering: Answering) -> None:
        item = {"id": self._wire.new_id("item"), "type": "message", "role": "assistant"}
        where = {
            "response_id": answering.response_id,
            "item_id": item["id"],
            "output_index": len(answering.output),
            "content_index": 0,
        }
        await self._open(answering, {**item, "content": []})
        await self._wire.emit(ResponseContentPartAddedEvent, **where, part={"type": "audio"})
        said = await self._speak_words(answering, where)
        await self._wire.emit(ResponseAudioDoneEvent, **where)
        await self._wire.emit(ResponseAudioTranscriptDoneEvent, **where, transcript=said)
        part = {"type": "audio", "transcript": said}
        await self._wire.emit(ResponseContentPartDoneEvent, **where, part=part)
        content = [{"type": "output_audio", "transcript": said}]
        await self._close(answering, {**item, "content": content})

    async def _speak_words(self, answering: Answering, where: Mapping[str, Any]) -> str:
        said = ""
        for word in answering.turn.text.split():
            if answering.cancelled.is_set():
                break
            said = f"{said} {word}".lstrip()
            await self._wire.emit(ResponseAudioTranscriptDeltaEvent, **where, delta=f"{word} ")
            await self._sound(answering, where, spoken_audio(f"{word} "))
        return said

    async def _sound(self, answering: Answering, where: Mapping[str, Any], audio: bytes) -> None:
        for at in range(0, len(audio), CHUNK_BYTES):
            if answering.cancelled.is_set():
                return
            chunk = audio[at : at + CHUNK_BYTES]
            delta = base64.b64encode(chunk).decode()
            await self._wire.emit(ResponseAudioDeltaEvent, **where, delta=delta)
            answering.sent_ms += mulaw_ms(chunk)
            self._items.spoke(where["item_id"], mulaw_ms(chunk))
            self._break_if_due(answering)
            if self._script.pace:
                await self._pause(answering, mulaw_ms(chunk) / self._script.pace)

    def _break_if_due(self, answering: Answering) -> None:
        due_ms = answering.turn.drop_after_ms
        if due_ms is not None and answering.sent_ms >= due_ms and self._budget.take_drop():
            self._wire.drop()

    # ------------------------------------------------------------ tools and items

    async def _call(self, answering: Answering, tool: ToolCall) -> None:
        item = {
            "id": self._wire.new_id("item"),
            "type": "function_call",
            "call_id": self._wire.new_id("call"),
            "name": tool.name,
        }
        await self._open(answering, {**item, "arguments": ""})
        await self._wire.emit(
            ResponseFunctionCallArgumentsDoneEvent,
            response_id=answering.response_id,
            item_id=item["id"],
            output_index=len(answering.output),
            call_id=item["call_id"],
            name=tool.name,
            arguments=tool.arguments,
        )
        await self._close(answering, {**item, "arguments": tool.arguments})

    async def _open(self, answering: Answering, item: dict[str, Any]) -> None:
        opened = {**item, "status": "in_progress"}
        await self._wire.emit(
            ResponseOutputItemAddedEvent,
            response_id=answering.response_id,
            output_index=len(answering.output),
            item=opened,
        )
        await self._items.open(opened)

    async def _close(self, answering: Answering, item: dict[str, Any]) -> None:
        status = "incomplete" if answering.cancelled.is_set() else "completed"
        closed = {**item, "status": status}
        await self._wire.emit(
            ResponseOutputItemDoneEvent,
            response_id=answering.response_id,
            output_index=len(answering.output),
            item=closed,
        )
        await self._items.finish(closed)
        answering.output.append(closed)


def _finished(answering: Answering) -> dict[str, Any]:
    if not answering.cancelled.is_set():
        return {**answering.as_param("completed"), "usage": USAGE}
    details = {"type": "cancelled", "reason": "client_cancelled"}
    return {**answering.as_param("cancelled"), "status_details": details, "usage": USAGE}


def _failed(answering: Answering, failure: Failure) -> dict[str, Any]:
    error = {"type": failure.kind, "code": failure.code}
    details = {"type": "failed", "error": error}
    return {**answering.as_param("failed"), "status_details": details}
