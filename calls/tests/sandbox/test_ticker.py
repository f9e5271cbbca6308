import asyncio
from collections.abc import AsyncIterator

import pytest

from calls.sandbox.ticker import FRAME_S, Ticker

EARLY_S = 0.005
ON_TIME_S = 0.1
"""What a tick of a test on a busy machine may be late, if at least one of many is not."""


class Counter:
    """Counts its ticks and how late (in seconds) each came; breaks at the ``breaks_at``-th."""

    def __init__(self, enough: int, breaks_at: int = 0) -> None:
        self.ticks = 0
        self.lateness: list[float] = []
        self.error: Exception | None = None
        self.done = asyncio.Event()
        self._enough = enough
        self._breaks_at = breaks_at
        self._began = asyncio.get_running_loop().time()

    def tick(self) -> None:
        self.ticks += 1
        due = self._began + self.ticks * FRAME_S
        self.lateness.append(asyncio.get_running_loop().time() - due)
        if self.ticks == self._breaks_at:
            raise ValueError("broken")
        if self.ticks >= self._enough:
            self.done.set()

    def fail(self, error: Exception) -> None:
        self.error = error


@pytest.fixture
async def ticker() -> AsyncIterator[Ticker]:
    ticker = Ticker()
    running = asyncio.create_task(ticker.run())
    yield ticker
    running.cancel()


async def test_no_tick_comes_early_and_no_drift_adds_up(ticker: Ticker) -> None:
    counter = Counter(50)
    ticker.add(counter)
    await counter.done.wait()
    assert min(counter.lateness) > -EARLY_S
    assert min(counter.lateness[25:]) < ON_TIME_S


async def test_late_ticks_are_made_up_for(ticker: Ticker) -> None:
    loop = asyncio.get_running_loop()
    counter = Counter(50)
    busy_until_s = loop.time() + 0.5
    ticker.add(counter)
    loop.call_later(0.1, lambda: busy_until(loop, busy_until_s))
    await counter.done.wait()
    assert max(counter.lateness) > 0.3
    assert min(counter.lateness[25:]) < ON_TIME_S


def busy_until(loop: asyncio.AbstractEventLoop, moment: float) -> None:
    while loop.time() < moment:
        pass


async def test_one_that_breaks_does_not_stop_the_others(ticker: Ticker) -> None:
    broken, sound = Counter(100, breaks_at=2), Counter(6)
    ticker.add(broken)
    ticker.add(sound)
    await sound.done.wait()
    assert broken.ticks == 2
    assert isinstance(broken.error, ValueError)


async def test_nobody_is_ticked_after_being_removed(ticker: Ticker) -> None:
    first, second = Counter(3), Counter(6)
    ticker.add(first)
    ticker.add(second)
    await first.done.wait()
    ticker.remove(first)
    ticker.remove(first)
    await second.done.wait()
    assert first.ticks == 3


async def test_ticks_begin_again_after_a_rest(ticker: Ticker) -> None:
    first = Counter(2)
    ticker.add(first)
    await first.done.wait()
    ticker.remove(first)
    second = Counter(2)
    ticker.add(second)
    await second.done.wait()
    assert second.ticks == 2
