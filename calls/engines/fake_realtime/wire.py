"""The fake's end of a WebSocket: events out, built and checked by the SDK's own classes."""

from typing import Any, get_args

from openai.types.realtime import RealtimeErrorEvent
from pydantic import BaseModel
from websockets.asyncio.server import ServerConnection

from calls.engines.fake_realtime.checks import Refused


class Wire:
    """One connection. Raises ``websockets.ConnectionClosed`` once it is gone.

    ``name`` goes into every id, so that no two connections give out the same.
    """

    def __init__(self, socket: ServerConnection, name: str) -> None:
        self._socket = socket
        self._name = name
        self._numbered = 0

    async def receive(self) -> str:
        return str(await self._socket.recv(decode=True))

    async def emit(self, kind: type[BaseModel], **fields: Any) -> None:
        name = get_args(kind.model_fields["type"].annotation)[0]
        event = kind(type=name, event_id=self.new_id("event"), **fields)
        await self._socket.send(event.model_dump_json(exclude_unset=True))

    async def emit_refusal(self, refused: Refused) -> None:
        error = {
            "type": refused.kind,
            "message": refused.message,
            "code": refused.code,
            "param": refused.param,
            "event_id": refused.event_id,
        }
        await self.emit(RealtimeErrorEvent, error=error)

    async def push(self, message: str) -> None:
        """Send a message as it is, whatever it is."""
        await self._socket.send(message)

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code, reason)

    def drop(self) -> None:
        """Break the connection without a closing handshake."""
        self._socket.transport.abort()

    def new_id(self, kind: str) -> str:
        self._numbered += 1
        return f"{kind}_{self._name}_{self._numbered:06d}"
