"""The fake as a server on a loopback port."""

import asyncio
import json
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response

from calls.engines.fake_realtime.checks import LARGEST_APPEND_BYTES
from calls.engines.fake_realtime.mouth import Budget
from calls.engines.fake_realtime.script import SCRIPTS, Script
from calls.engines.fake_realtime.session import FakeSession
from calls.engines.fake_realtime.wire import Wire

LARGEST_MESSAGE_BYTES = 2 * LARGEST_APPEND_BYTES
WAIT_S = 10.0


class FakeRealtime:
    """``async with FakeRealtime("dialogue") as server``: the API at ``server.base_url``.

    ``script`` is a :class:`Script` or the name of one of :data:`SCRIPTS`. With ``api_key`` any
    other key is refused with 401.
    """

    def __init__(
        self,
        script: Script | str = "dialogue",
        *,
        api_key: str | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.sessions: list[FakeSession] = []
        self._script = SCRIPTS[script] if isinstance(script, str) else script
        self._budget = Budget(self._script.drops, self._script.failures)
        self._api_key = api_key
        self._host = host
        self._port = port
        self._server: Server | None = None
        self._waiting: list[tuple[Callable[[], bool], asyncio.Future[None]]] = []

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._serve,
            self._host,
            self._port,
            compression=None,
            max_size=LARGEST_MESSAGE_BYTES,
            close_timeout=1,
            process_request=self._admit,
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def base_url(self) -> str:
        """For ``OPENAI_BASE_URL``."""
        assert self._server is not None
        return f"http://{self._host}:{self._server.sockets[0].getsockname()[1]}/v1"

    @property
    def received(self) -> list[dict[str, Any]]:
        """All client events so far, connection by connection."""
        return [event for session in self.sessions for event in session.received]

    @property
    def live_connections(self) -> int:
        return sum(session.live for session in self.sessions)

    def received_of(self, kind: str) -> list[dict[str, Any]]:
        return [event for event in self.received if event.get("type") == kind]

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for a state of the server; ``TimeoutError`` when it is not reached."""
        if reached():
            return
        reached_later: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((reached, reached_later))
        async with asyncio.timeout(WAIT_S):
            await reached_later

    async def until_received(self, kind: str, count: int = 1) -> list[dict[str, Any]]:
        """Wait for ``count`` client events of a type and return them."""
        await self.until(lambda: len(self.received_of(kind)) >= count)
        return self.received_of(kind)

    # ------------------------------------------------------------ connections

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        path = urlsplit(request.path)
        if path.path != "/v1/realtime" or "model" not in parse_qs(path.query):
            return _refusal(connection, 404, "not_found")
        if self._script.refuse_status is not None:
            return _refusal(connection, self._script.refuse_status, "refused_by_script")
        wanted = f"Bearer {self._api_key}"
        if self._api_key is not None and request.headers.get("Authorization") != wanted:
            return _refusal(connection, 401, "invalid_api_key")
        return None

    async def _serve(self, socket: ServerConnection) -> None:
        assert socket.request is not None
        model = parse_qs(urlsplit(socket.request.path).query)["model"][0]
        wire = Wire(socket, name=str(len(self.sessions) + 1))
        session = FakeSession(wire, self._script, self._budget, model=model, note=self._note)
        self.sessions.append(session)
        await session.run()
        self._note()

    def _note(self) -> None:
        for reached, reached_later in self._waiting:
            if not reached_later.done() and reached():
                reached_later.set_result(None)


def _refusal(connection: ServerConnection, status: int, code: str) -> Response:
    error = {"message": "Refused.", "type": "invalid_request_error", "code": code}
    return connection.respond(HTTPStatus(status), json.dumps({"error": error}))
