"""The ears of the cascade engine: audio frames in, speech events and words out."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, assert_never

from calls.audio import MULAW_FRAME_BYTES
from calls.engines.local.vad import (
    Endpointer,
    VoiceEvent,
    VoicePaused,
    VoiceResumed,
    VoiceStarted,
    VoiceStopped,
)
from calls.engines.speech import SpeechToText, Transcript
from calls.live.events import CallerFinal, CallerInterim, EngineEvent, SpeechStarted, SpeechStopped

Emit = Callable[[EngineEvent], None]
StartTask = Callable[[Coroutine[Any, Any, Any]], asyncio.Task[Any]]
OnFinal = Callable[[str], None]


@dataclass(slots=True)
class _Stretch:
    """An open stretch of speech and the transcription that will be final if it ends here."""

    item_id: str
    next_glimpse_ms: int
    likely_final: asyncio.Task[Transcript] | None = None


class Listener:
    """Follows one caller.

    A finished stretch of speech is read only once: the reading begins in the short pause in which
    the end of the turn is still being waited for, and is thrown away if the caller goes on. So the
    final text is there about when the turn is over. Final texts come in the order of speech.
    """

    first_glimpse_ms = 700
    glimpse_every_ms = 900
    retry_glimpse_ms = 200

    def __init__(
        self,
        ears: SpeechToText,
        endpointer: Endpointer,
        *,
        emit: Emit,
        start_task: StartTask,
        on_final: OnFinal,
    ) -> None:
        """``start_task`` runs a coroutine whose failure ends the engine; ``on_final`` is told each
        final text, also an empty one, just before its event."""
        self._ears = ears
        self._endpointer = endpointer
        self._emit = emit
        self._start_task = start_task
        self._on_final = on_final
        self._rest = b""
        self._count = 0
        self._stretch: _Stretch | None = None
        self._glimpsing: asyncio.Task[None] | None = None
        self._finished: asyncio.Queue[tuple[str, asyncio.Task[Transcript]]] = asyncio.Queue()

    def start(self) -> None:
        self._start_task(self._report_finals())

    def hear(self, mulaw: bytes) -> None:
        """Take the next audio of the caller, of any length."""
        data = self._rest + mulaw
        whole = len(data) - len(data) % MULAW_FRAME_BYTES
        self._rest = data[whole:]
        for begin in range(0, whole, MULAW_FRAME_BYTES):
            for event in self._endpointer.feed(data[begin : begin + MULAW_FRAME_BYTES]):
                self._follow(event)
            self._glimpse_if_due()

    async def all_read(self) -> None:
        """Wait until everything that was said has become text."""
        await self._finished.join()

    def _follow(self, event: VoiceEvent) -> None:
        match event:
            case VoiceStarted(at_ms):
                self._began(at_ms)
            case VoicePaused():
                self._read_ahead()
            case VoiceResumed():
                self._drop_reading()
            case VoiceStopped(at_ms, audio):
                self._ended(at_ms, audio)
            case _:
                assert_never(event)

    def _began(self, at_ms: int) -> None:
        self._count += 1
        stretch = _Stretch(f"caller-{self._count}", at_ms + self.first_glimpse_ms)
        self._stretch = stretch
        self._emit(SpeechStarted(stretch.item_id, at_ms))

    def _read_ahead(self) -> None:
        if self._stretch:
            reading = self._read_and_show(self._stretch, self._endpointer.audio)
            self._stretch.likely_final = self._start_task(reading)

    def _drop_reading(self) -> None:
        if self._stretch and self._stretch.likely_final:
            self._stretch.likely_final.cancel()
            self._stretch.likely_final = None

    def _ended(self, at_ms: int, audio: bytes) -> None:
        stretch, self._stretch = self._stretch, None
        if stretch is None:
            return
        reading = stretch.likely_final or self._start_task(self._ears.transcribe(audio))
        self._finished.put_nowait((stretch.item_id, reading))
        self._emit(SpeechStopped(stretch.item_id, at_ms))

    async def _read_and_show(self, stretch: _Stretch, audio: bytes) -> Transcript:
        transcript = await self._ears.transcribe(audio)
        self._show(stretch, transcript.text)
        return transcript

    async def _report_finals(self) -> None:
        while True:
            item_id, reading = await self._finished.get()
            transcript = await reading
            self._on_final(transcript.text)
            self._emit(CallerFinal(item_id, transcript.text, transcript.confidence))
            self._finished.task_done()

    def _glimpse_if_due(self) -> None:
        stretch, now_ms = self._stretch, self._endpointer.now_ms
        if stretch is None or not self._endpointer.speaking or now_ms < stretch.next_glimpse_ms:
            return
        if self._glimpsing is None or self._glimpsing.done():
            stretch.next_glimpse_ms = now_ms + self.glimpse_every_ms
            self._glimpsing = self._start_task(self._glimpse(stretch, self._endpointer.audio))

    async def _glimpse(self, stretch: _Stretch, audio: bytes) -> None:
        text = await self._ears.glimpse(audio)
        if text is None:
            stretch.next_glimpse_ms = self._endpointer.now_ms + self.retry_glimpse_ms
        else:
            self._show(stretch, text)

    def _show(self, stretch: _Stretch, text: str) -> None:
        if text and stretch is self._stretch:
            self._emit(CallerInterim(stretch.item_id, text))
