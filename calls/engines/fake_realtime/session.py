"""One connection to the fake: reads what the client sends and does what the API would do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from openai.types.realtime import (
    ConversationItemCreateEvent,
    ConversationItemDeleteEvent,
    ConversationItemTruncateEvent,
    InputAudioBufferAppendEvent,
    RealtimeSessionCreateRequest,
    ResponseCancelEvent,
    ResponseCreateEvent,
    SessionCreatedEvent,
    SessionUpdatedEvent,
    SessionUpdateEvent,
)
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad
from pydantic import BaseModel
from websockets.exceptions import ConnectionClosed

from calls.engines.fake_realtime.checks import Refused, audio_of, read_client_event, read_json
from calls.engines.fake_realtime.ear import Ear
from calls.engines.fake_realtime.items import Items
from calls.engines.fake_realtime.mouth import Budget, Mouth
from calls.engines.fake_realtime.script import Failure, Script
from calls.engines.fake_realtime.wire import Wire


class FakeSession:
    """Serves client events until the connection ends; ``received`` holds them as JSON objects."""

    def __init__(
        self, wire: Wire, script: Script, budget: Budget, *, model: str, note: Callable[[], None]
    ) -> None:
        self.wire = wire
        self.model = model
        self.live = True
        self.received: list[dict[str, Any]] = []
        self._note = note
        self._refusal = script.refuse_session
        self._settings = RealtimeSessionCreateRequest(type="realtime", model=model)
        self._items = Items(wire)
        self._ear = Ear(wire, self._items, script)
        self._tasks = asyncio.TaskGroup()
        self._mouth = Mouth(wire, self._items, script, budget, self._tasks)
        self._handlers: Mapping[type[BaseModel], Callable[[Any], Awaitable[None]]] = {
            SessionUpdateEvent: self._on_session_update,
            InputAudioBufferAppendEvent: self._on_append,
            ConversationItemCreateEvent: self._items.create,
            ConversationItemDeleteEvent: self._items.delete,
            ConversationItemTruncateEvent: self._items.truncate,
            ResponseCreateEvent: self._on_response_create,
            ResponseCancelEvent: self._on_response_cancel,
        }

    async def run(self) -> None:
        async with self._tasks:
            try:
                await self._converse()
            except ConnectionClosed:
                return
            finally:
                self.live = False
                self._mouth.shut()

    async def _converse(self) -> None:
        if self._refusal is not None:
            await self._refuse(self._refusal)
            return
        await self.wire.emit(SessionCreatedEvent, session=self._settings)
        while True:
            await self._serve(await self.wire.receive())

    async def _refuse(self, failure: Failure) -> None:
        await self.wire.emit_refusal(
            Refused("Refused by the script.", failure.code, kind=failure.kind)
        )
        await self.wire.close(3000, "refused")

    async def _serve(self, message: str) -> None:
        event: dict[str, Any] = {}
        try:
            event = read_json(message)
            self.received.append(event)
            await self._handle(read_client_event(event))
        except Refused as refused:
            refused.event_id = event.get("event_id")
            await self.wire.emit_refusal(refused)
        finally:
            self._note()

    async def _handle(self, event: BaseModel) -> None:
        handler = self._handlers.get(type(event))
        if handler is None:
            raise Refused("The fake does not do this.", "invalid_value", "type")
        await handler(event)

    async def _on_session_update(self, event: SessionUpdateEvent) -> None:
        if not isinstance(event.session, RealtimeSessionCreateRequest):
            raise Refused("Only realtime sessions are spoken here.", "invalid_value", "session")
        _check_formats(event.session)
        self._settings = event.session
        self._ear.attend(_turn_detection(event.session))
        await self.wire.emit(SessionUpdatedEvent, session=event.session)

    async def _on_append(self, event: InputAudioBufferAppendEvent) -> None:
        detection = _turn_detection(self._settings)
        for heard in await self._ear.hear(audio_of(event.audio)):
            assert detection is not None
            if heard.started and detection.interrupt_response is not False and self._mouth.busy:
                self._mouth.cancel()
            if not heard.started and detection.create_response is not False:
                self._mouth.answer()

    async def _on_response_create(self, event: ResponseCreateEvent) -> None:
        self._mouth.answer(event.response.instructions if event.response is not None else None)

    async def _on_response_cancel(self, event: ResponseCancelEvent) -> None:
        self._mouth.cancel(event.response_id)


def _turn_detection(settings: RealtimeSessionCreateRequest) -> ServerVad | None:
    hearing = settings.audio.input if settings.audio is not None else None
    detection = hearing.turn_detection if hearing is not None else None
    return detection if isinstance(detection, ServerVad) else None


def _check_formats(settings: RealtimeSessionCreateRequest) -> None:
    """The fake speaks and hears mu-law only."""
    audio = settings.audio
    for name in ("input", "output"):
        side = getattr(audio, name, None)
        if side is None or side.format is None or side.format.type != "audio/pcmu":
            path = f"session.audio.{name}.format"
            raise Refused("The fake speaks audio/pcmu only.", "invalid_value", path)
