"""Twilio's media stream messages, written and read. Pure: no socket.

Source: twilio.com/docs/voice/media-streams/websocket-messages. Numbers are strings there, and
every message except ``connected`` carries the stream's next ``sequenceNumber``, from 1.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass

from calls.audio import FRAME_MS
from calls.sandbox.playback import SILENT_FRAME

_SILENT_PAYLOAD = base64.b64encode(SILENT_FRAME).decode()


class MessageWriter:
    """The carrier's side of one stream."""

    def __init__(self, *, stream_sid: str, call_sid: str, account_sid: str) -> None:
        self._stream_sid = stream_sid
        self._call_sid = call_sid
        self._account_sid = account_sid
        self._sequence = 0
        self._chunk = 0

    def connected(self) -> str:
        return json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})

    def start(self, parameters: Mapping[str, str]) -> str:
        start = {
            "accountSid": self._account_sid,
            "streamSid": self._stream_sid,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": dict(parameters),
        }
        return self._message("start", start=start)

    def media(self, frame: bytes) -> str:
        """20 ms of the caller's voice; written without a JSON encoder, for it is most of all."""
        payload = _SILENT_PAYLOAD if frame is SILENT_FRAME else base64.b64encode(frame).decode()
        timestamp = self._chunk * FRAME_MS
        self._sequence += 1
        self._chunk += 1
        return (
            f'{{"event":"media","sequenceNumber":"{self._sequence}","media":{{"track":"inbound",'
            f'"chunk":"{self._chunk}","timestamp":"{timestamp}","payload":"{payload}"}},'
            f'"streamSid":"{self._stream_sid}"}}'
        )

    def dtmf(self, digit: str) -> str:
        return self._message("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    def mark(self, name: str) -> str:
        return self._message("mark", mark={"name": name})

    def stop(self) -> str:
        stop = {"accountSid": self._account_sid, "callSid": self._call_sid}
        return self._message("stop", stop=stop)

    def _message(self, event: str, **body: object) -> str:
        self._sequence += 1
        message = {"event": event, "sequenceNumber": str(self._sequence), **body}
        return json.dumps(message | {"streamSid": self._stream_sid})


@dataclass(frozen=True, slots=True)
class Media:
    mulaw: bytes


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    pass


class InvalidMessage(Exception):
    """A message that Twilio would not take; the text says why."""


def read_message(text: str, stream_sid: str) -> Media | Mark | Clear:
    """What the product asks for. Raises :class:`InvalidMessage` for anything not documented."""
    try:
        message = json.loads(text)
    except ValueError:
        raise InvalidMessage("The message is not valid JSON.") from None
    if not isinstance(message, dict):
        raise InvalidMessage("The message is not a JSON object.")
    if message.get("streamSid") != stream_sid:
        raise InvalidMessage("The streamSid is not this stream's.")
    match message.get("event"):
        case "media":
            return Media(_decoded(_field(message, "media", "payload")))
        case "mark":
            return Mark(_field(message, "mark", "name"))
        case "clear":
            return Clear()
        case _:
            raise InvalidMessage("The event is not one of media, mark and clear.")


def _field(message: Mapping[str, object], section: str, name: str) -> str:
    body = message.get(section)
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str):
        raise InvalidMessage(f"A {section} message needs {section}.{name} as a string.")
    return value


def _decoded(payload: str) -> bytes:
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidMessage("The media payload is not base64.") from None
