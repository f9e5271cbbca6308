"""The media process: callers' audio and nothing else.

`uvicorn calls.live.asgi:application --ws websockets-sansio --loop uvloop --ws-max-size 65536`
"""

import asyncio
import gc
import logging
import os
import sys
from collections.abc import Awaitable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "salesdesk.settings")
django.setup()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  # Django must be set up
from django.conf import settings  # noqa: E402
from django.urls import path  # noqa: E402

from calls.engines.base import warm_up  # noqa: E402
from calls.live.consumer import MediaConsumer  # noqa: E402
from calls.live.searching import start_search_process, stop_search_process  # noqa: E402
from salesdesk.lib.errors import SalesdeskError  # noqa: E402

log = logging.getLogger(__name__)

THREADS_TURN_SECONDS = 0.0005

media_streams = URLRouter([path("media/<str:token>/", MediaConsumer.as_asgi())])


async def refuse_unknown(scope: Any, receive: Any, send: Any) -> None:
    """Sockets anywhere else are refused during the handshake."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


async def sockets(scope: Any, receive: Any, send: Any) -> None:
    known = scope["path"].startswith("/media/") and scope["path"].count("/") == 3
    await (media_streams if known else refuse_unknown)(scope, receive, send)


async def health(scope: Any, receive: Any, send: Any) -> None:
    """`/healthz` answers 200 while the process lives; nothing else is served over HTTP here."""
    status = 200 if scope["path"] == "/healthz" else 404
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    body = b'{"status": "ok"}' if status == 200 else b'{"status": "not found"}'
    await send({"type": "http.response.body", "body": body})


def favour_audio() -> None:
    """Keep what stops the event loop's thread short, now that everything is loaded.

    The garbage collector need not look through the code and models that stay anyway, and a
    database thread gives the interpreter back sooner than after Python's usual five milliseconds.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(THREADS_TURN_SECONDS)


async def _ready(what: str, getting_ready: Awaitable[None]) -> None:
    """A part that does not get ready is logged; the first call then meets the error itself."""
    try:
        await getting_ready
    except SalesdeskError as error:
        log.warning("%s is not ready: %s", what, error.message)


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    """At the start, load what the first call would wait for."""
    await receive()
    await asyncio.gather(
        _ready("the voice engine", warm_up(settings.VOICE_ENGINE)),
        _ready("the search of documents", start_search_process()),
    )
    favour_audio()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    stop_search_process()
    await send({"type": "lifespan.shutdown.complete"})


application = ProtocolTypeRouter({"http": health, "websocket": sockets, "lifespan": lifespan})
