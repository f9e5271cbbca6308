"""The media process's way to Postgres: threads of its own, off the event loop.

The audio path never waits for these; only the beginning and the end of a stream do, and an answer
that must be looked up. Connections go back to the pool after each piece of work.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from salesdesk.lib.threads import DatabaseThreads, returning_connections

P = ParamSpec("P")
T = TypeVar("T")

in_thread = DatabaseThreads(4, "records").run
_searching_threads = ThreadPoolExecutor(2, thread_name_prefix="searches")


async def in_searching_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``work``, which uses the ORM, where it keeps nothing from being recorded.

    Work whose task is cancelled before its turn is never begun.
    """
    run = returning_connections(work, *args, **kwargs)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_searching_threads, copy_context().run, run)
