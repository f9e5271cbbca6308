"""The media process with its consumer behind Channels' stock dispatch, to measure what that costs.

`uvicorn calls.bench.stock:application …`; everything else is as in `calls.live.asgi`.
"""

import asyncio
from typing import Any

from channels.consumer import AsyncConsumer
from channels.routing import ProtocolTypeRouter

from calls.live import asgi


class StockConsumer(AsyncConsumer):  # type: ignore[misc]  # channels has no types
    """Takes each message through ``dispatch``, as a consumer of Channels usually does."""

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        self._messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._messages.put_nowait(message)
        media = asgi.sockets(self.scope, self._messages.get, self.base_send)
        self._media = asyncio.create_task(media, name="media")

    async def websocket_receive(self, message: dict[str, Any]) -> None:
        self._messages.put_nowait(message)

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        self._messages.put_nowait(message)
        await self._media


application = ProtocolTypeRouter(
    {
        "http": asgi.health,
        "websocket": StockConsumer.as_asgi(),
        "lifespan": asgi.lifespan,
    }
)
