from calls.audio import mulaw_from_pcm16
from calls.sandbox.hearing import PAUSE_MS, Hearing, is_audible
from calls.sandbox.playback import SILENT_FRAME
from calls.sandbox.timeline import Kind, Timeline
from calls.tests.sandbox.product import voice
from calls.tests.sandbox.test_timeline import Clock

LOUD = voice("x")
PAUSE_FRAMES = PAUSE_MS // 20


def test_silence_and_line_noise_are_not_audible() -> None:
    noise = mulaw_from_pcm16(b"\x18\x00\xe8\xff" * 80)
    assert not is_audible(SILENT_FRAME)
    assert not is_audible(bytes(SILENT_FRAME))
    assert not is_audible(noise)
    assert is_audible(LOUD)


def hear(frames: list[bytes]) -> list[Kind]:
    timeline = Timeline()
    hearing = Hearing(timeline)
    for frame in frames:
        hearing.hear(frame)
    return [happening.kind for happening in timeline.happenings]


def test_a_short_gap_does_not_end_a_stretch_of_speech() -> None:
    gap = [SILENT_FRAME] * (PAUSE_FRAMES - 1)
    assert hear([LOUD, *gap, LOUD, *gap]) == [Kind.AGENT_STARTED]


def test_a_pause_ends_a_stretch_and_the_next_sound_begins_another() -> None:
    pause = [SILENT_FRAME] * PAUSE_FRAMES
    assert hear([*pause, LOUD, *pause, LOUD]) == [
        Kind.AGENT_STARTED,
        Kind.AGENT_STOPPED,
        Kind.AGENT_STARTED,
    ]


def test_hanging_up_ends_a_stretch_once() -> None:
    timeline = Timeline()
    hearing = Hearing(timeline)
    hearing.hear(LOUD)
    hearing.stop()
    hearing.stop()
    assert len(timeline.of(Kind.AGENT_STOPPED)) == 1


def test_a_stretch_ends_with_the_last_sound_not_with_the_pause() -> None:
    clock = Clock()
    timeline = Timeline(clock)
    hearing = Hearing(timeline)
    for frame in [LOUD] * 5 + [SILENT_FRAME] * PAUSE_FRAMES:
        hearing.hear(frame)
        clock.ms += 20
    assert [happening.at_ms for happening in timeline.happenings] == [0, 100]
