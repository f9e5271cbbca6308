"""Scripted parts for the cascade engine."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence

from calls.audio import MULAW_FRAME_BYTES, mulaw_silence
from calls.engines.speech import Transcript
from salesdesk.assistant.loop.agent import AgentChunk, Sentence
from salesdesk.assistant.loop.conversation import Conversation

QUIET = bytes(MULAW_FRAME_BYTES)
LOUD = b"\x01" * MULAW_FRAME_BYTES


class ByFirstByte:
    """Voice wherever a frame is not all zeros."""

    def is_speech(self, frame: bytes) -> bool:
        return frame[0] != 0


class Ears:
    """Understands the scripted texts, one a transcription; ``gate`` holds transcriptions back."""

    def __init__(self, *texts: str, glimpses: Sequence[str | None] = ()) -> None:
        self.texts = list(texts)
        self.glimpses = list(glimpses)
        self.gate = asyncio.Event()
        self.gate.set()
        self.opening = asyncio.Event()
        self.opening.set()
        self.error: Exception | None = None
        self.heard: list[bytes] = []
        self.abandoned = 0
        self.closed = False

    async def open(self) -> None:
        await self.opening.wait()
        if self.error:
            raise self.error

    async def transcribe(self, mulaw: bytes) -> Transcript:
        self.heard.append(mulaw)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.abandoned += 1
            raise
        if self.error:
            raise self.error
        return Transcript(self.texts.pop(0), 0.9)

    async def glimpse(self, mulaw: bytes) -> str | None:
        return self.glimpses.pop(0) if self.glimpses else None

    async def close(self) -> None:
        self.closed = True


class Voice:
    """Speaks each sentence as silence, 10 ms a character; ``gates`` hold sentences back."""

    def __init__(self) -> None:
        self.spoken: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.error: Exception | None = None
        self.closed = False

    def hold(self, sentence: str) -> asyncio.Event:
        self.gates[sentence] = asyncio.Event()
        return self.gates[sentence]

    async def open(self) -> None:
        if self.error:
            raise self.error

    async def speak(self, sentence: str) -> AsyncIterator[bytes]:
        if self.error:
            raise self.error
        self.spoken.append(sentence)
        if gate := self.gates.get(sentence):
            await gate.wait()
        yield mulaw_silence(10 * len(sentence))

    async def close(self) -> None:
        self.closed = True


class Agent:
    """A :class:`~calls.engines.minds.Mind` that answers as ``script`` says; remembers what it was
    told."""

    def __init__(self, script: Callable[[str], Sequence[AgentChunk | Exception]]) -> None:
        self.script = script
        self.asked: list[str] = []
        self.expected: list[str] = []
        self.conversation: Conversation | None = None
        self.opening = asyncio.Event()
        self.opening.set()
        self.closed = False

    async def open(self, conversation: Conversation) -> None:
        await self.opening.wait()

    def expect(self, text: str) -> None:
        self.expected.append(text)

    def close(self) -> None:
        self.closed = True

    async def reply(
        self, conversation: Conversation, caller_text: str
    ) -> AsyncIterator[AgentChunk]:
        self.asked.append(caller_text)
        self.conversation = conversation
        for chunk in self.script(caller_text):
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk


def echo(text: str) -> list[AgentChunk | Exception]:
    return [Sentence(f"You said: {text}")]


def given(*_: object, part: object) -> object:
    """The factory of a part that already exists."""
    return part


def as_backend(part: object) -> dict[str, object]:
    return {"BACKEND": f"{__name__}.given", "OPTIONS": {"part": part}}
