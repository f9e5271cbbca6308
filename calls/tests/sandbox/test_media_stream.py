import base64
import json
from typing import Any

import pytest

from calls.sandbox.media_stream import (
    Clear,
    InvalidMessage,
    Mark,
    Media,
    MessageWriter,
    read_message,
)
from calls.sandbox.playback import SILENT_FRAME

STREAM, CALL, ACCOUNT = "MZ" + "1" * 32, "CA" + "2" * 32, "AC" + "3" * 32


@pytest.fixture
def writer() -> MessageWriter:
    return MessageWriter(stream_sid=STREAM, call_sid=CALL, account_sid=ACCOUNT)


def test_connected_names_the_protocol(writer: MessageWriter) -> None:
    assert json.loads(writer.connected()) == {
        "event": "connected",
        "protocol": "Call",
        "version": "1.0.0",
    }


def test_start_describes_the_stream(writer: MessageWriter) -> None:
    assert json.loads(writer.start({"lead": "Ö 7"})) == {
        "event": "start",
        "sequenceNumber": "1",
        "start": {
            "accountSid": ACCOUNT,
            "streamSid": STREAM,
            "callSid": CALL,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"lead": "Ö 7"},
        },
        "streamSid": STREAM,
    }


def test_media_counts_frames_and_messages_as_text(writer: MessageWriter) -> None:
    writer.start({})
    writer.media(SILENT_FRAME)
    writer.mark("a")
    frame = bytes(range(160))
    assert json.loads(writer.media(frame)) == {
        "event": "media",
        "sequenceNumber": "4",
        "media": {
            "track": "inbound",
            "chunk": "2",
            "timestamp": "20",
            "payload": base64.b64encode(frame).decode(),
        },
        "streamSid": STREAM,
    }


def test_silence_is_sent_as_mulaw_silence(writer: MessageWriter) -> None:
    payload = json.loads(writer.media(SILENT_FRAME))["media"]["payload"]
    assert base64.b64decode(payload) == b"\xff" * 160


def test_keys_marks_and_the_end(writer: MessageWriter) -> None:
    messages = [json.loads(text) for text in (writer.dtmf("#"), writer.mark("x"), writer.stop())]
    assert messages == [
        {
            "event": "dtmf",
            "sequenceNumber": "1",
            "dtmf": {"track": "inbound_track", "digit": "#"},
            "streamSid": STREAM,
        },
        {"event": "mark", "sequenceNumber": "2", "mark": {"name": "x"}, "streamSid": STREAM},
        {
            "event": "stop",
            "sequenceNumber": "3",
            "stop": {"accountSid": ACCOUNT, "callSid": CALL},
            "streamSid": STREAM,
        },
    ]


def message(**body: Any) -> str:
    return json.dumps({"streamSid": STREAM} | body)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (message(event="media", media={"payload": "//8="}), Media(b"\xff\xff")),
        (message(event="media", media={"payload": ""}), Media(b"")),
        (message(event="mark", mark={"name": "end"}), Mark("end")),
        (message(event="clear"), Clear()),
    ],
)
def test_reads_what_a_product_may_send(text: str, meaning: object) -> None:
    assert read_message(text, STREAM) == meaning


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("hello", "not valid JSON"),
        ("[1]", "not a JSON object"),
        (json.dumps({"event": "clear"}), "streamSid"),
        (json.dumps({"event": "clear", "streamSid": "MZother"}), "streamSid"),
        (message(event="dance"), "media, mark and clear"),
        (message(event=["media"]), "media, mark and clear"),
        (message(event="media"), "media.payload"),
        (message(event="media", media="//8="), "media.payload"),
        (message(event="media", media={"payload": 7}), "media.payload"),
        (message(event="media", media={"payload": "a text"}), "base64"),
        (message(event="media", media={"payload": "ä"}), "base64"),
        (message(event="mark", mark={}), "mark.name"),
    ],
)
def test_refuses_anything_else(text: str, reason: str) -> None:
    with pytest.raises(InvalidMessage, match=reason):
        read_message(text, STREAM)
