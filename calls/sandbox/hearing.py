"""What a person on the phone makes of the frames that come in: speech, or quiet. Pure."""

import audioop

from calls.audio import FRAME_MS, pcm16_from_mulaw
from calls.sandbox.playback import SILENT_FRAME
from calls.sandbox.timeline import Kind, Timeline

AUDIBLE_RMS = 100
"""Of 32 767; telephone speech lies above 1 000, the noise of a clean line below 40."""

PAUSE_MS = 300
"""A gap shorter than this belongs to the speech around it."""


def is_audible(frame: bytes) -> bool:
    if frame is SILENT_FRAME or frame == SILENT_FRAME:
        return False
    return audioop.rms(pcm16_from_mulaw(frame), 2) >= AUDIBLE_RMS


class Hearing:
    """Follows what is heard, frame by frame, and writes when the other side spoke."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._speaking = False
        self._quiet_ms = 0
        self._heard_until_ms = 0

    def hear(self, frame: bytes) -> bool:
        """Take the next 20 ms; true when something can be heard in it."""
        if is_audible(frame):
            self._sound()
            return True
        self._quiet()
        return False

    def stop(self) -> None:
        """Nothing more will be heard."""
        if self._speaking:
            self._end_stretch()

    def _sound(self) -> None:
        self._quiet_ms = 0
        self._heard_until_ms = self._timeline.now_ms + FRAME_MS
        if not self._speaking:
            self._speaking = True
            self._timeline.add(Kind.AGENT_STARTED)

    def _quiet(self) -> None:
        self._quiet_ms += FRAME_MS
        if self._speaking and self._quiet_ms >= PAUSE_MS:
            self._end_stretch()

    def _end_stretch(self) -> None:
        self._speaking = False
        self._timeline.add(Kind.AGENT_STOPPED, at_ms=self._heard_until_ms)
