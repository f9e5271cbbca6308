"""The only driver of a call: moves events from the sockets to the session, commands back out.

One task group; every event is handled under one lock, so that commands go out in the order in
which they were decided. Timers and supervisor commands come in through one inbox.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any, assert_never

from channels.layers import BaseChannelLayer

from calls import push
from calls.engines.base import Engine
from calls.live.events import (
    AnsweredBy,
    AnswerTool,
    CallerFinal,
    CallerInterim,
    CancelResponse,
    CarrierCommand,
    ClearPlayback,
    Command,
    EngineFailed,
    Event,
    Hangup,
    HangupRequested,
    HearCaller,
    Instruct,
    InstructRequested,
    PassDigits,
    PauseRequested,
    PickedUp,
    PlayAudio,
    Rebrief,
    RecordEvent,
    RecordInterim,
    RecordUtterance,
    Respond,
    ResumeRequested,
    RunTool,
    Say,
    SayRequested,
    SendMark,
    StartTimer,
    StopTimer,
    StreamLost,
    StreamStarted,
    SupervisorEvent,
    TimerFired,
    TruncateItem,
)
from calls.live.media_stream import MalformedMessage, MediaStreamCodec
from calls.live.recorder import Recorder, RecorderFailed
from calls.live.session import CallSession
from calls.live.toolbox import Toolbox
from salesdesk.lib.errors import SalesdeskError

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
OnStart = Callable[[StreamStarted], Awaitable[None]]

START_WITHIN_SECONDS = 10


class Bridge:
    """Drives one media stream from its first message to its end."""

    def __init__(
        self,
        *,
        call_id: str,
        receive: Receive,
        send: Send,
        session: CallSession,
        engine: Engine,
        recorder: Recorder,
        toolbox: Toolbox,
        layer: BaseChannelLayer,
        on_start: OnStart,
    ) -> None:
        self._call_id = call_id
        self._receive = receive
        self._send = send
        self._session = session
        self._engine = engine
        self._recorder = recorder
        self._toolbox = toolbox
        self._layer = layer
        self._on_start = on_start
        self._codec = MediaStreamCodec()
        self._lock = asyncio.Lock()
        self._inbox: asyncio.Queue[tuple[Event, asyncio.TimerHandle | None]] = asyncio.Queue()
        self._tools_asked: asyncio.Queue[RunTool] = asyncio.Queue()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._ended: asyncio.Future[Hangup] = asyncio.get_running_loop().create_future()

    async def run(self) -> Hangup:
        """Bridge until somebody hangs up or something breaks; how it ended.

        The recorder has then written everything; the socket is still open.
        """
        recording = asyncio.create_task(self._recorder.run(), name="recorder")
        recording.add_done_callback(self._recorder_stopped)
        try:
            await self._run_until_ended()
            ended = self._ended.result()
            return await self._finish_recording(ended)
        except ExceptionGroup:
            await self._finish_recording(Hangup("media_failed"))
            raise
        finally:
            recording.cancel()
            for timer in self._timers.values():
                timer.cancel()
            self._toolbox.close()
            await self._engine.close()

    async def _run_until_ended(self) -> None:
        """Subscribing stays outside the group: the Redis client swallows a cancellation there."""
        channel = await self._layer.new_channel()
        supervisors = push.live_group(self._call_id)
        await self._layer.group_add(supervisors, channel)
        try:
            await self._run_tasks(channel)
        finally:
            await self._layer.group_discard(supervisors, channel)

    async def _run_tasks(self, channel: str) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._read_carrier(), name="carrier"),
                group.create_task(self._read_engine(), name="engine"),
                group.create_task(self._read_inbox(), name="inbox"),
                group.create_task(self._run_tools(), name="tools"),
                group.create_task(self._read_supervisors(channel), name="supervisors"),
            ]
            await self._ended
            for task in tasks:
                task.cancel()

    async def _finish_recording(self, ended: Hangup) -> Hangup:
        try:
            await self._recorder.drained()
        except TimeoutError:
            log.error("records were lost: they could not be written in time")
            return Hangup("recorder_failed", "The end of the transcript could not be stored.")
        return ended

    def _recorder_stopped(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception() is not None:
            log.error("the recorder stopped", exc_info=task.exception())
            self._end(Hangup("recorder_failed", "The transcript could not be stored."))

    # ------------------------------------------------------------ where events come from

    async def _read_carrier(self) -> None:
        try:
            async with asyncio.timeout(START_WITHIN_SECONDS) as until_start:
                while True:
                    message = await self._receive()
                    event = self._decode(message)
                    if event is None:
                        continue
                    if type(event) is StreamStarted:
                        await self._on_start(event)
                        until_start.reschedule(None)
                    await self._handle(event)
        except TimeoutError:
            await self._handle(StreamLost("The audio connection was opened but never used."))
        except SalesdeskError as error:
            await self._handle(StreamLost(error.message))

    def _decode(self, message: dict[str, Any]) -> Event | None:
        text = message.get("text")
        if text is None:
            return _without_text(message)
        try:
            event = self._codec.decode(text)
        except MalformedMessage as error:
            log.warning("media stream broken off: %s", error)
            return StreamLost("The carrier sent audio that cannot be understood.")
        if event is not None and not self._codec.stream_sid:
            log.warning("media stream broken off: %s before start", type(event).__name__)
            return StreamLost("The carrier sent audio before its beginning.")
        return event

    async def _read_engine(self) -> None:
        try:
            await self._engine.open()
        except SalesdeskError as error:
            log.warning("the voice engine did not open: %s", error.message)
            await self._handle(EngineFailed(error.message))
            return
        async for event in self._engine.events():
            if isinstance(event, CallerInterim | CallerFinal):
                self._toolbox.expect(event.text)
            await self._handle(event)
        if not self._session.is_over:
            await self._handle(EngineFailed("The voice engine stopped."))

    async def _read_inbox(self) -> None:
        while True:
            event, timer = await self._inbox.get()
            if timer is None or self._is_due(event, timer):
                await self._handle(event)

    async def _run_tools(self) -> None:
        """Tools work side by side; their answers go back in the order in which they were asked.

        Nobody waits longer for that: the model speaks when the last of them has answered.
        """
        async with asyncio.TaskGroup() as group:
            before: asyncio.Task[None] | None = None
            while True:
                asked = await self._tools_asked.get()
                before = group.create_task(self._run_tool(asked, before))

    async def _run_tool(self, asked: RunTool, before: asyncio.Task[None] | None) -> None:
        answered = await self._toolbox.answer(asked)
        if before is not None:
            await before
        await self._inbox.put((answered, None))

    async def _read_supervisors(self, channel: str) -> None:
        while True:
            message = await self._layer.receive(channel)
            await self._inbox.put((supervisor_event(message), None))

    # ------------------------------------------------------------ where commands go

    async def _handle(self, event: Event) -> None:
        """Called fifty times a second each way, so the lock is taken without a context."""
        await self._lock.acquire()
        try:
            for command in self._session.handle(event):
                sending = self._carry_out(command)
                if sending is not None:
                    await sending
        finally:
            self._lock.release()

    def _carry_out(  # noqa: C901  # one line a type
        self, command: Command
    ) -> Awaitable[None] | None:
        """Do it at once, or return what must be awaited; audio stands first."""
        match command:
            case HearCaller():
                return self._engine.send(command)
            case PlayAudio() | SendMark() | ClearPlayback():
                return self._to_carrier(command)
            case (
                Respond()
                | Say()
                | Instruct()
                | CancelResponse()
                | TruncateItem()
                | PassDigits()
                | AnswerTool()
                | Rebrief()
            ):
                return self._engine.send(command)
            case RecordInterim() | RecordUtterance() | RecordEvent():
                self._record(command)
            case StartTimer(name, after_ms):
                self._start_timer(name, after_ms)
            case StopTimer(name):
                self._stop_timer(name)
            case RunTool():
                self._tools_asked.put_nowait(command)
            case Hangup():
                self._end(command)
            case _:
                assert_never(command)
        return None

    async def _to_carrier(self, command: CarrierCommand) -> None:
        text = self._codec.encode(command)
        try:
            await self._send({"type": "websocket.send", "text": text})
        except OSError as error:  # how it ended stands in what is still to be read
            log.debug("the media socket has gone: %r", error)

    def _record(self, command: RecordInterim | RecordUtterance | RecordEvent) -> None:
        try:
            self._recorder.put(command)
        except RecorderFailed as error:
            log.error("call ended: %s", error)
            self._end(Hangup("recorder_failed", "The transcript could not be stored."))

    def _end(self, hangup: Hangup) -> None:
        if not self._ended.done():
            self._ended.set_result(hangup)

    # ------------------------------------------------------------ time

    def _start_timer(self, name: str, after_ms: int) -> None:
        self._stop_timer(name)
        loop = asyncio.get_running_loop()
        self._timers[name] = loop.call_later(after_ms / 1000, self._timer_fired, name)

    def _stop_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _timer_fired(self, name: str) -> None:
        self._inbox.put_nowait((TimerFired(name), self._timers[name]))

    def _is_due(self, event: Event, timer: asyncio.TimerHandle) -> bool:
        """A timer that was stopped or restarted while it waited in the inbox is not."""
        assert isinstance(event, TimerFired)
        if self._timers.get(event.name) is not timer:
            return False
        del self._timers[event.name]
        return True


def _without_text(message: dict[str, Any]) -> StreamLost | None:
    if message["type"] == "websocket.disconnect":
        return StreamLost("The audio connection broke off.")
    log.warning("media stream broken off: bytes instead of text")
    return StreamLost("The carrier sent bytes instead of text.")


def supervisor_event(message: dict[str, Any]) -> SupervisorEvent | PickedUp:
    """A channel layer message of :func:`calls.push.to_live_call` as an event."""
    match message["command"]:
        case "say":
            return SayRequested(message["text"])
        case "instruct":
            return InstructRequested(message["text"])
        case "pause":
            return PauseRequested()
        case "resume":
            return ResumeRequested()
        case "hangup":
            return HangupRequested(message["text"])
        case "picked_up":
            who, _, greeting = message["text"].partition(" ")
            return PickedUp(AnsweredBy(who), is_greeting_over=greeting == "over")
    raise ValueError(f"no such supervisor command: {message['command']}")
