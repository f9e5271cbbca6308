"""Both sides of a call as they were on the line, for ears and for tests."""

import io
import wave

from calls.audio import MULAW_BYTES_PER_MS, SAMPLE_RATE, pcm16_from_mulaw


class Recording:
    """Two mu-law tracks of equal length, beginning when the call was answered."""

    def __init__(self) -> None:
        self._said = bytearray()
        self._heard = bytearray()

    def add(self, *, said: bytes, heard: bytes) -> None:
        self._said += said
        self._heard += heard

    @property
    def said(self) -> bytes:
        """What the person on the phone said."""
        return bytes(self._said)

    @property
    def heard(self) -> bytes:
        """What was played into the person's ear."""
        return bytes(self._heard)

    @property
    def duration_ms(self) -> int:
        return len(self._heard) // MULAW_BYTES_PER_MS

    def heard_wav(self) -> bytes:
        return _wav(pcm16_from_mulaw(self.heard), channels=1)

    def stereo_wav(self) -> bytes:
        """Left what the person said, right what was heard; PCM16, 8 kHz."""
        left, right = pcm16_from_mulaw(self.said), pcm16_from_mulaw(self.heard)
        both = bytearray(len(left) * 2)
        both[0::4], both[1::4] = left[0::2], left[1::2]
        both[2::4], both[3::4] = right[0::2], right[1::2]
        return _wav(bytes(both), channels=2)


def _wav(pcm16: bytes, *, channels: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(channels)
        wav.setsampwidth(2)
        wav.setframerate(SAMPLE_RATE)
        wav.writeframes(pcm16)
    return file.getvalue()
