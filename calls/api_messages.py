"""What a program may send on the live socket. Pure: text in, a message or a refusal out."""

import json
import re
from dataclasses import dataclass
from typing import Any

LONGEST_MESSAGE = 4096
LARGEST_VERSION = 2**31 - 1
ALL_CALLS = "calls"
CALL_ROOM = re.compile(r"call:([0-9a-z]{1,20})")

CALL_EVENTS = frozenset({"call.started", "call.updated", "call.ended"})
EVENTS = CALL_EVENTS | {"interaction.added", "interaction.interim"}


class BadMessage(Exception):
    """``code`` is for programs, ``message`` for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Subscribe:
    """``call_id`` is empty for the room of all calls; ``after`` a transcript version seen."""

    room: str
    call_id: str
    events: frozenset[str]
    after: int | None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    room: str


@dataclass(frozen=True, slots=True)
class Ping:
    pass


@dataclass(frozen=True, slots=True)
class Pong:
    pass


Message = Subscribe | Unsubscribe | Ping | Pong


def read_message(text: str | None) -> Message:
    """Raises :class:`BadMessage`; ``None`` stands for a message that was not text."""
    if text is None:
        raise BadMessage("not_text", "Send JSON as text.")
    if len(text) > LONGEST_MESSAGE:
        raise BadMessage("too_large", f"Messages have {LONGEST_MESSAGE} characters at most.")
    return _message_of(_object_in(text))


def _object_in(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("bad_json", "This is not JSON.") from None
    if not isinstance(data, dict):
        raise BadMessage("bad_json", "Send a JSON object.")
    return data


def _message_of(data: dict[str, Any]) -> Message:
    match data.get("type"):
        case "subscribe":
            room = _room(data)
            return Subscribe(room, call_id_of(room), _events(data), _after(data))
        case "unsubscribe":
            return Unsubscribe(_room(data))
        case "ping":
            return Ping()
        case "pong":
            return Pong()
    raise BadMessage("unknown_type", "“type” is subscribe, unsubscribe, ping or pong.")


def call_id_of(room: str) -> str:
    found = CALL_ROOM.fullmatch(room)
    return found[1] if found else ""


def _room(data: dict[str, Any]) -> str:
    room = data.get("room")
    if isinstance(room, str) and (room == ALL_CALLS or call_id_of(room)):
        return room
    raise BadMessage("unknown_room", "“room” is “calls” or “call:” and the id of a call.")


def _events(data: dict[str, Any]) -> frozenset[str]:
    """The events wanted; all of them unless said."""
    wanted = data.get("events")
    if wanted is None:
        return EVENTS
    if isinstance(wanted, list) and wanted and all(isinstance(name, str) for name in wanted):
        names = frozenset(wanted)
        if names <= EVENTS:
            return names
    raise BadMessage("unknown_event", f"“events” is a list of: {', '.join(sorted(EVENTS))}.")


def _after(data: dict[str, Any]) -> int | None:
    after = data.get("after")
    if after is None:
        return None
    if isinstance(after, int) and not isinstance(after, bool) and 0 <= after <= LARGEST_VERSION:
        return after
    raise BadMessage("bad_version", "“after” is a version of the transcript, a whole number.")
