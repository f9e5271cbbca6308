"""How a session of the fake hears the caller: speech by energy, words by script."""

from openai.types.realtime import (
    ConversationItemInputAudioTranscriptionCompletedEvent,
    ConversationItemInputAudioTranscriptionDeltaEvent,
    ConversationItemInputAudioTranscriptionFailedEvent,
    InputAudioBufferCommittedEvent,
    InputAudioBufferSpeechStartedEvent,
    InputAudioBufferSpeechStoppedEvent,
)
from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

from calls.engines.fake_realtime.items import Items
from calls.engines.fake_realtime.script import Script
from calls.engines.fake_realtime.vad import EnergyVad, Heard
from calls.engines.fake_realtime.wire import Wire

USAGE = {"type": "tokens", "input_tokens": 8, "output_tokens": 4, "total_tokens": 12}


class Ear:
    """Turns appended mu-law into the events of speech and of its transcription."""

    def __init__(self, wire: Wire, items: Items, script: Script) -> None:
        self._wire = wire
        self._items = items
        self._lines = script.caller
        self._vad: EnergyVad | None = None
        self._item_id = ""
        self._stretches = 0

    def attend(self, detection: ServerVad | None) -> None:
        """Take over a session's turn detection; ``None`` turns it off."""
        self._vad = EnergyVad.configured(detection) if detection is not None else None

    async def hear(self, mulaw: bytes) -> list[Heard]:
        changes = self._vad.feed(mulaw) if self._vad is not None else []
        for heard in changes:
            await (self._started(heard) if heard.started else self._stopped(heard))
        return changes

    async def _started(self, heard: Heard) -> None:
        self._item_id = self._wire.new_id("item")
        await self._wire.emit(
            InputAudioBufferSpeechStartedEvent, item_id=self._item_id, audio_start_ms=heard.at_ms
        )

    async def _stopped(self, heard: Heard) -> None:
        item_id = self._item_id
        await self._wire.emit(
            InputAudioBufferSpeechStoppedEvent, item_id=item_id, audio_end_ms=heard.at_ms
        )
        await self._wire.emit(InputAudioBufferCommittedEvent, item_id=item_id)
        content = [{"type": "input_audio", "transcript": None}]
        message = {"id": item_id, "type": "message", "role": "user", "content": content}
        await self._items.add(message)
        await self._transcribe(item_id)

    async def _transcribe(self, item_id: str) -> None:
        line = self._lines[min(self._stretches, len(self._lines) - 1)]
        self._stretches += 1
        if line is None:
            await self._wire.emit(
                ConversationItemInputAudioTranscriptionFailedEvent,
                item_id=item_id,
                content_index=0,
                error={"type": "server_error", "code": "audio_unintelligible"},
            )
        else:
            await self._write_down(item_id, line)

    async def _write_down(self, item_id: str, line: str) -> None:
        for word in line.split():
            await self._wire.emit(
                ConversationItemInputAudioTranscriptionDeltaEvent,
                item_id=item_id,
                content_index=0,
                delta=f"{word} ",
            )
        await self._wire.emit(
            ConversationItemInputAudioTranscriptionCompletedEvent,
            item_id=item_id,
            content_index=0,
            transcript=line,
            usage=USAGE,
        )
