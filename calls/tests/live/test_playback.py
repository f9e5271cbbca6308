import base64

import pytest

from calls.live.playback import Playback


def audio(ms: int) -> str:
    return base64.b64encode(b"\x7f" * (ms * 8)).decode()


def test_nothing_sent_is_idle_and_nothing_heard() -> None:
    playback = Playback()
    assert playback.is_idle(5_000)
    assert playback.heard(5_000) == 0


def test_between_marks_the_callers_clock_tells_what_was_heard() -> None:
    playback = Playback()
    playback.add("a", audio(1_000), now=100)
    assert playback.heard_ms("a", now=100) == 0
    assert playback.heard_ms("a", now=460) == 360
    assert playback.heard_ms("a", now=9_000) == 1_000


def test_a_pause_between_items_is_not_counted_as_heard() -> None:
    playback = Playback()
    playback.add("a", audio(200), now=0)
    playback.add("b", audio(500), now=2_000)
    assert playback.heard_ms("b", now=2_100) == 100
    assert playback.begins_at("b", now=2_100) == 2_000


def test_an_item_behind_another_begins_when_that_was_played() -> None:
    playback = Playback()
    playback.add("a", audio(1_000), now=0)
    playback.add("b", audio(1_000), now=0)
    assert playback.begins_at("b", now=400) == 1_000
    assert playback.heard_ms("b", now=1_300) == 300


def test_a_mark_corrects_a_clock_that_ran_ahead() -> None:
    playback = Playback()
    playback.add("a", audio(150), now=0)
    mark = playback.add("a", audio(150), now=0)
    playback.add("a", audio(700), now=0)
    assert mark is not None
    assert playback.played(mark, now=420)
    assert playback.heard(420) == 300
    assert playback.heard(500) == 380


def test_marks_come_at_most_every_200_ms_of_audio() -> None:
    playback = Playback()
    marks = [playback.add("a", audio(20), now=0) for _ in range(30)]
    assert [index for index, mark in enumerate(marks) if mark] == [9, 19, 29]
    assert playback.mark() is None


def test_clear_returns_what_was_not_heard_to_the_millisecond() -> None:
    playback = Playback()
    playback.add("a", audio(300), now=0)
    playback.add("a", audio(300), now=0)
    unheard = playback.clear(now=250)
    assert [chunk.payload for chunk in unheard] == [audio(50), audio(300)]
    assert playback.is_idle(250)
    assert playback.heard_ms("a", now=900) == 250


def test_marks_from_before_a_clear_count_no_more() -> None:
    playback = Playback()
    mark = playback.add("a", audio(400), now=0)
    assert mark is not None
    playback.clear(now=100)
    assert not playback.played(mark, now=120)
    assert playback.heard_ms("a", now=120) == 100


@pytest.mark.parametrize("name", ["", "0", "0.", "0.²", "0.-200", "end of 0.200"])
def test_a_mark_of_another_shape_does_not_count(name: str) -> None:
    playback = Playback()
    playback.add("a", audio(400), now=0)
    assert not playback.played(name, now=400)


def test_held_audio_goes_on_where_the_caller_heard_last() -> None:
    playback = Playback()
    playback.add("a", audio(1_000), now=0)
    for chunk in playback.clear(now=400):
        playback.add(chunk.item_id, chunk.payload, now=1_500)
    assert playback.item_ms("a") == 1_000
    assert playback.heard_ms("a", now=1_500) == 400
    assert playback.heard_ms("a", now=1_700) == 600


def test_marked_heard_needs_the_mark_of_the_items_end() -> None:
    playback = Playback()
    first = playback.add("a", audio(200), now=0)
    assert first is not None
    playback.add("a", audio(100), now=0)
    last = playback.mark()
    assert last is not None
    playback.played(first, now=200)
    assert not playback.is_marked_heard("a")
    playback.played(last, now=300)
    assert playback.is_marked_heard("a")


def test_a_mark_that_was_never_sent_does_not_count() -> None:
    playback = Playback()
    playback.add("a", audio(100), now=0)
    assert not playback.played("nonsense", now=50)
    assert not playback.played("0.x", now=50)
