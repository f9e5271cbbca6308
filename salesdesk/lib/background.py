"""One event loop for asynchronous work that a request starts, whether or not it waits for it.

Each process has one at most, in a thread of its own, made when it is first needed. So clients
that belong to a loop (of models, of Redis) live on from one request to the next, and work goes on
when the browser that asked for it has gone.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from contextvars import Context
from typing import Any, TypeVar

from django.db import connections

from salesdesk.lib.logs import request_id

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def run(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` gives or raises. Not to be called where an event loop runs.

    Who waits gives their database connection back meanwhile: the work needs some itself, and as
    many who wait as there are connections would wait for each other.
    """
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()
    return start(work).result()


def start(work: Coroutine[Any, Any, T]) -> "Future[T]":
    """Begin ``work``; it goes on when nobody waits. Its log lines name the request.

    Of the request's context nothing else is taken along: it holds a thread that ends with it.
    """
    named = _named(work, request_id.get())
    return Context().run(asyncio.run_coroutine_threadsafe, named, _running_loop())


async def _named(work: Coroutine[Any, Any, T], request: str) -> T:
    request_id.set(request)
    return await work


def _running_loop() -> asyncio.AbstractEventLoop:
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="background", daemon=True).start()
        return _loop


def _begin_anew() -> None:
    """A forked process has inherited neither the thread nor, for certain, a lock that is free."""
    global _lock, _loop
    _lock, _loop = threading.Lock(), None


os.register_at_fork(after_in_child=_begin_anew)
