import io
import wave

import numpy as np

from calls.audio import mulaw_silence
from calls.sandbox.recording import Recording
from calls.tests.sandbox.product import voice


def samples_of(wav_file: bytes) -> tuple[int, "np.ndarray[tuple[int], np.dtype[np.int16]]"]:
    with wave.open(io.BytesIO(wav_file)) as wav:
        assert (wav.getframerate(), wav.getsampwidth()) == (8000, 2)
        return wav.getnchannels(), np.frombuffer(wav.readframes(wav.getnframes()), dtype="<i2")


def test_the_caller_is_left_and_the_agent_right() -> None:
    recording = Recording()
    recording.add(said=voice("x"), heard=mulaw_silence(20))
    recording.add(said=mulaw_silence(20), heard=voice("x"))
    channels, samples = samples_of(recording.stereo_wav())
    left, right = samples[0::2], samples[1::2]
    assert channels == 2
    assert left[:160].any()
    assert not left[160:].any()
    assert not right[:160].any()
    assert right[160:].any()


def test_what_was_heard_stands_alone() -> None:
    recording = Recording()
    recording.add(said=voice("x"), heard=mulaw_silence(20))
    channels, samples = samples_of(recording.heard_wav())
    assert (channels, len(samples)) == (1, 160)
    assert not samples.any()
    assert recording.duration_ms == 20
