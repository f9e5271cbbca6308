"""Database work off the event loop, in threads whose connections go back to the pool."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from asgiref.sync import sync_to_async
from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")


def returning_connections(
    work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
) -> Callable[[], T]:
    """``work`` with its arguments; the connections that it uses go back to the pool after it."""

    def run() -> T:
        try:
            return work(*args, **kwargs)
        finally:
            connections.close_all()

    return run


class DatabaseThreads:
    """A few threads that keep one kind of work from holding up another."""

    def __init__(self, count: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(count, thread_name_prefix=name)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What ``work`` gives, which uses the ORM.

        What it sends over the channel layer goes by this event loop and its connection to Redis.
        """
        run = returning_connections(work, *args, **kwargs)
        return await sync_to_async(run, thread_sensitive=False, executor=self._threads)()
