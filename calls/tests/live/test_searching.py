"""The process that searches documents beside the media process."""

import asyncio
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calls.live import searching
from calls.live.profile import CallProfile
from calls.live.searching import SearchProcess, in_search_process
from salesdesk.lib.errors import ProviderError


@pytest.fixture
def process() -> Iterator[SearchProcess]:
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


async def test_work_is_done_in_another_process_at_low_priority(process: SearchProcess) -> None:
    there = await process.run(os.getpid)
    assert there != os.getpid()
    assert await process.run(os.getpid) == there
    assert await process.run(os.nice, 0) == os.nice(0) + searching.NICENESS


async def test_what_the_work_raises_comes_out(process: SearchProcess) -> None:
    with pytest.raises(ProviderError, match=r"The model is away\.") as caught:
        await process.run(refuse)
    assert caught.value.retryable


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


# ---------------------------------------------------------------- before the first question


def profile(**values: Any) -> CallProfile:
    return CallProfile(
        call_id="c1", business_name="Bright", engine="cascade", greeting="", prompt="", **values
    )


@pytest.mark.parametrize(
    ("values", "asked"),
    [
        ({"business_id": 7, "has_documents": True}, [(7, "Bright")]),
        ({"business_id": 7}, []),
        ({"has_documents": True}, []),
    ],
)
async def test_the_search_is_warmed_up_where_there_is_something_to_search(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, Any], asked: list[tuple[int, str]]
) -> None:
    searched: list[tuple[int, str]] = []
    monkeypatch.setattr(searching, "quotes_for", lambda *question: searched.append(question))

    await searching.warm_up_search(profile(**values))

    assert searched == asked


async def test_a_search_that_cannot_be_warmed_up_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*question: object) -> None:
        raise ProviderError("The model is away.")

    monkeypatch.setattr(searching, "quotes_for", fails)
    with caplog.at_level(logging.ERROR):
        await searching.warm_up_search(profile(business_id=7, has_documents=True))

    assert "The model is away." in caplog.text
