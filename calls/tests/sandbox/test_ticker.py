import asyncio
from collections.abc import AsyncIterator

import pytest

from calls.sandbox.ticker import Ticker


class Counter:
    """Counts its ticks; breaks at the ``breaks_at``-th."""

    def __init__(self, enough: int, breaks_at: int = 0) -> None:
        self.ticks = 0
        self.error: Exception | None = None
        self.done = asyncio.Event()
        self._enough = enough
        self._breaks_at = breaks_at

    def tick(self) -> None:
        self.ticks += 1
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


async def test_fifty_ticks_take_a_second(ticker: Ticker) -> None:
    loop = asyncio.get_running_loop()
    counter = Counter(50)
    began = loop.time()
    ticker.add(counter)
    await counter.done.wait()
    assert 0.98 <= loop.time() - began < 1.3


async def test_late_ticks_are_made_up_for(ticker: Ticker) -> None:
    loop = asyncio.get_running_loop()
    counter = Counter(40)
    began = loop.time()
    ticker.add(counter)
    loop.call_later(0.1, lambda: busy_until(loop, began + 0.5))
    await counter.done.wait()
    assert 0.78 <= loop.time() - began < 1.1


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
