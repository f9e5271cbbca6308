"""The mouth of the cascade engine: sentences in, text and audio events out."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import assert_never

from calls.audio import MULAW_FRAME_BYTES, MULAW_SILENCE, mulaw_ms
from calls.engines.outbox import Outbox
from calls.engines.speech import TextToSpeech
from calls.live.events import (
    AgentAudio,
    AgentEnding,
    AgentItemDone,
    AgentText,
    EngineEvent,
    ResponseDone,
)
from salesdesk.assistant.loop.agent import AgentChunk, Ending, Sentence, ToolFinished, ToolStarted

OnSentence = Callable[[str, str], None]

PACKET_BYTES = 10 * MULAW_FRAME_BYTES


@dataclass(slots=True)
class _Answer:
    """What has been spoken in one turn so far."""

    item_id: str
    sentences: int = 0
    characters: int = 0
    audio_ms: int = 0
    ending: str = ""

    def usage(self) -> dict[str, object]:
        return {
            "sentences": self.sentences,
            "characters": self.characters,
            "audio_ms": self.audio_ms,
        }


class Speaker:
    """Speaks one answer at a time; who comes second waits.

    Each sentence becomes audio as soon as the agent has written it, in packets of 200 ms that end
    on a whole frame. An answer whose task is cancelled stays open until :meth:`close_abandoned`.
    """

    def __init__(self, voice: TextToSpeech, *, outbox: Outbox, on_sentence: OnSentence) -> None:
        """``on_sentence`` is told item id and text of each sentence before it is spoken."""
        self._voice = voice
        self._outbox = outbox
        self._on_sentence = on_sentence
        self._turn = asyncio.Lock()
        self._count = 0
        self._current: _Answer | None = None
        self._abandoned: list[_Answer] = []
        self._silenced: set[str] = set()

    async def speak(self, chunks: AsyncIterator[AgentChunk]) -> None:
        """Speak to the end of ``chunks`` and say that the turn is over."""
        async with self._turn:
            self._count += 1
            answer = self._current = _Answer(f"agent-{self._count}")
            try:
                async for chunk in chunks:
                    await self._take(answer, chunk)
                self._finish(answer)
            except asyncio.CancelledError:
                self._abandoned.append(answer)
                raise
            finally:
                self._current = None

    def is_speaking(self, item_id: str) -> bool:
        return self._current is not None and self._current.item_id == item_id

    def silence(self, item_id: str) -> None:
        """What is still on its way of this item is not to be heard."""
        self._silenced.add(item_id)

    def is_silenced(self, event: EngineEvent) -> bool:
        return isinstance(event, AgentText | AgentAudio) and event.item_id in self._silenced

    def close_abandoned(self) -> None:
        """Silence the cancelled answers and say that their items are done."""
        while self._abandoned:
            answer = self._abandoned.pop()
            self.silence(answer.item_id)
            if answer.sentences:
                self._outbox.put_now(AgentItemDone(answer.item_id))

    async def _take(self, answer: _Answer, chunk: AgentChunk) -> None:
        match chunk:
            case Sentence():
                await self._speak_sentence(answer, chunk)
            case Ending(reason):
                answer.ending = reason
            case ToolStarted() | ToolFinished():
                pass  # the caller hears what the agent says of it
            case _:
                assert_never(chunk)

    async def _speak_sentence(self, answer: _Answer, sentence: Sentence) -> None:
        text = sentence.text
        space = " " if answer.sentences else ""
        answer.sentences += 1
        answer.characters += len(text)
        self._on_sentence(answer.item_id, text)
        await self._outbox.put(
            AgentText(answer.item_id, space + text, aligned=True, sources=sentence.sources)
        )
        async for packet in packets(self._voice.speak(text)):
            answer.audio_ms += mulaw_ms(packet)
            await self._outbox.put(AgentAudio(answer.item_id, base64.b64encode(packet).decode()))

    def _finish(self, answer: _Answer) -> None:
        if answer.sentences:
            self._outbox.put_now(AgentItemDone(answer.item_id))
        self._outbox.put_now(ResponseDone(answer.usage()))
        if answer.ending:
            self._outbox.put_now(AgentEnding(answer.ending))


async def packets(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same mu-law in packets of 200 ms; the last is filled up with silence to a frame."""
    waiting = b""
    async for piece in pieces:
        waiting += piece
        while len(waiting) >= PACKET_BYTES:
            yield waiting[:PACKET_BYTES]
            waiting = waiting[PACKET_BYTES:]
    if waiting:
        yield waiting + MULAW_SILENCE * (-len(waiting) % MULAW_FRAME_BYTES)
