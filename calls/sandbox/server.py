"""The sandbox inside a test: a carrier with its web server, on a free port of this machine."""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import uvicorn
from starlette.types import ASGIApp

from calls.sandbox.app import create_app
from calls.sandbox.carrier import Carrier

HOST = "127.0.0.1"


class Server:
    """Any ASGI application on a free port, in the running event loop.

    Used as an asynchronous context manager; inside it ``url`` answers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._socket = socket.socket()
        self._socket.bind((HOST, 0))
        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="on", timeout_graceful_shutdown=5
        )
        self._server = _Uvicorn(config)
        self.url = f"http://{HOST}:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> Self:
        self._serving = asyncio.create_task(self._server.serve([self._socket]))
        listening = asyncio.create_task(self._server.listening.wait())
        await asyncio.wait({self._serving, listening}, return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            listening.cancel()
            await self._serving
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.leave()
        await self._serving


class Sandbox(Carrier):
    """A carrier whose APIs answer at ``url``::

    async with Sandbox(account_sid=…, auth_token=…, numbers={…}) as carrier:
        call = await carrier.ring(to=…, from_=…, script=…)
        await call.wait_ended()
    """

    url = ""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        self._server = await Server(create_app(self, opens_carrier=False)).__aenter__()
        self.url = self._server.url
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await super().__aexit__(kind, error, trace)
        await self._server.__aexit__(kind, error, trace)


class _Uvicorn(uvicorn.Server):
    """Leaves the signals to whoever runs the test, says when it listens, and goes when told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        self.should_exit = True
        self._leaving.set()

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    async def main_loop(self) -> None:
        """Without the tick of ten times a second that a long-lived server needs."""
        await self.on_tick(0)
        await self._leaving.wait()
