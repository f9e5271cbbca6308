"""Twilio's media stream messages, to events and from commands.

https://www.twilio.com/docs/voice/media-streams/websocket-messages. Messages are JSON text; audio
is base64 mu-law, 20 ms (160 bytes) a message inwards and of any length outwards. A media message
is not parsed as JSON: its two values are sliced out, since fifty come each second.
"""

import binascii
import json
from typing import Any

from calls.live.events import (
    CallerAudio,
    CarrierCommand,
    CarrierEvent,
    ClearPlayback,
    DigitPressed,
    MarkPlayed,
    PlayAudio,
    SendMark,
    StreamStarted,
    StreamStopped,
)

LONGEST_MESSAGE = 64 * 1024
LONGEST_AUDIO = 8_000
"""Bytes of mu-law in one message: a second. The carrier sends 160."""
LONGEST_ID = 64
DIGITS = frozenset("0123456789*#ABCD")


class MalformedMessage(ValueError):
    """The carrier sent what its protocol does not have. The text says what, without content."""


class MediaStreamCodec:
    """One stream's messages. ``encode`` needs the stream's id, so ``start`` must have come."""

    def __init__(self) -> None:
        self.stream_sid = ""
        self._media_head = ""

    def decode(self, text: str) -> CarrierEvent | None:
        """The event that a message stands for; ``None`` for those without meaning here.

        Raises :class:`MalformedMessage`.
        """
        if len(text) > LONGEST_MESSAGE:
            raise MalformedMessage("message too long")
        if text.startswith('{"event":"media"'):
            return self._decode_media(text)
        return self._decode_other(_parse(text))

    def encode(self, command: CarrierCommand) -> str:
        match command:
            case PlayAudio():
                return f'{self._media_head}{command.payload}"}}}}'
            case SendMark(name):
                return self._encode({"event": "mark", "mark": {"name": name}})
            case ClearPlayback():
                return self._encode({"event": "clear"})

    def _encode(self, message: dict[str, Any]) -> str:
        return json.dumps({**message, "streamSid": self.stream_sid})

    def _decode_media(self, text: str) -> CallerAudio:
        payload = _slice(text, '"payload":"')
        timestamp = _slice(text, '"timestamp":"')
        return _caller_audio(payload, timestamp)

    def _decode_other(self, message: dict[str, Any]) -> CarrierEvent | None:
        match message.get("event"):
            case "start":
                return self._start(_part(message, "start"))
            case "media":
                media = _part(message, "media")
                return _caller_audio(_text(media, "payload"), str(media.get("timestamp", "")))
            case "mark":
                return MarkPlayed(_text(_part(message, "mark"), "name"))
            case "dtmf":
                return _digit(_text(_part(message, "dtmf"), "digit"))
            case "stop":
                return StreamStopped()
            case str():
                return None
            case _:
                raise MalformedMessage("message without event")

    def _start(self, start: dict[str, Any]) -> StreamStarted:
        if self.stream_sid:
            raise MalformedMessage("second start")
        encoding = _optional_part(start, "mediaFormat").get("encoding", "audio/x-mulaw")
        if encoding != "audio/x-mulaw":
            raise MalformedMessage("audio that is not mu-law")
        self.stream_sid = _identifier(start, "streamSid")
        self._media_head = (
            f'{{"event":"media","streamSid":"{self.stream_sid}","media":{{"payload":"'
        )
        parameters = _optional_part(start, "customParameters")
        return StreamStarted(self.stream_sid, _identifier(start, "callSid"), parameters)


def _parse(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        raise MalformedMessage("message that is not JSON") from None
    if not isinstance(message, dict):
        raise MalformedMessage("message that is no object")
    return message


def _slice(text: str, before: str) -> str:
    start = text.find(before)
    if start < 0:
        raise MalformedMessage(f"media without {before}")
    start += len(before)
    return text[start : text.find('"', start)]


def _caller_audio(payload: str, timestamp: str) -> CallerAudio:
    try:
        audio = binascii.a2b_base64(payload, strict_mode=True)
    except ValueError:
        raise MalformedMessage("media that is not base64") from None
    if not 0 < len(audio) <= LONGEST_AUDIO:
        raise MalformedMessage("media of impossible length")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        raise MalformedMessage("media without timestamp")
    return CallerAudio(payload, int(timestamp))


def _part(message: dict[str, Any], name: str) -> dict[str, Any]:
    part = message.get(name)
    if not isinstance(part, dict):
        raise MalformedMessage(f"{name} without content")
    return part


def _optional_part(message: dict[str, Any], name: str) -> dict[str, Any]:
    return _part(message, name) if message.get(name) else {}


def _text(part: dict[str, Any], name: str) -> str:
    value = part.get(name)
    if not isinstance(value, str):
        raise MalformedMessage(f"{name} that is no text")
    return value


def _identifier(part: dict[str, Any], name: str) -> str:
    value = _text(part, name)
    if not (value.isalnum() and value.isascii() and len(value) <= LONGEST_ID):
        raise MalformedMessage(f"impossible {name}")
    return value


def _digit(digit: str) -> DigitPressed:
    if digit not in DIGITS:
        raise MalformedMessage("impossible digit")
    return DigitPressed(digit)
