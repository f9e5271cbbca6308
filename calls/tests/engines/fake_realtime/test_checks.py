import base64
from typing import Any

import pytest
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent

from calls.engines.fake_realtime import checks
from calls.engines.fake_realtime.checks import Refused, read_client_event

MESSAGE = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hi"}]}


def refusal_of(event: dict[str, Any]) -> tuple[str | None, str | None]:
    with pytest.raises(Refused) as refused:
        read_client_event(event)
    return refused.value.code, refused.value.param


def test_every_event_of_the_sdk_is_known_by_its_type() -> None:
    assert "response.create" in checks.event_types(RealtimeClientEvent)
    assert "response.output_audio.delta" in checks.event_types(RealtimeServerEvent)


@pytest.mark.parametrize(
    "event",
    [
        {"type": "response.create"},
        {"type": "response.create", "response": {"instructions": "Be brief."}},
        {"type": "response.cancel", "event_id": "mine"},
        {"type": "conversation.item.create", "item": MESSAGE},
        {
            "type": "session.update",
            "session": {
                "type": "realtime",
                "tools": [{"type": "function", "name": "f", "parameters": {"any": "thing"}}],
            },
        },
    ],
)
def test_what_the_api_takes_is_taken(event: dict[str, Any]) -> None:
    assert getattr(read_client_event(event), "type", None) == event["type"]


@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ({}, "invalid_value", "type"),
        ({"type": "response.sing"}, "invalid_value", "type"),
        (
            {"type": "input_audio_buffer.append"},
            "missing_required_parameter",
            "audio",
        ),
        ({"type": "response.create", "loud": True}, "unknown_parameter", "loud"),
        (
            {"type": "response.create", "response": {"temperature": 1}},
            "unknown_parameter",
            "response.temperature",
        ),
        (
            {
                "type": "conversation.item.create",
                "item": {**MESSAGE, "content": [{"type": "input_text", "words": "Hi"}]},
            },
            "unknown_parameter",
            "item.content[0].words",
        ),
        (
            {
                "type": "conversation.item.truncate",
                "item_id": "i",
                "content_index": 0,
                "audio_end_ms": "soon",
            },
            "invalid_value",
            "audio_end_ms",
        ),
    ],
)
def test_what_the_api_refuses_is_refused(event: dict[str, Any], code: str, param: str) -> None:
    assert refusal_of(event) == (code, param)


@pytest.mark.parametrize("message", ["", "{", "[]", "5", "[" * 100_000])
def test_what_is_no_object_is_refused(message: str) -> None:
    with pytest.raises(Refused) as refused:
        checks.read_json(message)
    assert refused.value.code == "invalid_json"


def test_audio_is_decoded() -> None:
    assert checks.audio_of(base64.b64encode(b"\xff" * 160).decode()) == b"\xff" * 160


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ("words!", "invalid_value"),
        ("AAA", "invalid_value"),
        ("A" * (20 * 1024 * 1024 + 4), "string_above_max_length"),
    ],
)
def test_what_is_no_audio_is_refused(payload: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        checks.audio_of(payload)
    assert refused.value.code == code
