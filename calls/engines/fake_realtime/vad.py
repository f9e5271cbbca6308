"""Server VAD by energy: where speech begins and ends in the audio that was appended."""

import audioop
from dataclasses import dataclass

from openai.types.realtime.realtime_audio_input_turn_detection import ServerVad

from calls.audio import FRAME_MS, MULAW_FRAME_BYTES, pcm16_from_mulaw

LOUD_FRAMES_TO_START = 2
RMS_AT_FULL_THRESHOLD = 1_000


@dataclass(frozen=True, slots=True)
class Heard:
    """Speech ``started`` or stopped, at this many milliseconds of appended audio."""

    started: bool
    at_ms: int


class EnergyVad:
    """Fed with mu-law of any length; works on whole 20 ms frames."""

    def __init__(self, threshold: float, prefix_padding_ms: int, silence_duration_ms: int) -> None:
        self._loud = RMS_AT_FULL_THRESHOLD * threshold
        self._prefix_ms = prefix_padding_ms
        self._silence_frames = max(1, silence_duration_ms // FRAME_MS)
        self._rest = b""
        self._frames = 0
        self._run = 0
        self._speaking = False

    @classmethod
    def configured(cls, detection: ServerVad) -> "EnergyVad":
        """With the API's defaults for what ``detection`` leaves open."""
        threshold, padding_ms = detection.threshold, detection.prefix_padding_ms
        silence_ms = detection.silence_duration_ms
        return cls(
            threshold=0.5 if threshold is None else threshold,
            prefix_padding_ms=300 if padding_ms is None else padding_ms,
            silence_duration_ms=500 if silence_ms is None else silence_ms,
        )

    @property
    def appended_ms(self) -> int:
        return self._frames * FRAME_MS

    def feed(self, mulaw: bytes) -> list[Heard]:
        buffered = self._rest + mulaw
        whole = len(buffered) // MULAW_FRAME_BYTES * MULAW_FRAME_BYTES
        self._rest = buffered[whole:]
        heard = []
        for at in range(0, whole, MULAW_FRAME_BYTES):
            change = self._frame(buffered[at : at + MULAW_FRAME_BYTES])
            if change is not None:
                heard.append(change)
        return heard

    def _frame(self, mulaw: bytes) -> Heard | None:
        self._frames += 1
        loud = audioop.rms(pcm16_from_mulaw(mulaw), 2) > self._loud
        self._run = self._run + 1 if loud != self._speaking else 0
        if self._speaking and self._run >= self._silence_frames:
            return self._turn(started=False, at_ms=self.appended_ms)
        if not self._speaking and self._run >= LOUD_FRAMES_TO_START:
            began_ms = self.appended_ms - LOUD_FRAMES_TO_START * FRAME_MS
            return self._turn(started=True, at_ms=max(0, began_ms - self._prefix_ms))
        return None

    def _turn(self, *, started: bool, at_ms: int) -> Heard:
        self._speaking, self._run = started, 0
        return Heard(started, at_ms)
