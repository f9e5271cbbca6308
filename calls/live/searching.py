"""Documents are searched in a process beside the media process, where that has started one.

A search is several milliseconds of Python, and Python runs one thread at a time: in a thread it
would be taken from the audio of all calls. What is measured of that stands in docs/decisions.md.
"""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Any, ParamSpec, TypeVar

from calls.live.records import in_searching_thread

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

NICENESS = 5
"""An answer may be some milliseconds later, a frame of audio may not."""


class SearchProcess:
    """One process that searches, one search at a time; another takes its place when it dies.

    Searches wait their turn here, where one that is cancelled meanwhile is never begun.
    """

    def __init__(self) -> None:
        self._pool = _new_pool()
        self._free = asyncio.Semaphore()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``work`` returns or raises; it and its arguments are pickled. Where the process
        dies of it, it is done in a thread of this one."""
        await self._free.acquire()
        pool = self._pool
        try:
            future = pool.submit(_in_process, partial(work, *args, **kwargs))
        except BrokenProcessPool:
            self._free.release()
            return await self._without(pool, work, *args, **kwargs)
        future.add_done_callback(partial(_when_done, asyncio.get_running_loop(), self._free))
        try:
            return await asyncio.wrap_future(future)
        except BrokenProcessPool:
            return await self._without(pool, work, *args, **kwargs)

    async def _without(
        self, broken: ProcessPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if self._pool is broken:
            log.error("the process that searches documents died; starting another")
            self._pool = _new_pool()
        return await in_searching_thread(work, *args, **kwargs)

    def stop(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)


_process: SearchProcess | None = None


async def start_search_process() -> None:
    """Start it and wait until it can search. Raises
    :class:`~salesdesk.lib.errors.ProviderError` when the installation's model does not load."""
    global _process
    _process = SearchProcess()
    await _process.run(_load_model)


def stop_search_process() -> None:
    global _process
    if _process is not None:
        _process.stop()
    _process = None


async def in_search_process(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work``, which uses the ORM, where it takes least from the audio: in the process beside
    this one, or, where none was started, in a thread."""
    if _process is None:
        return await in_searching_thread(work, *args, **kwargs)
    return await _process.run(work, *args, **kwargs)


class _Searching:
    """:func:`in_search_process`, as something that has threads."""

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await in_search_process(work, *args, **kwargs)


SEARCHING = _Searching()


def _when_done(
    loop: asyncio.AbstractEventLoop, free: asyncio.Semaphore, future: "Future[Any]"
) -> None:
    """Called in a thread of the pool. When the loop is closed nobody waits any more."""
    if not loop.is_closed():
        loop.call_soon_threadsafe(free.release)


# ---------------------------------------------------------------- in the other process


def _new_pool() -> ProcessPoolExecutor:
    """A process is spawned, since a fork would copy locks that other threads hold."""
    return ProcessPoolExecutor(
        max_workers=1,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_begin,
    )


def _begin() -> None:
    """Ctrl-C is for the media process, with which this one ends, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdesk.settings")
    django.setup()
    _step_back()


def _step_back() -> None:
    """Let the audio go before, also where the media process runs with real-time priority."""
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
    os.nice(NICENESS)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "the pool starts its processes itself"
    parent.join()
    os._exit(0)


def _in_process(work: Callable[[], T]) -> T:
    from django.db import connections

    try:
        return work()
    finally:
        connections.close_all()


def _load_model() -> None:
    from django.conf import settings

    from knowledge.embeddings import embedder
    from knowledge.search.reader import read_or_none

    embedder(settings.EMBEDDING_MODEL).embed_query("warm up")
    read_or_none("warm up", ["warm up"])
