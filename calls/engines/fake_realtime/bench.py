"""The fake for benchmarks: one long answer that echoes the caller, by slicing, unchecked.

While an answer is under way every frame that is appended comes back at once as
``response.output_audio.delta``, so that a frame's way there and back can be timed. Three frames
are signals instead: :data:`QUIET_FRAME` is never echoed, :data:`SPEECH_FRAME` makes the caller
begin to speak (the echo pauses), :data:`HUSH_FRAME` makes them stop, and the next answer is the
echo again. Each item begins with a :func:`ready_frame`. Words of transcript come at the speed of
speech and a new item every five seconds, so that a call has something to record.
"""

import base64
import json
import time
from types import TracebackType
from typing import Any, Self

from picows.websockets import ConnectionClosed, ServerConnection, serve
from picows.websockets.asyncio.server import Server

from calls.audio import FRAME_MS, MULAW_FRAME_BYTES, MULAW_SILENCE

QUIET_FRAME = base64.b64encode(MULAW_SILENCE * MULAW_FRAME_BYTES).decode()
SPEECH_FRAME = base64.b64encode(b"\x00" * MULAW_FRAME_BYTES).decode()
HUSH_FRAME = base64.b64encode(b"\x01" * MULAW_FRAME_BYTES).decode()
FRAMES_PER_WORD = 20
FRAMES_PER_ITEM = 250

OPENING_WORDS = "You are hearing an echo of yourself "
CALLERS_WORDS = (
    "how long is the warranty on the inverter",
    "what does a heat pump cost",
    "can I finance a new roof",
    "do your panels work when it rains",
    "how often should the filter be changed",
)
USAGE = {"total_tokens": 12, "input_tokens": 8, "output_tokens": 4}

_APPEND = '{"type":"input_audio_buffer.append","audio":"'
_READY = "READY"
_READY_DIGITS = 19


def ready_frame(speech_started_ns: int) -> str:
    """The first frame of an item. It tells when the caller's last speech was reported.

    ``speech_started_ns`` is ``time.monotonic_ns()``, which processes of a machine share.
    """
    head = f"{_READY}{speech_started_ns:0{_READY_DIGITS}d}"
    return head + QUIET_FRAME[len(head) :]


def read_ready_frame(payload: str) -> int | None:
    """The time in a :func:`ready_frame`; ``None`` for any other frame."""
    if not payload.startswith(_READY):
        return None
    return int(payload[len(_READY) : len(_READY) + _READY_DIGITS])


class BenchRealtime:
    """``async with BenchRealtime() as server``: the echo at ``server.base_url``."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._port = port
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(_serve, self._host, self._port, compression=None)
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


async def _serve(socket: ServerConnection) -> None:
    try:
        await BenchSession(socket).run()
    except ConnectionClosed:
        return


class BenchSession:
    """One connection; takes client events in any order and unchecked."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self._answers_by_itself = True
        self._answering = False
        self._speaking = False
        self._speech_started_ns = 0
        self._appended = 0
        self._echoed = 0
        self._answers = 0
        self._items = 0
        self._stretches = 0
        self._delta_before = ""

    async def run(self) -> None:
        """Serve until the connection ends, which raises ``ConnectionClosed``."""
        await self._emit("session.created", session={"type": "realtime"})
        while True:
            message = str(await self._socket.recv(decode=True))
            if message.startswith(_APPEND):
                await self._frame(message[len(_APPEND) : -2])
            else:
                await self._control(json.loads(message))

    # ------------------------------------------------------------ audio

    async def _frame(self, payload: str) -> None:
        self._appended += 1
        if payload == QUIET_FRAME:
            return
        if payload == SPEECH_FRAME:
            await self._caller_speaks()
        elif payload == HUSH_FRAME:
            await self._caller_stops()
        elif self._answering and not self._speaking:
            await self._echo(payload)

    async def _echo(self, payload: str) -> None:
        await self._socket.send(self._delta_before + payload + '"}')
        self._echoed += 1
        if self._echoed % FRAMES_PER_ITEM == 0:
            await self._end_item("completed")
            await self._begin_item()
        elif self._echoed % FRAMES_PER_WORD == 0:
            await self._say("word ")

    async def _caller_speaks(self) -> None:
        self._stretches += 1
        self._speaking = True
        self._speech_started_ns = time.monotonic_ns()
        await self._emit(
            "input_audio_buffer.speech_started",
            item_id=self._caller_item,
            audio_start_ms=self._appended * FRAME_MS,
        )

    async def _caller_stops(self) -> None:
        self._speaking = False
        item_id = self._caller_item
        await self._emit(
            "input_audio_buffer.speech_stopped",
            item_id=item_id,
            audio_end_ms=self._appended * FRAME_MS,
        )
        await self._emit("input_audio_buffer.committed", item_id=item_id)
        if self._answers_by_itself:
            await self._end_answer()
            await self._begin_answer()
        await self._emit(
            "conversation.item.input_audio_transcription.completed",
            item_id=item_id,
            content_index=0,
            transcript=CALLERS_WORDS[self._stretches % len(CALLERS_WORDS)],
            usage={"type": "duration", "seconds": 1},
        )

    @property
    def _caller_item(self) -> str:
        return f"item_caller_{self._stretches}"

    # ------------------------------------------------------------ control

    async def _control(self, event: dict[str, Any]) -> None:
        if event["type"] == "session.update":
            detection = event["session"]["audio"]["input"]["turn_detection"]
            self._answers_by_itself = detection.get("create_response", True)
            await self._emit("session.updated", session=event["session"])
        elif event["type"] == "response.create":
            await self._begin_answer()
        elif event["type"] == "response.cancel":
            await self._end_answer()

    async def _begin_answer(self) -> None:
        self._answers += 1
        self._answering = True
        response = {"id": self._response_id, "status": "in_progress", "output": []}
        await self._emit("response.created", response=response)
        await self._begin_item()

    async def _end_answer(self) -> None:
        if not self._answering:
            return
        self._answering = False
        await self._end_item("incomplete")
        response = {"id": self._response_id, "status": "cancelled", "output": [], "usage": USAGE}
        await self._emit("response.done", response=response)

    async def _begin_item(self) -> None:
        """Open an item, and prepare everything of its audio events but the audio."""
        self._items += 1
        self._echoed = 0
        event = {"type": "response.output_audio.delta", "event_id": "event_1", **self._where()}
        self._delta_before = json.dumps(event, separators=(",", ":"))[:-1] + ',"delta":"'
        await self._item_event("response.output_item.added", "in_progress")
        await self._say(OPENING_WORDS)
        await self._socket.send(self._delta_before + ready_frame(self._speech_started_ns) + '"}')

    async def _end_item(self, status: str) -> None:
        await self._item_event("response.output_item.done", status)

    async def _say(self, words: str) -> None:
        await self._emit("response.output_audio_transcript.delta", **self._where(), delta=words)

    # ------------------------------------------------------------ messages

    @property
    def _response_id(self) -> str:
        return f"resp_{self._answers}"

    @property
    def _item_id(self) -> str:
        return f"item_agent_{self._items}"

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
