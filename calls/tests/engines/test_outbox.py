import asyncio

from calls.engines.outbox import Outbox
from calls.live.events import AgentItemDone, EngineEvent


def item(number: int) -> AgentItemDone:
    return AgentItemDone(str(number))


async def taken(outbox: Outbox) -> list[EngineEvent]:
    return [event async for event in outbox.events()]


async def test_events_come_out_in_order_until_the_end() -> None:
    outbox = Outbox(5)
    outbox.put_now(item(1))
    await outbox.put(item(2))
    outbox.put_now(item(3))
    outbox.end()
    assert await taken(outbox) == [item(1), item(2), item(3)]


async def test_speech_waits_for_room_and_nothing_else_does() -> None:
    outbox = Outbox(2)
    produced: list[int] = []

    async def produce() -> None:
        for number in range(5):
            await outbox.put(item(number))
            produced.append(number)
        outbox.end()

    producer = asyncio.create_task(produce())
    await asyncio.wait({producer}, timeout=0)
    while len(produced) < 2:
        await asyncio.wait({producer}, timeout=0)
    for number in range(100, 110):
        outbox.put_now(item(number))
    assert not producer.done()

    events = await taken(outbox)
    assert produced == [0, 1, 2, 3, 4]
    assert len(events) == 15


async def test_the_end_can_forget_what_waits() -> None:
    outbox = Outbox(2)
    outbox.put_now(item(1))
    outbox.end(forget_waiting=True)
    assert await taken(outbox) == []
