from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from calls.audio import (
    FRAME_MS,
    MULAW_FRAME_BYTES,
    mulaw_from_pcm16,
    mulaw_ms,
    mulaw_silence,
    pcm16_from_mulaw,
    read_wav_as_mulaw,
)
from calls.engines.local.vad import (
    Endpointer,
    VoiceEvent,
    VoicePaused,
    VoiceResumed,
    VoiceStarted,
    VoiceStopped,
    WebRtcVoiceActivity,
)

AUDIO = Path(__file__).parents[2] / "scenarios" / "audio"
QUIET = bytes(MULAW_FRAME_BYTES)
LOUD = b"\x01" * MULAW_FRAME_BYTES


class ByFirstByte:
    """Voice wherever a frame is not all zeros."""

    def is_speech(self, frame: bytes) -> bool:
        return frame[0] != 0


def run(*spans: tuple[bytes, int], longest_ms: int = 30_000) -> list[VoiceEvent]:
    """The events of these (frame, milliseconds) spans, fed one after the other."""
    endpointer = Endpointer(ByFirstByte(), stop_ms=700, longest_ms=longest_ms)
    frames = [frame for frame, ms in spans for _ in range(ms // FRAME_MS)]
    return [event for frame in frames for event in endpointer.feed(frame)]


def audio_of(event: VoiceEvent) -> bytes:
    assert isinstance(event, VoiceStopped)
    return event.audio


def test_speech_starts_at_its_first_voiced_frame_and_stops_at_its_last() -> None:
    events = run((QUIET, 500), (LOUD, 1_000), (QUIET, 1_000))
    assert events[:2] == [VoiceStarted(500), VoicePaused()]
    assert isinstance(events[2], VoiceStopped)
    assert events[2].at_ms == 1_500
    assert len(events) == 3


def test_the_audio_has_its_lead_in_and_the_silence_that_ended_it() -> None:
    audio = audio_of(run((QUIET, 900), (LOUD, 1_000), (QUIET, 700))[-1])
    assert mulaw_ms(audio) == pytest.approx(380 + 1_000 + 700, abs=20)
    assert audio.count(LOUD) == 1_000 // FRAME_MS


def test_a_cough_is_no_speech() -> None:
    assert run((QUIET, 500), (LOUD, 100), (QUIET, 1_000)) == []


def test_scattered_clicks_are_no_speech() -> None:
    assert run(*[(LOUD, 20), (QUIET, 80)] * 20) == []


def test_a_breath_does_not_end_the_turn() -> None:
    events = run((LOUD, 600), (QUIET, 500), (LOUD, 600), (QUIET, 900))
    assert [type(event) for event in events] == [
        VoiceStarted,
        VoicePaused,
        VoiceResumed,
        VoicePaused,
        VoiceStopped,
    ]


def test_a_single_voiced_frame_in_a_pause_does_not_prolong_it() -> None:
    events = run((LOUD, 600), (QUIET, 400), (LOUD, 20), (QUIET, 280))
    assert [type(event) for event in events] == [VoiceStarted, VoicePaused, VoiceStopped]
    assert isinstance(events[-1], VoiceStopped)
    assert events[-1].at_ms == 600


def test_endless_speech_is_cut_and_goes_on_as_a_new_stretch_without_loss() -> None:
    events = run((LOUD, 2_600), (QUIET, 700), longest_ms=2_000)
    assert [type(event) for event in events if not isinstance(event, VoicePaused)] == [
        VoiceStarted,
        VoiceStopped,
        VoiceStarted,
        VoiceStopped,
    ]
    stops = [event for event in events if isinstance(event, VoiceStopped)]
    assert sum(audio_of(stop).count(LOUD) for stop in stops) == 2_600 // FRAME_MS


def test_while_somebody_speaks_the_audio_so_far_can_be_read() -> None:
    endpointer = Endpointer(ByFirstByte())
    for _ in range(20):
        endpointer.feed(LOUD)
    assert endpointer.speaking
    assert mulaw_ms(endpointer.audio) == 400
    assert endpointer.now_ms == 400


# ---------------------------------------------------------------- the real detector


def stretches(mulaw: bytes) -> list[tuple[int, int]]:
    """Start and end (milliseconds) of each stretch of speech that the real detector finds."""
    endpointer = Endpointer(WebRtcVoiceActivity())
    events = [
        event
        for begin in range(0, len(mulaw) - MULAW_FRAME_BYTES + 1, MULAW_FRAME_BYTES)
        for event in endpointer.feed(mulaw[begin : begin + MULAW_FRAME_BYTES])
    ]
    starts = [event.at_ms for event in events if isinstance(event, VoiceStarted)]
    stops = [event.at_ms for event in events if isinstance(event, VoiceStopped)]
    return list(zip(starts, stops, strict=False))


@pytest.mark.parametrize("path", sorted(AUDIO.glob("*/*.wav")), ids=lambda path: path.parent.name)
def test_each_recorded_line_is_one_turn(path: Path) -> None:
    line = read_wav_as_mulaw(path)
    [(start, stop)] = stretches(mulaw_silence(500) + line + mulaw_silence(1_500))
    assert 400 <= start <= 800
    assert start + 150 < stop <= 500 + mulaw_ms(line) + 200


def noise(loudness: int, seconds: int) -> bytes:
    return mulaw_from_pcm16(_noise_samples(loudness, 8_000 * seconds).astype("<i2").tobytes())


def in_noise(mulaw: bytes, loudness: int) -> bytes:
    samples = np.frombuffer(pcm16_from_mulaw(mulaw), dtype="<i2")
    mixed = samples + _noise_samples(loudness, len(samples))
    return mulaw_from_pcm16(mixed.clip(-32_000, 32_000).astype("<i2").tobytes())


def _noise_samples(loudness: int, count: int) -> npt.NDArray[np.float64]:
    return np.random.default_rng(7).normal(0, loudness, count).clip(-32_000, 32_000)


@pytest.mark.parametrize("loudness", [0, 30, 100, 300])
def test_quiet_and_line_noise_are_no_speech(loudness: int) -> None:
    assert stretches(noise(loudness, 5)) == []


def test_steady_loud_noise_is_not_taken_for_speech_for_long() -> None:
    assert stretches(noise(30, 2) + noise(2_000, 30) + noise(30, 2))[1:] == []


@pytest.mark.parametrize("loudness", [50, 200, 500])
def test_speech_is_found_in_line_noise(loudness: int) -> None:
    line = read_wav_as_mulaw(AUDIO / "solar-warranty" / "02.wav")
    call = mulaw_silence(2_000) + line + mulaw_silence(2_000)
    [(start, stop)] = stretches(in_noise(call, loudness))
    assert 1_900 <= start <= 2_300
    assert start + 2_000 < stop <= 2_000 + mulaw_ms(line) + 300
