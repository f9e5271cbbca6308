"""The fake for benchmarks: echoes each frame back as agent audio, by slicing, unchecked.

Every frame that is appended comes back at once as ``response.output_audio.delta``, so that a
frame's way there and back can be timed. Two frames are signals instead: :data:`SPEECH_FRAME`
makes the caller begin to speak, :data:`HUSH_FRAME` makes them stop. A word of transcript comes
each second and a new item every five, so that a call has something to record.
"""

import base64
import json
import time
from types import TracebackType
from typing import Any, Self

from picows.websockets import ConnectionClosed, ServerConnection, serve
from picows.websockets.asyncio.server import Server

from calls.audio import FRAME_MS, MULAW_FRAME_BYTES

SPEECH_FRAME = base64.b64encode(b"\x00" * MULAW_FRAME_BYTES).decode()
HUSH_FRAME = base64.b64encode(b"\x01" * MULAW_FRAME_BYTES).decode()
FRAMES_PER_WORD = 50
FRAMES_PER_ITEM = 250

_APPEND = '{"type":"input_audio_buffer.append","audio":"'


class BenchRealtime:
    """``async with BenchRealtime() as server``: the echo at ``server.base_url``.

    ``speech_started_at``: ``time.monotonic()`` of each speech-started event that was sent.
    """

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.speech_started_at: list[float] = []
        self._host = host
        self._port = port
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(self._serve, self._host, self._port, compression=None)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def base_url(self) -> str:
        assert self._server is not None
        return f"http://{self._host}:{self._server.sockets[0].getsockname()[1]}/v1"

    async def _serve(self, socket: ServerConnection) -> None:
        await BenchSession(socket, self.speech_started_at).run()


class BenchSession:
    """One connection; takes client events in any order and unchecked."""

    def __init__(self, socket: ServerConnection, speech_started_at: list[float]) -> None:
        self._socket = socket
        self._speech_started_at = speech_started_at
        self._frames = 0
        self._items = 0
        self._stretches = 0
        self._response_id = ""
        self._next_item()

    async def run(self) -> None:
        socket = self._socket
        try:
            await self._emit("session.created", session={"type": "realtime"})
            while True:
                message = str(await socket.recv(decode=True))
                if message.startswith(_APPEND):
                    await self._frame(message[len(_APPEND) : -2])
                else:
                    await self._control(json.loads(message))
        except ConnectionClosed:
            return

    async def _frame(self, payload: str) -> None:
        self._frames += 1
        if payload == SPEECH_FRAME:
            await self._caller_speaks()
        elif payload == HUSH_FRAME:
            await self._caller_stops()
        else:
            await self._socket.send(self._delta_before + payload + '"}')
        if self._frames % FRAMES_PER_WORD == 0:
            await self._keep_talking()

    async def _caller_speaks(self) -> None:
        self._stretches += 1
        self._speech_started_at.append(time.monotonic())
        await self._emit(
            "input_audio_buffer.speech_started",
            item_id=self._caller_item,
            audio_start_ms=self._frames * FRAME_MS,
        )

    async def _caller_stops(self) -> None:
        item_id = self._caller_item
        await self._emit(
            "input_audio_buffer.speech_stopped",
            item_id=item_id,
            audio_end_ms=self._frames * FRAME_MS,
        )
        await self._emit("input_audio_buffer.committed", item_id=item_id)
        await self._emit(
            "conversation.item.input_audio_transcription.completed",
            item_id=item_id,
            content_index=0,
            transcript="how long is the warranty",
            usage={"type": "duration", "seconds": 1},
        )

    @property
    def _caller_item(self) -> str:
        return f"item_caller_{self._stretches}"

    async def _keep_talking(self) -> None:
        where = self._where()
        await self._emit("response.output_audio_transcript.delta", **where, delta="word ")
        if self._frames % FRAMES_PER_ITEM:
            return
        await self._item_event("response.output_item.done", "completed")
        self._next_item()
        await self._item_event("response.output_item.added", "in_progress")

    async def _control(self, event: dict[str, Any]) -> None:
        if event["type"] == "session.update":
            await self._emit("session.updated", session=event["session"])
        elif event["type"] == "response.create":
            await self._begin_response()
        elif event["type"] == "response.cancel":
            await self._end_response()

    async def _begin_response(self) -> None:
        self._next_item()
        await self._emit(
            "response.created", response={"id": self._response_id, "status": "in_progress"}
        )
        await self._item_event("response.output_item.added", "in_progress")

    async def _end_response(self) -> None:
        await self._item_event("response.output_item.done", "incomplete")
        response = {"id": self._response_id, "status": "cancelled", "output": []}
        await self._emit("response.done", response=response)

    def _next_item(self) -> None:
        """Name a new item and prepare everything of its audio events but the audio."""
        self._items += 1
        self._item_id = f"item_agent_{self._items}"
        self._response_id = f"resp_{self._items}"
        event = {"type": "response.output_audio.delta", "event_id": "event_1", **self._where()}
        self._delta_before = json.dumps(event, separators=(",", ":"))[:-1] + ',"delta":"'

    def _where(self) -> dict[str, Any]:
        return {
            "response_id": self._response_id,
            "item_id": self._item_id,
            "output_index": 0,
            "content_index": 0,
        }

    async def _item_event(self, kind: str, status: str) -> None:
        item = {
            "id": self._item_id,
            "type": "message",
            "role": "assistant",
            "status": status,
            "content": [],
        }
        await self._emit(kind, response_id=self._response_id, output_index=0, item=item)

    async def _emit(self, kind: str, **fields: Any) -> None:
        event = {"type": kind, "event_id": "event_1", **fields}
        await self._socket.send(json.dumps(event, separators=(",", ":")))
