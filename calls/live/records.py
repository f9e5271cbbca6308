"""The media process's way to Postgres: threads of its own, off the event loop.

The audio path never waits for these; only the beginning and the end of a stream do. Connections
go back to the pool after each piece of work.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 4
_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="records")


async def in_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work``, which uses the ORM, in one of the process's few database threads."""
    context = copy_context()

    def run() -> T:
        try:
            return context.run(work, *args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.get_running_loop().run_in_executor(_threads, run)
