"""The process that searches documents beside the media process."""

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from calls.live import searching
from calls.live.searching import SearchProcess, in_search_process
from salesdesk.lib.errors import ProviderError


@pytest.fixture(scope="module")
def process() -> Iterator[SearchProcess]:
    """One for all, since each takes seconds to start; who kills it finds another in its place."""
    process = SearchProcess()
    yield process
    process.stop()


def refuse() -> None:
    raise ProviderError("The model is away.", retryable=True)


def die_unless(here: int) -> int:
    """End the process at once, as the kernel does where memory lacks; in ``here`` return."""
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def append(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text)


async def test_where_none_was_started_a_thread_searches() -> None:
    assert await in_search_process(os.getpid) == os.getpid()


@pytest.mark.slow
async def test_work_is_done_in_another_process_at_low_priority(process: SearchProcess) -> None:
    there = await process.run(os.getpid)
    assert there != os.getpid()
    assert await process.run(os.getpid) == there
    assert await process.run(os.nice, 0) == os.nice(0) + searching.NICENESS


@pytest.mark.slow
async def test_what_the_work_raises_comes_out(process: SearchProcess) -> None:
    with pytest.raises(ProviderError, match=r"The model is away\.") as caught:
        await process.run(refuse)
    assert caught.value.retryable


@pytest.mark.slow
async def test_a_process_that_dies_is_replaced_and_its_work_done_here(
    process: SearchProcess,
) -> None:
    first = await process.run(os.getpid)
    assert await process.run(die_unless, os.getpid()) == os.getpid()
    second = await process.run(os.getpid)
    assert second not in {first, os.getpid()}


async def test_what_is_cancelled_before_its_turn_is_never_begun(
    process: SearchProcess, tmp_path: Path
) -> None:
    done = tmp_path / "done"
    turns = [asyncio.create_task(process.run(append, done, text)) for text in "abc"]
    await asyncio.wait({turns[0]}, timeout=0)
    turns[1].cancel()
    await asyncio.wait(turns)
    assert done.read_text() == "ac"
