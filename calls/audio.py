"""Telephone audio as bytes: 8 kHz mono, either mu-law (1 byte a sample) or PCM16 little-endian.

One millisecond is 8 mu-law bytes or 16 PCM16 bytes; one carrier frame is 20 ms, 160 mu-law bytes.
G.711 mu-law as in ITU-T G.711; the coding itself is the standard library's (``audioop``).
"""

import audioop
import base64
import wave
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soxr

SAMPLE_RATE = 8000
FRAME_MS = 20
MULAW_BYTES_PER_MS = 8
MULAW_FRAME_BYTES = FRAME_MS * MULAW_BYTES_PER_MS
MULAW_SILENCE = b"\xff"


def mulaw_from_pcm16(pcm: bytes) -> bytes:
    return audioop.lin2ulaw(pcm, 2)


def pcm16_from_mulaw(mulaw: bytes) -> bytes:
    return audioop.ulaw2lin(mulaw, 2)


def mulaw_silence(ms: int) -> bytes:
    return MULAW_SILENCE * (ms * MULAW_BYTES_PER_MS)


def mulaw_ms(mulaw: bytes) -> int:
    """Duration in whole milliseconds."""
    return len(mulaw) // MULAW_BYTES_PER_MS


def base64_ms(payload: str) -> int:
    """Duration in whole milliseconds of base64 mu-law, without decoding it."""
    padding = payload.count("=", -2)
    return (len(payload) * 3 // 4 - padding) // MULAW_BYTES_PER_MS


def cut_base64(payload: str, from_ms: int) -> str:
    """The part of a base64 mu-law payload from ``from_ms`` on."""
    return base64.b64encode(base64.b64decode(payload)[from_ms * MULAW_BYTES_PER_MS :]).decode()


def resample_pcm16(pcm: bytes, from_rate: int, to_rate: int = SAMPLE_RATE) -> bytes:
    if from_rate == to_rate:
        return pcm
    samples = np.frombuffer(pcm, dtype="<i2")
    resampled = soxr.resample(samples, from_rate, to_rate)
    return bytes(np.asarray(resampled, dtype="<i2").tobytes())


def read_wav_as_mulaw(path: Path) -> bytes:
    """Read a mono or stereo PCM16 WAV file of any rate as 8 kHz mu-law.

    Raises ``ValueError`` for another sample width and ``wave.Error`` for what is no WAV.
    """
    with path.open("rb") as file:
        return mulaw_from_wav(file)


def mulaw_from_wav(file: BinaryIO) -> bytes:
    """As :func:`read_wav_as_mulaw`, from an open file."""
    with wave.open(file, "rb") as wav:
        if wav.getsampwidth() != 2:
            raise ValueError("only 16-bit WAV files can be read")
        pcm = wav.readframes(wav.getnframes())
        if wav.getnchannels() == 2:
            pcm = audioop.tomono(pcm, 2, 0.5, 0.5)
        return mulaw_from_pcm16(resample_pcm16(pcm, wav.getframerate()))


def write_wav(path: Path, mulaw: bytes) -> None:
    """Write mu-law as an 8 kHz PCM16 WAV that any player opens."""
    with wave.open(str(path), "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(pcm16_from_mulaw(mulaw))
