"""Audio made before a call needs it: spoken text, recordings, tones. All of it is mu-law.

Speech and WAV reading block, so they are called in a thread or before the pacing starts.
"""

from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np

from calls.audio import (
    MULAW_FRAME_BYTES,
    SAMPLE_RATE,
    mulaw_from_pcm16,
    mulaw_silence,
    read_wav_as_mulaw,
)
from calls.sandbox.hearing import is_audible
from calls.sandbox.performer import Part
from calls.sandbox.script import CallerScript, Line, Step, Tone

TONE_LEVEL = 6_000
KEY_TONE_MS = 100

_KEY_ROWS, _KEY_COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477)
_KEYPAD = ("123", "456", "789", "*0#")


class Speech(Protocol):
    """Text to speech."""

    def __call__(self, text: str) -> bytes:
        """The text spoken, as 8 kHz mu-law."""


def espeak(text: str) -> bytes:
    """The default voice; imported on first use, so that the sandbox runs without it."""
    from calls.engines.local.espeak import synthesize

    return synthesize(text)


def parts_of(script: CallerScript, speech: Speech) -> list[Part]:
    """The script's steps with their audio."""
    return [part_of(step, speech) for step in script.all_steps()]


def part_of(step: Step, speech: Speech) -> Part:
    match step:
        case Line(audio=None) as line:
            return Part(line, trim(speech(line.text)))
        case Line(audio=Path() as recording):
            return Part(step, _read_trimmed(recording))
        case Tone() as tone:
            return Part(tone, tone_of((tone.hertz,), tone.ms))
        case _:
            return Part(step)


def trim(mulaw: bytes) -> bytes:
    """Without the silent frames at both ends, so that a line's times are those of the voice."""
    starts = range(0, len(mulaw), MULAW_FRAME_BYTES)
    audible = [start for start in starts if is_audible(mulaw[start : start + MULAW_FRAME_BYTES])]
    return mulaw[audible[0] : audible[-1] + MULAW_FRAME_BYTES] if audible else mulaw


def key_tones(keys: str) -> bytes:
    """The DTMF tones of a row of keys (ITU-T Q.23); ``w`` is half a second of silence."""
    return b"".join(_key_tone(key) for key in keys)


def tone_of(hertz: tuple[int, ...], ms: int) -> bytes:
    """Sine waves on top of each other."""
    seconds = np.arange(ms * SAMPLE_RATE // 1000) / SAMPLE_RATE
    waves = sum(np.sin(2 * np.pi * each * seconds) for each in hertz)
    samples = np.asarray(waves * TONE_LEVEL, dtype="<i2")
    return mulaw_from_pcm16(samples.tobytes())


@cache
def _read_trimmed(recording: Path) -> bytes:
    return trim(read_wav_as_mulaw(recording))


def _key_tone(key: str) -> bytes:
    if key == "w":
        return mulaw_silence(500)
    row = next(index for index, keys in enumerate(_KEYPAD) if key in keys)
    tone = tone_of((_KEY_ROWS[row], _KEY_COLUMNS[_KEYPAD[row].index(key)]), KEY_TONE_MS)
    return tone + mulaw_silence(KEY_TONE_MS)
