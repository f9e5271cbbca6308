import json
from typing import Any

import pytest

from calls.live.events import (
    CallerAudio,
    ClearPlayback,
    DigitPressed,
    MarkPlayed,
    PlayAudio,
    SendMark,
    StreamStarted,
    StreamStopped,
)
from calls.live.media_stream import LONGEST_MESSAGE, MalformedMessage, MediaStreamCodec

PAYLOAD = "f39/" * 40
START = {
    "event": "start",
    "sequenceNumber": "1",
    "start": {
        "streamSid": "MZ123",
        "callSid": "CA123",
        "tracks": ["inbound"],
        "customParameters": {"colour": "red"},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    },
    "streamSid": "MZ123",
}


def started() -> MediaStreamCodec:
    codec = MediaStreamCodec()
    codec.decode(json.dumps(START))
    return codec


def media(**changes: Any) -> str:
    parts = {"track": "inbound", "chunk": "2", "timestamp": "40", "payload": PAYLOAD, **changes}
    message = {"event": "media", "sequenceNumber": "3", "media": parts, "streamSid": "MZ123"}
    return json.dumps(message, separators=(",", ":"))


def test_start_names_the_stream_and_the_call() -> None:
    event = MediaStreamCodec().decode(json.dumps(START))
    assert event == StreamStarted("MZ123", "CA123", {"colour": "red"})


def test_audio_is_sliced_out_and_not_changed() -> None:
    assert started().decode(media()) == CallerAudio(PAYLOAD, 40)


def test_audio_in_another_layout_of_json_is_the_same() -> None:
    spaced = json.dumps(json.loads(media()), indent=1)
    assert started().decode(spaced) == CallerAudio(PAYLOAD, 40)


@pytest.mark.parametrize(
    ("message", "event"),
    [
        ({"event": "connected", "protocol": "Call", "version": "1.0.0"}, None),
        ({"event": "mark", "mark": {"name": "0.200"}}, MarkPlayed("0.200")),
        ({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": "7"}}, DigitPressed("7")),
        ({"event": "stop", "stop": {"callSid": "CA123"}}, StreamStopped()),
        ({"event": "something new"}, None),
    ],
)
def test_other_messages(message: dict[str, Any], event: object) -> None:
    assert started().decode(json.dumps(message)) == event


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "[]",
        "{}",
        '{"event": 3}',
        "[" * 50_000,
        media(payload="not base64!"),
        media(payload=""),
        media(payload='f39\\"/'),
        media(payload="f39/" * 5_000),
        media(timestamp=""),
        media(timestamp="-20"),
        media(timestamp="9" * 20),
        '{"event":"media"}',
        '{"event":"media","media":"audio"}',
        '{"event": "media", "media": {"payload": 5, "timestamp": "1"}}',
        '{"event": "mark", "mark": {}}',
        '{"event": "dtmf", "dtmf": {"digit": "12"}}',
        '{"event": "start"}',
        json.dumps(START),
        " " * (LONGEST_MESSAGE + 1),
    ],
)
def test_what_the_protocol_does_not_have_is_malformed(text: str) -> None:
    with pytest.raises(MalformedMessage):
        started().decode(text)


@pytest.mark.parametrize("sid", ['MZ"1', "", "M" * 65, 5])
def test_a_stream_id_that_would_break_messages_is_refused(sid: object) -> None:
    start = {**START, "start": {**START["start"], "streamSid": sid}}  # type: ignore[dict-item]
    with pytest.raises(MalformedMessage):
        MediaStreamCodec().decode(json.dumps(start))


@pytest.mark.parametrize("name", ["mediaFormat", "customParameters"])
@pytest.mark.parametrize("value", [["audio"], "audio", 8_000])
def test_a_start_of_another_shape_is_malformed(name: str, value: object) -> None:
    start = {**START, "start": {**START["start"], name: value}}  # type: ignore[dict-item]
    with pytest.raises(MalformedMessage):
        MediaStreamCodec().decode(json.dumps(start))


def test_commands_become_the_carriers_messages() -> None:
    codec = started()
    assert json.loads(codec.encode(PlayAudio(PAYLOAD))) == {
        "event": "media",
        "streamSid": "MZ123",
        "media": {"payload": PAYLOAD},
    }
    assert json.loads(codec.encode(SendMark("0.200"))) == {
        "event": "mark",
        "streamSid": "MZ123",
        "mark": {"name": "0.200"},
    }
    assert json.loads(codec.encode(ClearPlayback())) == {"event": "clear", "streamSid": "MZ123"}
