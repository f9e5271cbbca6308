"""Reading client events as strictly as the API does, with the ``openai`` package's types."""

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from openai.types.realtime import RealtimeClientEvent
from pydantic import BaseModel, ValidationError

LARGEST_APPEND_BYTES = 15 * 1024 * 1024


@dataclass(slots=True)
class Refused(Exception):
    """An event that the API answers with ``error``; the session goes on."""

    message: str
    code: str | None = None
    param: str | None = None
    event_id: str | None = None
    kind: str = "invalid_request_error"


def event_types(union: Any) -> dict[str, type[BaseModel]]:
    """The classes of one of the SDK's event unions, by the event type that each one reads."""
    members = get_args(get_args(union)[0])
    return {get_args(member.model_fields["type"].annotation)[0]: member for member in members}


_CLIENT_EVENTS = event_types(RealtimeClientEvent)


def read_json(message: str) -> dict[str, Any]:
    """The JSON object of a message. Raises :class:`Refused`."""
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        raise Refused("The message is no valid JSON.", "invalid_json") from None
    if not isinstance(event, dict):
        raise Refused("The message is no JSON object.", "invalid_json")
    return event


def read_client_event(event: dict[str, Any]) -> BaseModel:
    """The typed event of a JSON object. Raises :class:`Refused`."""
    model = _CLIENT_EVENTS.get(str(event.get("type")))
    if model is None:
        raise Refused(f"Invalid value: {event.get('type')!r}.", "invalid_value", "type")
    try:
        typed = model.model_validate(event)
    except ValidationError as error:
        raise _invalid(error) from None
    for path in _unknown_fields(typed, ""):
        raise Refused(f"Unknown parameter: '{path}'.", "unknown_parameter", path)
    return typed


def audio_of(payload: str) -> bytes:
    """The audio of an append event. Raises :class:`Refused` for what is no or too much base64."""
    try:
        audio = base64.b64decode(payload, validate=True)
    except binascii.Error:
        raise Refused("The audio is no valid base64.", "invalid_value", "audio") from None
    if len(audio) > LARGEST_APPEND_BYTES:
        raise Refused("The audio is longer than 15 MiB.", "string_above_max_length", "audio")
    return audio


def _invalid(error: ValidationError) -> Refused:
    first = error.errors()[0]
    path = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return Refused(f"Missing required parameter: '{path}'.", "missing_required_parameter", path)
    return Refused(f"Invalid value at '{path}': {first['msg']}.", "invalid_value", path)


def _unknown_fields(value: object, path: str) -> Iterator[str]:
    """Paths of the fields that the SDK's types do not have; they let unknown ones through."""
    if isinstance(value, list):
        for number, part in enumerate(value):
            yield from _unknown_fields(part, f"{path}[{number}]")
    if not isinstance(value, BaseModel):
        return
    before = f"{path}." if path else ""
    for name in value.model_extra or {}:
        yield f"{before}{name}"
    for name in type(value).model_fields:
        yield from _unknown_fields(getattr(value, name), f"{before}{name}")
