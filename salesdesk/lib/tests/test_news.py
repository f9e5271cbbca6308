import asyncio
from typing import Any

from asgiref.sync import sync_to_async
from channels.layers import get_channel_layer

from salesdesk.lib.ids import public_id
from salesdesk.lib.news import send_news


async def test_whoever_listens_is_told_in_order() -> None:
    layer, group = get_channel_layer(), f"test.{public_id()}"
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(group, channel)
    for number in range(3):
        await sync_to_async(send_news)(group, {"type": "test.news", "number": number})
    heard: list[Any] = []
    async with asyncio.timeout(5):
        while len(heard) < 3:
            heard.append((await layer.receive(channel))["number"])
    assert heard == [0, 1, 2]
    await layer.group_discard(group, channel)


async def test_nobody_needs_to_listen() -> None:
    await sync_to_async(send_news)(f"test.{public_id()}", {"type": "test.news"})
