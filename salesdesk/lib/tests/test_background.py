"""The event loop on which work outlives its request."""

import asyncio
import multiprocessing
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import DEFAULT_DB_ALIAS, connections, transaction

from salesdesk.lib.background import run, start
from salesdesk.lib.logs import request_id


async def where() -> tuple[asyncio.AbstractEventLoop, str]:
    return asyncio.get_running_loop(), request_id.get()


def test_all_work_is_done_on_one_loop_in_one_thread() -> None:
    before = threading.active_count()
    loops = {id(run(where())[0]) for _ in range(20)}

    assert len(loops) == 1
    assert threading.active_count() - before <= 1


def test_work_carries_the_id_of_its_request() -> None:
    token = request_id.set("request-1")
    try:
        assert run(where())[1] == "request-1"
    finally:
        request_id.reset(token)
    assert run(where())[1] == ""


async def test_work_may_use_threads_of_its_own_when_its_request_is_over() -> None:
    """A view runs in a thread that asgiref ends with it; work that goes on must not wait for it."""
    go = threading.Event()

    async def work() -> str:
        await asyncio.to_thread(go.wait, 5)
        return await sync_to_async(lambda: "done")()

    future = await sync_to_async(lambda: async_to_sync(_started)(work))()
    go.set()
    assert await asyncio.wrap_future(future) == "done"


async def _started(work: Callable[[], Coroutine[Any, Any, str]]) -> "Future[str]":
    return await sync_to_async(lambda: start(work()))()


def test_what_goes_wrong_comes_out() -> None:
    async def fail() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(fail())


@pytest.mark.django_db(transaction=True)
def test_who_waits_holds_no_database_connection() -> None:
    """As many could wait as there are connections, while the work of each needs one."""
    own = connections[DEFAULT_DB_ALIAS]

    async def is_given_back() -> bool:
        return own.connection is None

    own.ensure_connection()
    assert run(is_given_back())
    with transaction.atomic():
        assert not run(is_given_back()), "a transaction would be lost with its connection"


def test_started_work_goes_on_by_itself() -> None:
    done = threading.Event()

    async def work() -> None:
        done.set()

    start(work())
    assert done.wait(5)


def test_a_forked_process_has_a_loop_of_its_own() -> None:
    """As a worker's children have, of a parent that has sent something already."""
    run(where())
    child = multiprocessing.get_context("fork").Process(target=run_where)
    child.start()
    child.join(timeout=30)
    assert child.exitcode == 0


def run_where() -> None:
    start(where()).result(timeout=10)
