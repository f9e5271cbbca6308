"""Tasks that share one fate."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Crew:
    """Starts tasks and reports the first failure among them; all are stopped together.

    An ``asyncio.TaskGroup`` does this for a block of code; an engine lives between ``open`` and
    ``close``, which are called from outside.
    """

    def __init__(self, on_failure: Callable[[BaseException], None]) -> None:
        self._on_failure = on_failure
        self._tasks: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    async def stop(self) -> None:
        """Cancel every task and wait until the last has ended."""
        await cancelled(self._tasks)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._on_failure(error)


async def cancelled(tasks: set[asyncio.Task[Any]]) -> None:
    """Cancel the tasks and wait until they have ended, except the one that asks."""
    others = {task for task in tasks if task is not asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
