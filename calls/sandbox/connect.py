"""``<Connect><Stream>``: the call becomes a bidirectional media stream."""

import asyncio
from urllib.parse import urlsplit, urlunsplit

from calls.sandbox.callbacks import Callbacks, CallbackTarget
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.phone import Nobody
from calls.sandbox.stage import Document, Outcome, Source, Stage
from calls.sandbox.stream import MediaStream
from calls.sandbox.twiml import ConnectStream

STREAM_EVENTS = ("stream-started", "stream-stopped", "stream-error")

_SOCKET_SCHEMES = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}


async def connect(stage: Stage, verb: ConnectStream, document: Document) -> Outcome:
    """Stream until the product closes the connection, then request the action."""
    try:
        await _Streaming(stage, verb, document).run()
    except asyncio.CancelledError:
        if verb.action and stage.call.is_ending:
            stage.call.request_when_over(document.absolute(verb.action), verb.method, {})
        raise
    if not verb.action:
        return None
    return Source(document.absolute(verb.action), verb.method)


class _Streaming:
    """One stream with its status callbacks and what is written down about it."""

    def __init__(self, stage: Stage, verb: ConnectStream, document: Document) -> None:
        self._call = stage.call
        self._webhooks = stage.webhooks
        self._verb = verb
        self._url = stream_url(verb.url, document)
        self._phone = stage.call.answer()
        self._stream = MediaStream(
            self._phone,
            stage.call.timeline,
            call_sid=stage.call.sid,
            account_sid=stage.call.parties.account_sid,
        )
        url = document.absolute(verb.status_callback) if verb.status_callback else ""
        target = CallbackTarget(url, verb.status_callback_method, STREAM_EVENTS)
        self._callbacks = Callbacks(stage.webhooks, target, stage.call.notify)

    async def run(self) -> None:
        signature = self._webhooks.signature(self._url)
        try:
            await self._stream.open(self._url, signature, self._verb.parameters)
            self._tell("stream-started")
            await self._stream.wait_closed()
        except CallError as error:
            self._stream.problem = error
        finally:
            self._phone.listener = Nobody()
            await self._stream.close()
            self._report()

    def _report(self) -> None:
        if self._stream.warning is not None:
            self._call.notify(self._stream.warning)
        if self._stream.problem is None:
            self._tell("stream-stopped")
        else:
            self._call.notify(self._stream.problem)
            self._tell("stream-error", error=self._stream.problem)

    def _tell(self, event: str, *, error: CallError | None = None) -> None:
        parameters = {
            "AccountSid": self._call.parties.account_sid,
            "CallSid": self._call.sid,
            "StreamSid": self._stream.sid,
            "StreamName": self._verb.name or self._stream.sid,
            "StreamEvent": event,
        }
        if error is not None:
            parameters["StreamError"] = f"{error.problem.value}: {error.message}"
        self._callbacks.send(event, parameters)


def stream_url(url: str, document: Document) -> str:
    """The WebSocket's address. Twilio passes no query string on. Raises :class:`CallError`."""
    parts = urlsplit(document.absolute(url))
    scheme = _SOCKET_SCHEMES.get(parts.scheme)
    if scheme is None or not url:
        raise CallError(Problem.INVALID_URL, "Invalid URL format.", url=url)
    return urlunsplit((scheme, parts.netloc, parts.path, "", ""))
