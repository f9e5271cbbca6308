import asyncio

import pytest

from calls.engines.crew import Crew, cancelled


async def forever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise LookupError("broken")


async def test_a_failure_is_reported() -> None:
    reported: asyncio.Future[BaseException] = asyncio.get_running_loop().create_future()
    Crew(reported.set_result).start(fail())
    assert isinstance(await reported, LookupError)


async def test_stopping_cancels_everybody_and_reports_nothing() -> None:
    reported: list[BaseException] = []
    crew = Crew(reported.append)
    tasks = [crew.start(forever()) for _ in range(3)]
    await crew.stop()
    assert all(task.cancelled() for task in tasks)
    assert reported == []


async def test_a_result_can_be_awaited() -> None:
    async def answer() -> int:
        return 42

    assert await Crew(lambda error: None).start(answer()) == 42


async def test_a_task_can_cancel_the_others_but_not_itself() -> None:
    other = asyncio.create_task(forever())
    me = asyncio.current_task()
    assert me is not None
    await cancelled({other, me})
    assert other.cancelled()
    assert not me.cancelling()


async def test_a_task_that_failed_is_still_awaitable_as_failed() -> None:
    task = Crew(lambda error: None).start(fail())
    with pytest.raises(LookupError):
        await task
