import pytest

from calls.engines.fake_realtime.script import SPOKEN_FRAME
from calls.engines.fake_realtime.vad import EnergyVad, Heard

SILENT_FRAME = b"\xff" * 160


@pytest.fixture
def vad() -> EnergyVad:
    return EnergyVad(threshold=0.5, prefix_padding_ms=100, silence_duration_ms=200)


def test_speech_begins_with_its_padding_and_ends_after_its_silence(vad: EnergyVad) -> None:
    assert vad.feed(SILENT_FRAME * 50) == []
    assert vad.feed(SPOKEN_FRAME * 20) == [Heard(started=True, at_ms=900)]
    assert vad.feed(SILENT_FRAME * 9) == []
    assert vad.feed(SILENT_FRAME) == [Heard(started=False, at_ms=1_600)]


def test_speech_at_the_very_start_begins_at_zero(vad: EnergyVad) -> None:
    assert vad.feed(SPOKEN_FRAME * 2) == [Heard(started=True, at_ms=0)]


def test_a_click_is_no_speech(vad: EnergyVad) -> None:
    assert vad.feed((SPOKEN_FRAME + SILENT_FRAME) * 10) == []


def test_a_short_pause_does_not_end_speech(vad: EnergyVad) -> None:
    vad.feed(SPOKEN_FRAME * 5)
    assert vad.feed((SILENT_FRAME * 9 + SPOKEN_FRAME) * 3) == []


def test_frames_are_found_in_audio_of_any_length(vad: EnergyVad) -> None:
    audio = SILENT_FRAME * 10 + SPOKEN_FRAME * 5 + SILENT_FRAME * 10
    heard = [change for at in range(0, len(audio), 7) for change in vad.feed(audio[at : at + 7])]
    assert heard == [Heard(started=True, at_ms=100), Heard(started=False, at_ms=500)]
