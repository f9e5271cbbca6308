"""What may be said on the live socket, and how nonsense is refused."""

import json
from typing import Any

import pytest

from calls.api_messages import (
    EVENTS,
    BadMessage,
    Message,
    Ping,
    Pong,
    Subscribe,
    Unsubscribe,
    read_message,
)

ENDED = frozenset({"call.ended"})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"type": "ping"}, Ping()),
        ({"type": "pong", "at": 5}, Pong()),
        ({"type": "subscribe", "room": "calls"}, Subscribe("calls", "", EVENTS, None)),
        ({"type": "subscribe", "room": "call:a1"}, Subscribe("call:a1", "a1", EVENTS, None)),
        (
            {"type": "subscribe", "room": "call:a1", "events": ["call.ended"], "after": 0},
            Subscribe("call:a1", "a1", ENDED, 0),
        ),
        ({"type": "unsubscribe", "room": "call:a1"}, Unsubscribe("call:a1")),
    ],
)
def test_messages_are_understood(data: dict[str, Any], message: Message) -> None:
    assert read_message(json.dumps(data)) == message


def _subscribe(**changes: Any) -> str:
    return json.dumps({"type": "subscribe", "room": "call:a1", **changes})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "not_text"),
        ("", "bad_json"),
        ("{", "bad_json"),
        ("[]", "bad_json"),
        ("[" * 4000, "bad_json"),
        ('"' + "x" * 4096 + '"', "too_large"),
        ("{}", "unknown_type"),
        ('{"type": ["ping"]}', "unknown_type"),
        (_subscribe(room=None), "unknown_room"),
        (_subscribe(room="kitchen"), "unknown_room"),
        (_subscribe(room="call:"), "unknown_room"),
        (_subscribe(room="call:a1\n"), "unknown_room"),
        (_subscribe(room="call:../x"), "unknown_room"),
        (_subscribe(room="call:" + "a" * 21), "unknown_room"),
        (_subscribe(events=[]), "unknown_event"),
        (_subscribe(events="call.ended"), "unknown_event"),
        (_subscribe(events=["call.eaten"]), "unknown_event"),
        (_subscribe(events=[["call.ended"]]), "unknown_event"),
        (_subscribe(after="1"), "bad_version"),
        (_subscribe(after=True), "bad_version"),
        (_subscribe(after=-1), "bad_version"),
        (_subscribe(after=2**31), "bad_version"),
    ],
)
def test_nonsense_is_refused_with_its_code(text: str | None, code: str) -> None:
    with pytest.raises(BadMessage) as refusal:
        read_message(text)

    assert refusal.value.code == code
