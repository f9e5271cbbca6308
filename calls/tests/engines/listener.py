"""A call for engine tests: collects what an engine says, and speaks to it."""

import asyncio
import base64
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from calls.engines.base import Engine
from calls.engines.fake_realtime.script import SPOKEN_FRAME
from calls.live.events import AgentAudio, AgentText, EngineEvent, HearCaller

LOUD = base64.b64encode(SPOKEN_FRAME).decode()
QUIET = base64.b64encode(b"\xff" * 160).decode()
WAIT_S = 10.0

Wanted = TypeVar("Wanted", bound=EngineEvent)


class Listener:
    """``async with Listener(engine)``: opens it, reads its events, closes it.

    ``seen`` holds all events read so far; ``ended`` says that there will be no more.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.seen: list[EngineEvent] = []
        self.ended = asyncio.Event()
        self._queue: asyncio.Queue[EngineEvent] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        await self.engine.open()
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.engine.close()
        await self._reader

    async def _read(self) -> None:
        async for event in self.engine.events():
            self._queue.put_nowait(event)
        self.ended.set()

    async def next(self, kind: type[Wanted]) -> Wanted:
        """Read up to the next event of this kind."""
        async with asyncio.timeout(WAIT_S):
            while True:
                event = await self._queue.get()
                self.seen.append(event)
                if isinstance(event, kind):
                    return event

    def seen_of(self, kind: type[Wanted]) -> list[Wanted]:
        return [event for event in self.seen if isinstance(event, kind)]

    def agent_text(self, item_id: str) -> str:
        pieces = [event for event in self.seen_of(AgentText) if event.item_id == item_id]
        return "".join(piece.text for piece in pieces).strip()

    def agent_audio(self, keep: Callable[[AgentAudio], bool] = lambda _: True) -> bytes:
        frames = [event.payload for event in self.seen_of(AgentAudio) if keep(event)]
        return b"".join(map(base64.b64decode, frames))

    async def hear(self, payload: str, frames: int) -> None:
        for _ in range(frames):
            await self.engine.send(HearCaller(payload))

    async def speak(self, frames: int = 20, silence: int = 30) -> None:
        """The caller speaks (20 ms a frame), then is silent long enough to end the turn."""
        await self.hear(LOUD, frames)
        await self.hear(QUIET, silence)
