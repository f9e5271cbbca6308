"""One clock for all calls: a tick every 20 ms on an absolute schedule."""

import asyncio
import logging
from typing import Protocol

from calls.audio import FRAME_MS

logger = logging.getLogger(__name__)

FRAME_S = FRAME_MS / 1000


class Ticking(Protocol):
    def tick(self) -> None:
        """Twenty milliseconds have passed."""

    def fail(self, error: Exception) -> None:
        """``tick`` raised this; no more ticks will come."""


class Ticker:
    """Ticks everybody in turn, in one task.

    The n-th tick is due n × 20 ms after the first: a late tick is followed by earlier ones, so
    that no drift adds up. Without anybody to tick the schedule rests and begins anew.
    """

    def __init__(self) -> None:
        self._ticking: list[Ticking] = []
        self._somebody = asyncio.Event()

    def add(self, ticking: Ticking) -> None:
        self._ticking.append(ticking)
        self._somebody.set()

    def remove(self, ticking: Ticking) -> None:
        """Stop ticking it; harmless when it is not there."""
        if ticking in self._ticking:
            self._ticking.remove(ticking)

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await self._somebody.wait()
            due = loop.time()
            while self._ticking:
                due += FRAME_S
                await asyncio.sleep(max(0.0, due - loop.time()))
                self._tick_all()
            self._somebody.clear()

    def _tick_all(self) -> None:
        for ticking in tuple(self._ticking):
            try:
                ticking.tick()
            except Exception as error:
                logger.exception("a call broke while ticking")
                self.remove(ticking)
                ticking.fail(error)
