"""One caller, as the carrier plays them: a numbered frame every 20 ms, each awaited back.

It plays what it is sent as the carrier does (marks come back when the audio before them has been
played, a clear empties the buffer), and now and then the caller speaks into the agent's answer.
Lean on purpose: it shares the machine with what it measures. Times are ``time.monotonic_ns()``.
"""

import asyncio
import json
import time
from array import array
from collections import deque
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport

from calls.audio import FRAME_MS
from calls.engines.fake_realtime.bench import (
    HUSH_FRAME,
    QUIET_FRAME,
    SPEECH_FRAME,
    read_ready_frame,
)

FRAME_SECONDS = FRAME_MS / 1000
FRAME_NS = FRAME_MS * 1_000_000
SPEECH_FRAMES = 25
"""How long a caller speaks into the answer: 500 ms, too long for a back-channel's sound."""
FIRST_SPEECH_SECONDS = 1.0
SPEECH_EVERY_SECONDS = 4.0
LAST_SPEECH_BEFORE_END_SECONDS = 1.5
HEARD_FRAMES = 10
"""Frames of an item after which the caller has heard some of its words for certain."""
_PAYLOAD = '"payload":"'
_DIGITS = 8


class Stage(Enum):
    WAITING = auto()
    TALKING = auto()
    SPEAKING = auto()
    RESTING = auto()


@dataclass(frozen=True, slots=True)
class Ring:
    """Where and as whom a caller connects."""

    url: str
    stream_sid: str
    call_sid: str
    headers: dict[str, str] = field(default_factory=dict)


def speech_frames(seconds: float, share: float) -> list[int]:
    """At which frames of ``seconds`` a caller speaks up; ``share`` (0 to 1) spreads the callers."""
    at = FIRST_SPEECH_SECONDS + share * SPEECH_EVERY_SECONDS / 2
    frames = []
    while at <= seconds - LAST_SPEECH_BEFORE_END_SECONDS:
        frames.append(round(at / FRAME_SECONDS))
        at += SPEECH_EVERY_SECONDS
    return frames


class Carrier(WSListener):
    """``begin`` the call, ``measure`` once it talks, let it ``rest``, ``hang_up``."""

    def __init__(self, ring: Ring) -> None:
        self.talking = asyncio.Event()
        self.gone = asyncio.Event()
        self.late_ns = array("q")
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._transport: WSTransport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._stage = Stage.WAITING
        self._due = 0.0
        self._ticks = 0
        self._spoken_frames = 0
        self._speeches: deque[int] = deque()
        self._speech_count = 0
        self._sent_ns = array("q")
        self._returned_ns = array("q")
        self._first_measured = 0
        self._last_measured = 0
        self._plays_until = 0
        self._marks: deque[tuple[int, str]] = deque()
        self._cleared_ns: int | None = None
        self._awaits_answer = False
        self._clear_ms: list[float] = []
        self._clears_missing = 0
        self._items_heard = 0
        self._frames_of_item = 0
        self._strange = 0
        sid = ring.stream_sid
        self._tail = f'"}},"streamSid":"{sid}"}}'
        self._filler = QUIET_FRAME[_DIGITS:]

    # ------------------------------------------------------------ the course of the call

    def begin(self, first_at: float) -> None:
        """Introduce the stream and send a frame every 20 ms from ``first_at`` (loop time) on."""
        self._send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
        ring = self._ring
        start = {
            "streamSid": ring.stream_sid,
            "accountSid": "AC" + "0" * 32,
            "callSid": ring.call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {},
        }
        message = {"event": "start", "sequenceNumber": "1", "start": start}
        self._send(json.dumps({**message, "streamSid": ring.stream_sid}))
        self._due = first_at
        self._timer = self._loop.call_at(first_at, self._tick)

    def measure(self, speech_frames: list[int]) -> None:
        """From now on count; speak into the answer at these frames."""
        self._first_measured = len(self._sent_ns)
        self._speeches = deque(self._ticks + frame for frame in speech_frames)
        self.late_ns = array("q")

    def rest(self) -> None:
        """Say no more; what is under way still comes back."""
        self._last_measured = len(self._sent_ns)
        self._stage = Stage.RESTING

    @property
    def awaits_frames(self) -> bool:
        return 0 in self._returned_ns

    def hang_up(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None and not self.gone.is_set():
            stop = {"event": "stop", "streamSid": self._ring.stream_sid}
            self._send(json.dumps(stop))
            self._transport.send_close(WSCloseCode.OK)

    def result(self) -> dict[str, Any]:
        """What was counted; delays in microseconds, of measured frames only."""
        measured = range(self._first_measured, self._last_measured)
        returned, sent = self._returned_ns, self._sent_ns
        return {
            "sent": len(sent),
            "lost": returned.count(0),
            "strange": self._strange,
            "delays_us": [(returned[n] - sent[n]) // 1000 for n in measured if returned[n]],
            "clear_ms": self._clear_ms,
            "clears_missing": self._clears_missing + self._awaits_answer,
            "items_heard": self._items_heard,
            "speeches": self._speech_count,
        }

    # ------------------------------------------------------------ sending

    def _tick(self) -> None:
        now = time.monotonic_ns()
        self.late_ns.append(now - int(self._due * 1e9))
        self._ticks += 1
        self._due += FRAME_SECONDS
        self._timer = self._loop.call_at(self._due, self._tick)
        payload = self._next_payload(now)
        n = self._ticks
        self._send(
            f'{{"event":"media","sequenceNumber":"{n + 1}","media":{{"track":"inbound",'
            f'"chunk":"{n}","timestamp":"{n * FRAME_MS}","payload":"{payload}{self._tail}'
        )
        while self._marks and self._marks[0][0] <= now:
            self._echo_mark(self._marks.popleft()[1])

    def _next_payload(self, now: int) -> str:
        if self._stage is Stage.TALKING:
            if self._speeches and self._ticks >= self._speeches[0]:
                return self._speak_up()
            self._sent_ns.append(now)
            self._returned_ns.append(0)
            return f"{len(self._sent_ns) - 1:0{_DIGITS}d}{self._filler}"
        if self._stage is Stage.SPEAKING:
            self._spoken_frames += 1
            if self._spoken_frames == SPEECH_FRAMES:
                self._stage = Stage.WAITING
                return HUSH_FRAME
        return QUIET_FRAME

    def _speak_up(self) -> str:
        self._speeches.popleft()
        self._speech_count += 1
        self._stage = Stage.SPEAKING
        self._spoken_frames = 0
        self._cleared_ns = None
        self._awaits_answer = True
        return SPEECH_FRAME

    def _echo_mark(self, name: str) -> None:
        mark = {"event": "mark", "streamSid": self._ring.stream_sid, "mark": {"name": name}}
        self._send(json.dumps(mark))

    def _send(self, text: str) -> None:
        if self._transport is not None and not self.gone.is_set():
            self._transport.send(WSMsgType.TEXT, text.encode())

    # ------------------------------------------------------------ receiving

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.gone.set()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        now = time.monotonic_ns()
        if frame.msg_type is not WSMsgType.TEXT:
            return
        text = frame.get_payload_as_ascii_text()
        at = text.find(_PAYLOAD)
        if at == -1:
            self._control(json.loads(text), now)
            return
        self._plays_until = max(now, self._plays_until) + FRAME_NS
        at += len(_PAYLOAD)
        number = text[at : at + _DIGITS]
        if number.isdigit():
            self._frame_back(int(number), now)
        else:
            self._answer_begins(text[at:])

    def _frame_back(self, number: int, now: int) -> None:
        if number < len(self._returned_ns) and not self._returned_ns[number]:
            self._returned_ns[number] = now
            self._frames_of_item += 1
            self._items_heard += self._frames_of_item == HEARD_FRAMES
        else:
            self._strange += 1

    def _answer_begins(self, payload: str) -> None:
        speech_started_ns = read_ready_frame(payload)
        if speech_started_ns is None:
            self._strange += 1
            return
        self._frames_of_item = 0
        if self._awaits_answer:
            self._note_clear(speech_started_ns)
        if self._stage is Stage.WAITING:
            self._stage = Stage.TALKING
            self.talking.set()

    def _note_clear(self, speech_started_ns: int) -> None:
        self._awaits_answer = False
        if self._cleared_ns is None:
            self._clears_missing += 1
        else:
            self._clear_ms.append((self._cleared_ns - speech_started_ns) / 1e6)

    def _control(self, message: dict[str, Any], now: int) -> None:
        if message["event"] == "mark":
            self._marks.append((self._plays_until, message["mark"]["name"]))
        elif message["event"] == "clear":
            if self._cleared_ns is None:
                self._cleared_ns = now
            self._plays_until = now
            while self._marks:
                self._echo_mark(self._marks.popleft()[1])
