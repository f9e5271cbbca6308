"""The media endpoint: who may open it, and how a stream begins and ends.

A Channels consumer whose own `__call__` runs the conversation. Channels' stock dispatch waits for
the process's one database thread at each message; here no message does.
"""

import asyncio
import logging
from typing import Any

from channels.consumer import AsyncConsumer
from channels.layers import BaseChannelLayer, get_channel_layer
from django.conf import settings

from calls import services
from calls.carriers.base import get_carrier
from calls.engines.base import make_engine
from calls.enums import EndReason
from calls.live.bridge import Bridge
from calls.live.events import AnsweredBy, Hangup, StreamStarted
from calls.live.recorder import Recorder
from calls.live.records import in_thread
from calls.live.session import CallSession
from calls.live.toolbox import Toolbox
from calls.live.warming import warm_up_search
from calls.models import Call, MediaStream
from calls.profiles import profile_of
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.logs import logging_call

log = logging.getLogger(__name__)

NORMAL_CLOSURE = 1000
INTERNAL_ERROR = 1011


class MediaConsumer(AsyncConsumer):  # type: ignore[misc]  # channels has no types
    """One media stream of one call, opened with the token in its path."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        stream = await self._claim(scope)
        if stream is None:
            await send({"type": "websocket.close", "code": 4403})
            return
        with logging_call(stream.call.public_id):
            await send({"type": "websocket.accept"})
            ended = await self._converse(stream, receive, send)
            reason = EndReason(ended.reason)
            await in_thread(services.end_stream, stream, reason, error=ended.error)
            log.info("media stream ended", extra={"reason": reason})
            await _close(send, INTERNAL_ERROR if ended.error else NORMAL_CLOSURE)

    async def _claim(self, scope: Any) -> MediaStream | None:
        if not signature_is_valid(scope):
            log.warning("media stream refused: wrong signature")
            return None
        token = scope["url_route"]["kwargs"]["token"]
        try:
            return await in_thread(services.claim_stream, token)
        except SalesdeskError as error:
            log.warning("media stream refused: %s", error.message)
            return None

    async def _converse(self, stream: MediaStream, receive: Any, send: Any) -> Hangup:
        layer: BaseChannelLayer = get_channel_layer()

        async def on_start(event: StreamStarted) -> None:
            await in_thread(
                services.start_stream, stream, sid=event.stream_sid, call_sid=event.call_sid
            )

        try:
            profile = await in_thread(profile_of, stream.call)
            engine = make_engine(profile)
        except SalesdeskError as error:
            return Hangup("engine_failed", error.message)
        bridge = Bridge(
            call_id=stream.call.public_id,
            receive=receive,
            send=send,
            session=CallSession(
                profile,
                paused=stream.call.agent_paused,
                answered_by=_answered_by(stream.call),
            ),
            engine=engine,
            recorder=Recorder(stream.call, layer),
            toolbox=Toolbox(profile),
            layer=layer,
            on_start=on_start,
        )
        warming = asyncio.create_task(warm_up_search(profile))
        try:
            return await bridge.run()
        finally:
            warming.cancel()


def _answered_by(call: Call) -> AnsweredBy | None:
    return AnsweredBy(call.answered_by) if call.answered_by else None


def signature_is_valid(scope: Any) -> bool:
    """Whether the carrier itself opens this socket.

    Twilio signs the handshake like a webhook, over the URL that it was given, without parameters.
    """
    headers = dict(scope["headers"])
    signature = headers.get(b"x-twilio-signature", b"").decode("latin-1")
    url = settings.MEDIA_STREAM_URL + scope["path"]
    return get_carrier().signature_is_valid(url, {}, signature)


async def _close(send: Any, code: int) -> None:
    """A peer that has gone needs no closing."""
    try:
        await send({"type": "websocket.close", "code": code})
    except OSError as error:
        log.debug("the media socket was closed already: %r", error)
