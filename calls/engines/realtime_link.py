"""A WebSocket to OpenAI's Realtime API with a configured session on it.

The client of the ``openai`` package says where and with which headers, and its types carry
everything but audio. The socket itself is ``picows.websockets``, the ``websockets`` interface at
half its cost a frame. An event is written as the JSON that it is and read by the class of its
type; the package's own ways cost ten times as much, since they look through all classes.
"""

import asyncio
import json
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache, partial
from typing import Any, cast, get_args
from urllib.parse import quote, urlsplit
from urllib.request import proxy_bypass

from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
from openai.types.realtime import (
    RealtimeClientEventParam,
    RealtimeServerEvent,
    SessionUpdateEventParam,
)
from picows import WSError
from picows.websockets import ClientConnection, ConnectionClosed, connect
from picows.websockets.exceptions import InvalidStatus, WebSocketException
from pydantic import BaseModel, ValidationError

from calls.engines import realtime_protocol as protocol
from salesdesk.lib.errors import ProviderError

LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024
CLOSE_TIMEOUT_S = 1.0

LinkClosed = ConnectionClosed

logger = logging.getLogger(__name__)


def _by_type(union: Any) -> dict[str, type[BaseModel]]:
    classes = get_args(get_args(union)[0])
    return {get_args(one.model_fields["type"].annotation)[0]: one for one in classes}


_EVENTS: Mapping[str, type[BaseModel]] = _by_type(RealtimeServerEvent)


class RealtimeLink:
    """One connection to the API. Raises :data:`LinkClosed` once it is gone.

    ``session`` is what it was configured with when it was opened.
    """

    def __init__(self, socket: ClientConnection, session: SessionUpdateEventParam) -> None:
        self.session = session
        self._socket = socket
        self._lenient = AsyncRealtimeConnection(cast("Any", socket))
        self.send_raw = socket.send
        self.receive = cast("Callable[[], Awaitable[str]]", partial(socket.recv, decode=True))

    async def send(self, event: RealtimeClientEventParam) -> None:
        await self.send_raw(json.dumps(event))

    def parse(self, message: str) -> object:
        """The SDK's event for a message, or ``None`` for what is no JSON.

        What the SDK's class does not accept as it is, the SDK makes the best of.
        """
        try:
            fields = json.loads(message)
            event_class = _EVENTS[fields["type"]]
            return event_class.model_validate(fields)
        except (KeyError, TypeError, ValidationError):
            return cast("object", self._lenient.parse_event(message))
        except (ValueError, RecursionError):
            return None

    async def close(self) -> None:
        await self._socket.close()


async def open_link(
    *, api_key: str, base_url: str, model: str, session: SessionUpdateEventParam, timeout_ms: int
) -> RealtimeLink:
    """Connect and configure a session. Raises ``ProviderError`` with a sentence for people."""
    try:
        async with asyncio.timeout(timeout_ms / 1000):
            link = RealtimeLink(await _dial(api_key, base_url, model), session)
            try:
                await _configure(link)
            except BaseException:
                await link.close()
                raise
            return link
    except TimeoutError:
        raise ProviderError("OpenAI did not answer in time.", retryable=True) from None
    except LinkClosed as closed:
        raise ProviderError("OpenAI closed the connection at once.", retryable=True) from closed


async def _dial(api_key: str, base_url: str, model: str) -> ClientConnection:
    client = _client(api_key, base_url)
    url = _socket_url(client, model)
    try:
        return await connect(
            url,
            additional_headers=_headers(client),
            user_agent_header=None,
            compression=None,
            max_size=LARGEST_MESSAGE_BYTES,
            max_queue=None,  # at most an answer; a full queue would hold up the closing handshake
            open_timeout=None,
            close_timeout=CLOSE_TIMEOUT_S,
            proxy=None if proxy_bypass(urlsplit(url).hostname or "") else True,
            ssl=_tls() if url.startswith("wss:") else None,
            max_redirects=0,
        )
    except InvalidStatus as refused:
        status = refused.response.status_code
        raise ProviderError(
            protocol.status_sentence(status, model), retryable=protocol.may_pass(status)
        ) from refused
    except (WebSocketException, WSError) as broken:
        raise ProviderError("The address of OpenAI is no Realtime server.") from broken
    except OSError as unreachable:
        raise ProviderError("OpenAI cannot be reached.", retryable=True) from unreachable


async def _configure(link: RealtimeLink) -> None:
    await _expect(link, "session.created")
    await link.send(link.session)
    await _expect(link, "session.updated")


async def _expect(link: RealtimeLink, wanted: str) -> None:
    """Read until an event of this type; an error in its place is a refusal."""
    while True:
        event = link.parse(await link.receive())
        kind = getattr(event, "type", None)
        if kind == wanted:
            return
        if kind == "error":
            raise _refusal(getattr(event, "error", None))


def _refusal(error: object) -> ProviderError:
    kind, code = getattr(error, "type", None), getattr(error, "code", None)
    logger.warning("realtime session refused: type=%s code=%s", kind, code)
    retryable = protocol.error_weight(kind, code) == "passing"
    return ProviderError(protocol.error_sentence(kind, code), retryable=retryable)


@lru_cache(maxsize=64)
def _client(api_key: str, base_url: str) -> AsyncOpenAI:
    """Shared by all calls: making one loads the certificates, some 20 ms in which no call moves."""
    return AsyncOpenAI(api_key=api_key, base_url=base_url or None)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _socket_url(client: AsyncOpenAI, model: str) -> str:
    base = str(client.websocket_base_url or client.base_url).rstrip("/")
    scheme, _, rest = base.partition("://")
    scheme = {"http": "ws", "https": "wss"}.get(scheme, scheme)
    return f"{scheme}://{rest}/realtime?model={quote(model, safe='')}"


def _headers(client: AsyncOpenAI) -> dict[str, str]:
    headers = {**client.default_headers, **client.auth_headers}
    return {name: value for name, value in headers.items() if isinstance(value, str)}
