from calls.sandbox.playback import SILENT_FRAME, Playback

FRAME = b"\x01" * 160


def test_an_empty_queue_plays_silence() -> None:
    assert Playback().next_frame() is SILENT_FRAME


def test_audio_comes_out_in_frames_the_last_one_filled_up() -> None:
    playback = Playback()
    playback.add(b"\x01" * 200)
    assert playback.waiting_ms == 25
    assert [playback.next_frame() for _ in range(3)] == [
        FRAME,
        b"\x01" * 40 + b"\xff" * 120,
        SILENT_FRAME,
    ]


def test_a_mark_is_reached_when_the_frame_before_it_has_been_heard() -> None:
    reached: list[str] = []
    playback = Playback()
    playback.add(FRAME * 2)
    playback.mark(lambda: reached.append("two"))
    playback.add(FRAME)
    playback.mark(lambda: reached.append("three"))
    seen = []
    for _ in range(4):
        playback.next_frame()
        seen.append(list(reached))
    assert seen == [[], [], ["two"], ["two", "three"]]


def test_a_mark_without_audio_before_it_is_reached_with_the_next_frame() -> None:
    reached: list[str] = []
    playback = Playback()
    playback.mark(lambda: reached.append("now"))
    playback.next_frame()
    assert reached == ["now"]


def test_clear_drops_the_audio_and_reaches_all_marks_in_order() -> None:
    reached: list[str] = []
    playback = Playback()
    playback.add(FRAME * 10)
    playback.mark(lambda: reached.append("first"))
    playback.add(FRAME * 10)
    playback.mark(lambda: reached.append("second"))
    playback.next_frame()
    playback.clear()
    assert reached == ["first", "second"]
    assert playback.next_frame() is SILENT_FRAME


def test_marks_after_a_clear_count_from_the_new_audio() -> None:
    reached: list[str] = []
    playback = Playback()
    playback.add(FRAME * 3)
    playback.clear()
    playback.add(FRAME)
    playback.mark(lambda: reached.append("new"))
    playback.next_frame()
    assert reached == []
    playback.next_frame()
    assert reached == ["new"]
