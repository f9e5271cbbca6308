"""A tiny product for the carrier to talk to: TwiML by path, and media streams in a test's hands."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from twilio.request_validator import RequestValidator

from calls.sandbox.callbacks import EVENTS, CallbackTarget
from calls.sandbox.carrier import OwnNumber
from calls.sandbox.server import Server
from calls.sandbox.stage import Source

ACCOUNT_SID = "AC" + "a" * 32
AUTH_TOKEN = "secret-token"
OWN_NUMBER = "+14155550100"
CALLER = "+14155550199"
FAREWELL_S = 0.5
LONGEST_WAIT_S = 60

TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response>{}</Response>'


def twiml(verbs: str) -> str:
    return TWIML.format(verbs)


def voice(text: str) -> bytes:
    """A stand-in for quick speech: a loud tone, 20 ms for every four characters."""
    return bytes([0x00, 0x80] * 80) * max(1, len(text) // 4)


@dataclass(frozen=True)
class Asked:
    """One request of the carrier."""

    path: str
    method: str
    params: dict[str, str]
    signed: bool


@dataclass
class Reply:
    body: str | bytes = ""
    status: int = 200
    content_type: str = "text/xml"
    never: bool = False
    """Keep the carrier waiting until it goes away."""


class Peer:
    """The product's end of one media stream."""

    def __init__(self, socket: WebSocket) -> None:
        self.headers = socket.headers
        self.path = socket.url.path
        self.query = socket.url.query
        self.messages: list[dict[str, Any]] = []
        self.stream_sid = ""
        self._socket = socket
        self._changed = asyncio.Event()

    async def receive_all(self) -> None:
        """Take messages until the carrier closes the connection."""
        try:
            while True:
                self._take(json.loads(await self._socket.receive_text()))
        except WebSocketDisconnect:
            self._changed.set()

    async def wait_for(self, event: str, count: int = 1) -> dict[str, Any]:
        """The ``count``-th message of this kind."""
        while len(self.of(event)) < count:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), LONGEST_WAIT_S)
        return self.of(event)[count - 1]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["event"] == event]

    async def say(self, mulaw: bytes) -> None:
        payload = base64.b64encode(mulaw).decode()
        await self.send({"event": "media", "media": {"payload": payload}})

    async def mark(self, name: str) -> None:
        await self.send({"event": "mark", "mark": {"name": name}})

    async def clear(self) -> None:
        await self.send({"event": "clear"})

    async def send(self, message: dict[str, Any]) -> None:
        await self.send_text(json.dumps({"streamSid": self.stream_sid} | message))

    async def send_text(self, text: str) -> None:
        await self._socket.send_text(text)

    async def send_bytes(self, message: bytes) -> None:
        await self._socket.send_bytes(message)

    async def close(self, code: int = 1000) -> None:
        await self._socket.close(code)

    def _take(self, message: dict[str, Any]) -> None:
        self.messages.append(message)
        self.stream_sid = message.get("streamSid", "")
        self._changed.set()


Conversation = Callable[[Peer], Awaitable[None]]


async def listen_only(peer: Peer) -> None:
    """A product that says nothing and stays."""
    await peer.wait_for("stop")


@dataclass
class Product:
    """Answers by path; keeps what was asked. Everything runs in the test's event loop."""

    replies: dict[str, Reply | list[Reply]] = field(default_factory=dict)
    conversation: Conversation = listen_only
    refuse_streams: bool = False
    asked: list[Asked] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)
    broken: list[Exception] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        app = Starlette(
            routes=[
                WebSocketRoute("/media/{token}/", self._stream),
                Route("/{path:path}", self._answer, methods=["GET", "POST"]),
            ]
        )
        self._server = await Server(app).__aenter__()
        self.url = self._server.url
        self.socket_url = self.url.replace("http", "ws", 1)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._server.__aexit__(None, None, None)
        if self.broken:
            raise self.broken[0]

    def own_number(self, *, events: tuple[str, ...] = EVENTS) -> OwnNumber:
        callbacks = CallbackTarget(f"{self.url}/status/", events=events)
        return OwnNumber(Source(f"{self.url}/voice/"), callbacks)

    def answer_with(self, verbs: str, path: str = "/voice/") -> None:
        self.replies[path] = Reply(twiml(verbs))

    def stream(self, extra: str = "", *, action: str = "") -> None:
        """Answer calls with a media stream."""
        attribute = f' action="{action}"' if action else ""
        url = f"{self.socket_url}/media/token/"
        self.answer_with(f'<Connect{attribute}><Stream url="{url}">{extra}</Stream></Connect>')

    def asked_at(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    async def _answer(self, request: Request) -> Response:
        params = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        signature = request.headers.get("x-twilio-signature", "")
        signed = RequestValidator(AUTH_TOKEN).validate(str(request.url), params, signature)
        query = dict(request.query_params)
        self.asked.append(Asked(request.url.path, request.method, params or query, signed))
        reply = self.replies.get(request.url.path, Reply(status=204))
        if isinstance(reply, list):
            reply = reply.pop(0)
        while reply.never and (await request.receive())["type"] != "http.disconnect":
            pass
        return Response(reply.body, reply.status, media_type=reply.content_type)

    async def _stream(self, socket: WebSocket) -> None:
        if self.refuse_streams:
            await socket.close()
            return
        await socket.accept()
        peer = Peer(socket)
        self.peers.append(peer)
        receiving = asyncio.create_task(peer.receive_all())
        conversing = asyncio.create_task(self._converse(peer))
        await asyncio.wait({receiving, conversing}, return_when=asyncio.FIRST_COMPLETED)
        if not conversing.done():
            await asyncio.wait({conversing}, timeout=FAREWELL_S)
        conversing.cancel()
        if not receiving.done() and socket.application_state is WebSocketState.CONNECTED:
            await socket.close()
            await receiving

    async def _converse(self, peer: Peer) -> None:
        try:
            await peer.wait_for("start")
            await self.conversation(peer)
        except Exception as error:
            self.broken.append(error)
            raise
