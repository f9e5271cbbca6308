import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from picows import WSCloseCode, WSMsgType
from picows.picows import _make_test_ws_frame

from calls.audio import FRAME_MS
from calls.bench.carrier import HEARD_FRAMES, SPEECH_FRAMES, Carrier, Ring, speech_frames
from calls.engines.fake_realtime.bench import (
    CALLERS_WORDS,
    HUSH_FRAME,
    QUIET_FRAME,
    SPEECH_FRAME,
    ready_frame,
)
from calls.live import turns

RING = Ring("ws://127.0.0.1/", stream_sid="MZ1", call_sid="CA1")


class Socket:
    """The carrier's side of a socket, without one."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def send(self, msg_type: WSMsgType, message: bytes) -> None:
        self.sent.append(json.loads(message))

    def send_close(self, code: WSCloseCode) -> None:
        self.sent.append({"event": "closed", "code": code.value})


class Line:
    """A carrier whose clock is moved by hand."""

    def __init__(self) -> None:
        self.socket = Socket()
        self.carrier = Carrier(RING)
        self.carrier.on_ws_connected(self.socket)  # type: ignore[arg-type]
        self.carrier.begin(asyncio.get_running_loop().time() + 3600)

    def tick(self) -> str:
        """Send the next frame; its payload."""
        self.carrier._timer.cancel()  # type: ignore[union-attr]
        self.carrier._tick()
        frames = [message for message in self.socket.sent if message["event"] == "media"]
        return str(frames[-1]["media"]["payload"])

    def hear(self, event: dict[str, Any]) -> None:
        text = json.dumps(event, separators=(",", ":")).encode()
        frame = _make_test_ws_frame(WSMsgType.TEXT, text, True, False)
        self.carrier.on_ws_frame(self.socket, frame)  # type: ignore[arg-type]

    def play(self, payload: str) -> None:
        self.hear({"event": "media", "streamSid": "MZ1", "media": {"payload": payload}})


@pytest.fixture
async def line() -> Any:
    line = Line()
    yield line
    line.carrier.hang_up()


def marks(line: Line) -> Iterator[str]:
    return (sent["mark"]["name"] for sent in line.socket.sent if sent["event"] == "mark")


async def test_frames_are_quiet_until_the_answer_begins_and_numbered_then(line: Line) -> None:
    assert line.tick() == QUIET_FRAME
    line.play(ready_frame(0))
    assert line.carrier.talking.is_set()
    first, second = line.tick(), line.tick()
    assert (first[:8], second[:8]) == ("00000000", "00000001")
    assert len(first) == len(QUIET_FRAME)


async def test_a_frame_that_does_not_come_back_is_lost(line: Line) -> None:
    line.play(ready_frame(0))
    line.carrier.measure([])
    first, second = line.tick(), line.tick()
    line.play(second)
    line.carrier.rest()
    awaited = [line.carrier.awaits_frames]
    result = line.carrier.result()
    assert (result["sent"], result["lost"], len(result["delays_us"])) == (2, 1, 1)
    line.play(first)
    awaited.append(line.carrier.awaits_frames)
    assert awaited == [True, False]
    assert line.carrier.result()["lost"] == 0


async def test_a_frame_that_comes_twice_or_was_never_sent_is_strange(line: Line) -> None:
    line.play(ready_frame(0))
    frame = line.tick()
    for payload in (frame, frame, "99999999", "what?"):
        line.play(payload)
    assert line.carrier.result()["strange"] == 3


async def test_a_caller_speaks_up_is_cleared_for_and_hushes(line: Line) -> None:
    line.play(ready_frame(0))
    line.carrier.measure([0])
    assert line.tick() == SPEECH_FRAME
    line.hear({"event": "clear", "streamSid": "MZ1"})
    said = [line.tick() for _ in range(SPEECH_FRAMES)]
    assert said == [QUIET_FRAME] * (SPEECH_FRAMES - 1) + [HUSH_FRAME]
    assert line.tick() == QUIET_FRAME
    line.play(ready_frame(1))
    result = line.carrier.result()
    assert (result["speeches"], result["clears_missing"], len(result["clear_ms"])) == (1, 0, 1)
    assert line.tick()[:8] == "00000000"


async def test_an_answer_without_a_clear_before_it_is_noticed(line: Line) -> None:
    line.play(ready_frame(0))
    line.carrier.measure([0])
    for _ in range(11):
        line.tick()
    line.play(ready_frame(1))
    assert line.carrier.result()["clears_missing"] == 1


async def test_an_item_counts_once_the_caller_has_heard_words_of_it(line: Line) -> None:
    line.play(ready_frame(0))
    for _ in range(HEARD_FRAMES - 1):
        line.play(line.tick())
    assert line.carrier.result()["items_heard"] == 0
    line.play(line.tick())
    assert line.carrier.result()["items_heard"] == 1


async def test_a_mark_comes_back_when_the_audio_before_it_has_been_played(line: Line) -> None:
    line.hear({"event": "mark", "mark": {"name": "at once"}})
    line.tick()
    assert list(marks(line)) == ["at once"]
    for _ in range(500):
        line.play(QUIET_FRAME)
    line.hear({"event": "mark", "mark": {"name": "ten seconds later"}})
    line.tick()
    assert list(marks(line)) == ["at once"]
    line.hear({"event": "clear"})
    assert list(marks(line)) == ["at once", "ten seconds later"]


async def test_a_caller_who_hangs_up_says_so(line: Line) -> None:
    line.carrier.hang_up()
    assert line.socket.sent[-2:] == [
        {"event": "stop", "streamSid": "MZ1"},
        {"event": "closed", "code": 1000},
    ]


@pytest.mark.parametrize(
    ("seconds", "share", "expected"),
    [(2, 0.0, []), (5, 0.0, [50]), (5, 0.5, [100]), (20, 0.0, [50, 250, 450, 650, 850])],
)
def test_callers_speak_up_now_and_then_but_not_at_the_end(
    seconds: float, share: float, expected: list[int]
) -> None:
    assert speech_frames(seconds, share) == expected


@pytest.mark.parametrize("words", CALLERS_WORDS)
def test_what_callers_say_into_the_answer_takes_the_floor(words: str) -> None:
    assert turns.judge_words(words, SPEECH_FRAMES * FRAME_MS) is turns.Verdict.INTERRUPTION
