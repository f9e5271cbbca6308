"""The media process's way to Postgres: threads of its own, off the event loop.

The audio path never waits for these; only the beginning and the end of a stream do. Connections
go back to the pool after each piece of work.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="records")


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
