"""The media process's way to Postgres: threads of its own, off the event loop.

The audio path never waits for these; only the beginning and the end of a stream do, and an answer
that must be looked up. Connections go back to the pool after each piece of work.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
SEARCHING_THREADS = 2
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="records")
_searching_threads = ThreadPoolExecutor(SEARCHING_THREADS, thread_name_prefix="searches")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work``, which uses the ORM, in one of the process's few database threads.

    What it sends over the channel layer goes by this event loop and its connection to Redis.
    """

    def run() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    in_ours = sync_to_async(run, thread_sensitive=False, executor=_threads)
    return await in_ours()


async def in_searching_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work``, which uses the ORM, where it keeps nothing from being recorded.

    Work whose task is cancelled before its turn is never begun.
    """

    def run() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_searching_threads, copy_context().run, run)
