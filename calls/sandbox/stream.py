"""A bidirectional media stream: the carrier's end of the WebSocket."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from picows import (
    WSCloseCode,
    WSError,
    WSFrame,
    WSHandshakeError,
    WSListener,
    WSMsgType,
    WSTransport,
    ws_connect,
)

from calls.sandbox.media_stream import (
    Clear,
    InvalidMessage,
    Mark,
    Media,
    MessageWriter,
    read_message,
)
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.phone import Phone
from calls.sandbox.sids import new_sid
from calls.sandbox.timeline import Kind, Timeline
from calls.sandbox.webhooks import SIGNATURE_HEADER

USER_AGENT: Final = "Twilio.TmeWs/1.0"
HANDSHAKE_S: Final = 5.0
GOODBYE_S: Final = 2.0
LONGEST_MESSAGE: Final = 1024 * 1024
"""Bytes; about 98 s of audio. A longer message closes the stream."""

_OUR_COMPLAINTS = frozenset({WSCloseCode.PROTOCOL_ERROR, WSCloseCode.MESSAGE_TOO_BIG})
_GOOD_BYES = frozenset({WSCloseCode.OK, WSCloseCode.GOING_AWAY, WSCloseCode.NO_INFO})


class MediaStream(WSListener):
    """Carries a phone's voice and keys to the product and plays what the product sends.

    All sending and reading is synchronous: the ticker hands over a frame, the socket a message.
    """

    def __init__(
        self, phone: Phone, timeline: Timeline, *, call_sid: str, account_sid: str
    ) -> None:
        super().__init__()
        self.sid = new_sid("MZ")
        self.problem: CallError | None = None
        self.warning: CallError | None = None
        self._phone = phone
        self._timeline = timeline
        self._write = MessageWriter(stream_sid=self.sid, call_sid=call_sid, account_sid=account_sid)
        self._transport: WSTransport | None = None
        self._fragments = b""
        self._stopping = False
        self._gone = asyncio.Event()

    async def open(self, url: str, signature: str, parameters: Mapping[str, str]) -> None:
        """Connect, introduce the stream and begin to carry the voice. Raises
        :class:`CallError` when the product does not take the connection."""
        headers = {SIGNATURE_HEADER: signature, "User-Agent": USER_AGENT}
        try:
            self._transport, _ = await ws_connect(
                lambda: self,
                url,
                extra_headers=headers,
                websocket_handshake_timeout=HANDSHAKE_S,
                max_frame_size=LONGEST_MESSAGE,
                max_redirects=0,
            )
        except (WSError, OSError, ValueError) as error:
            raise _refusal(error, url) from None
        self._send(self._write.connected())
        self._send(self._write.start(parameters))
        self._timeline.add(Kind.STREAM_STARTED, stream_sid=self.sid)
        self._phone.listener = self

    async def wait_closed(self) -> None:
        """Until the product has closed the connection, or it broke."""
        await self._gone.wait()

    async def close(self) -> None:
        """Say ``stop`` and go; safe when the connection is gone already or was never made."""
        self._stopping = True
        if self._transport is None or self._gone.is_set():
            return
        self._send(self._write.stop())
        self._transport.send_close(WSCloseCode.OK)
        try:
            async with asyncio.timeout(GOODBYE_S):
                await self._gone.wait()
        except TimeoutError:
            self._transport.disconnect(graceful=False)

    # ------------------------------------------------------------ from the phone

    def hear(self, frame: bytes) -> None:
        self._send(self._write.media(frame))

    def press(self, key: str) -> None:
        self._send(self._write.dtmf(key))

    # ------------------------------------------------------------ from the product

    def on_ws_connected(self, transport: WSTransport) -> None:
        if self._stopping:
            transport.disconnect()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        match frame.msg_type:
            case WSMsgType.TEXT | WSMsgType.CONTINUATION:
                self._collect(transport, frame)
            case WSMsgType.BINARY:
                self._warn("The message is not text.")
            case WSMsgType.CLOSE:
                transport.send_close(frame.get_close_code())
                transport.disconnect()
            case _:
                pass

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.problem = None if self._stopping else _breakage(transport)
        self._gone.set()
        self._phone.ear.clear()
        self._timeline.add(Kind.STREAM_STOPPED, stream_sid=self.sid)

    def _collect(self, transport: WSTransport, frame: WSFrame) -> None:
        """Put the frames of a message together; one that never ends closes the stream."""
        self._fragments += frame.get_payload_as_bytes()
        if len(self._fragments) > LONGEST_MESSAGE:
            transport.send_close(WSCloseCode.MESSAGE_TOO_BIG)
            transport.disconnect()
        elif frame.fin:
            message, self._fragments = self._fragments, b""
            self._take(message)

    def _take(self, message: bytes) -> None:
        try:
            request = read_message(message.decode(), self.sid)
        except (InvalidMessage, UnicodeDecodeError) as error:
            self._warn(str(error))
            return
        match request:
            case Media(mulaw):
                self._phone.ear.add(mulaw)
            case Mark(name):
                self._timeline.add(Kind.MARK_RECEIVED, name=name)
                self._phone.ear.mark(lambda: self._reach(name))
            case Clear():
                self._timeline.add(Kind.CLEARED, dropped_ms=self._phone.ear.waiting_ms)
                self._phone.ear.clear()

    def _reach(self, name: str) -> None:
        if self._gone.is_set():
            return
        self._timeline.add(Kind.MARK_REACHED, name=name)
        self._send(self._write.mark(name))

    def _warn(self, reason: str) -> None:
        if self.warning is None:
            self.warning = CallError(Problem.STREAM_MESSAGE, f"Invalid message: {reason}")

    def _send(self, message: str) -> None:
        if self._transport is not None and not self._transport.is_disconnected:
            self._transport.send(WSMsgType.TEXT, message.encode())


def _refusal(error: Exception, url: str) -> CallError:
    if isinstance(error, TimeoutError):
        problem, message = Problem.STREAM_TIMEOUT, "The WebSocket server did not answer in time."
    elif isinstance(error, WSHandshakeError):
        problem, message = Problem.STREAM_HANDSHAKE, "The WebSocket handshake was refused."
    else:
        problem, message = Problem.STREAM_REFUSED, "The WebSocket server could not be reached."
    return CallError(problem, message, url=url)


def _breakage(transport: WSTransport) -> CallError | None:
    """What was wrong with an end that the product brought about; none for an orderly close."""
    handshake: Any = transport.close_handshake  # none, whatever its type says, without a goodbye
    if handshake is None:
        return _broken()
    if handshake.sent is not None and handshake.sent.code in _OUR_COMPLAINTS:
        return CallError(Problem.STREAM_PROTOCOL, "The WebSocket protocol was not kept.")
    if handshake.recv is None:
        return _broken()
    if handshake.recv.code not in _GOOD_BYES:
        code = handshake.recv.code
        return CallError(Problem.STREAM_CLOSED, f"The server closed the stream ({code}).")
    return None


def _broken() -> CallError:
    return CallError(Problem.STREAM_BROKEN, "The WebSocket connection broke.")
