import wave
from pathlib import Path

import numpy as np
import pytest

from calls.audio import mulaw_ms, mulaw_silence, pcm16_from_mulaw, write_wav
from calls.sandbox.performer import Part
from calls.sandbox.script import AfterPause, CallerScript, HangUp, Keys, Line, Tone
from calls.sandbox.sounds import key_tones, part_of, parts_of, tone_of, trim
from calls.tests.sandbox.product import voice


def test_a_line_is_trimmed_to_the_voice_in_it() -> None:
    speech = voice("abc")
    assert trim(mulaw_silence(200) + speech + mulaw_silence(500)) == speech


def test_silence_inside_a_line_stays() -> None:
    line = voice("a") + mulaw_silence(200) + voice("b")
    assert trim(mulaw_silence(20) + line) == line


def test_a_line_of_silence_stays_what_it_is() -> None:
    assert trim(mulaw_silence(100)) == mulaw_silence(100)


def test_a_line_without_recording_is_spoken() -> None:
    assert part_of(Line("four"), voice).audio == voice("four")


def test_a_line_with_a_recording_is_read(tmp_path: Path) -> None:
    recording = tmp_path / "line.wav"
    write_wav(recording, mulaw_silence(100) + voice("yes"))
    part = part_of(Line("yes", recording), voice)
    assert mulaw_ms(part.audio) == mulaw_ms(voice("yes"))


def test_a_missing_recording_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        part_of(Line("yes", tmp_path / "none.wav"), voice)


def test_something_that_is_no_wav_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "line.wav").write_bytes(b"something else")
    with pytest.raises(wave.Error):
        part_of(Line("yes", tmp_path / "line.wav"), voice)


def test_a_script_gets_its_closing_hang_up() -> None:
    keys = Keys("1", when=AfterPause())
    assert parts_of(CallerScript([keys]), voice) == [Part(keys), Part(HangUp())]


def test_a_tone_has_its_length() -> None:
    assert mulaw_ms(part_of(Tone(ms=300), voice).audio) == 300


def frequencies(mulaw: bytes) -> list[int]:
    """The two strongest frequencies, to ten hertz."""
    samples = np.frombuffer(pcm16_from_mulaw(mulaw), dtype="<i2")
    spectrum = np.abs(np.fft.rfft(samples))
    strongest = np.argsort(spectrum)[-2:]
    return sorted(int(round(index * 8000 / len(samples), -1)) for index in strongest)


def test_a_key_has_its_two_tones() -> None:
    assert frequencies(key_tones("1")[:800]) == [700, 1210]
    assert frequencies(key_tones("#")[:800]) == [940, 1480]


def test_w_is_half_a_second_of_silence() -> None:
    assert key_tones("w") == mulaw_silence(500)


def test_a_tone_is_where_it_should_be() -> None:
    assert 1_000 in frequencies(tone_of((1_000,), 100))
