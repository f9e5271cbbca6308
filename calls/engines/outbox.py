"""The events of an engine on their way to the session."""

import asyncio
from collections.abc import AsyncIterator

from calls.live.events import EngineEvent


class Outbox:
    """A queue that holds back whoever speaks too far ahead, and nobody else.

    Whoever takes the events may be waiting for a command to be carried out; so what a command
    causes goes in without waiting (:meth:`put_now`), and only the tasks that produce speech wait
    for room (:meth:`put`).
    """

    def __init__(self, room: int) -> None:
        """``room`` is how many waiting events may come from :meth:`put`."""
        self._room = asyncio.Semaphore(room)
        self._queue: asyncio.Queue[tuple[EngineEvent | None, bool]] = asyncio.Queue()

    def put_now(self, event: EngineEvent) -> None:
        self._queue.put_nowait((event, False))

    async def put(self, event: EngineEvent) -> None:
        await self._room.acquire()
        self._queue.put_nowait((event, True))

    def end(self, *, forget_waiting: bool = False) -> None:
        """Let :meth:`events` end, after or without the events that wait."""
        while forget_waiting and not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait((None, False))

    async def events(self) -> AsyncIterator[EngineEvent]:
        while True:
            event, took_room = await self._queue.get()
            if event is None:
                return
            if took_room:
                self._room.release()
            yield event
