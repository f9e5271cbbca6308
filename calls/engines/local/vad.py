"""When the caller speaks and when not: WebRTC's detector, and the rules for turns on top of it."""

import audioop
from collections import deque
from dataclasses import dataclass

from calls.audio import FRAME_MS, pcm16_from_mulaw
from calls.engines.speech import VoiceActivity
from salesdesk.lib.errors import ProviderError


class WebRtcVoiceActivity:
    """WebRTC's detector, deaf to what is hardly louder than the line's own noise.

    On its own the detector takes steady loud noise for speech. So the noise floor is followed: it
    falls with the quietest frame at once and rises by one per cent a frame, which the gaps between
    words undo while somebody speaks.
    """

    QUIETEST_SPEECH = 120
    TIMES_THE_NOISE = 1.8

    def __init__(self, aggressiveness: int = 2) -> None:
        """``aggressiveness`` is WebRTC's, 0 (hears everything) to 3 (doubts everything)."""
        try:
            import webrtcvad
        except ImportError as error:
            raise ProviderError("The package webrtcvad-wheels is missing.") from error
        self._detector = webrtcvad.Vad(aggressiveness)
        self._noise = 0.0

    def is_speech(self, frame: bytes) -> bool:
        pcm = pcm16_from_mulaw(frame)
        loudness = audioop.rms(pcm, 2)
        threshold = max(self.QUIETEST_SPEECH, self._noise * self.TIMES_THE_NOISE)
        self._noise = min(loudness, self._noise * 1.01 + 1)
        # The detector keeps a memory of its own, so it must see the quiet frames too.
        detected = bool(self._detector.is_speech(pcm, 8000))
        return detected and loudness > threshold


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    at_ms: int


@dataclass(frozen=True, slots=True)
class VoicePaused:
    """A short silence: perhaps the end of the turn, perhaps a breath."""


@dataclass(frozen=True, slots=True)
class VoiceResumed:
    """It was a breath."""


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """``at_ms`` is the end of the last speech; ``audio`` all of it as mu-law, with its edges."""

    at_ms: int
    audio: bytes


VoiceEvent = VoiceStarted | VoicePaused | VoiceResumed | VoiceStopped


class Endpointer:
    """Turns a row of frames into stretches of speech. Pure: its clock is the audio itself.

    Speech has begun after ``start_ms`` of voice within ``start_window_ms``, which a cough does not
    reach; it has ended after ``stop_ms`` without voice, or at ``longest_ms``. In a pause a single
    voiced frame (a click) counts for nothing: two in a row resume the speech.
    """

    start_ms = 120
    start_window_ms = 200
    lead_in_ms = 300
    pause_ms = 260

    def __init__(
        self, voice: VoiceActivity, *, stop_ms: int = 700, longest_ms: int = 30_000
    ) -> None:
        self._voice = voice
        self._stop_ms = max(stop_ms, self.pause_ms + FRAME_MS)
        self._longest_ms = longest_ms
        self._now_ms = 0
        self._flags: deque[bool] = deque(maxlen=self.start_window_ms // FRAME_MS)
        self._recent: deque[bytes] = deque(
            maxlen=(self.start_window_ms + self.lead_in_ms) // FRAME_MS
        )
        self._audio = bytearray()
        self._speaking = False
        self._paused = False
        self._began_ms = 0
        self._last_voice_ms = 0
        self._voiced_in_a_row = 0

    @property
    def speaking(self) -> bool:
        """Whether a stretch of speech is open and not in a pause."""
        return self._speaking and not self._paused

    @property
    def now_ms(self) -> int:
        """How much of the caller's audio has been fed."""
        return self._now_ms

    @property
    def audio(self) -> bytes:
        """The open stretch of speech so far, as mu-law with its lead-in."""
        return bytes(self._audio)

    def feed(self, frame: bytes) -> list[VoiceEvent]:
        """Take one mu-law frame of 20 ms."""
        voiced = self._voice.is_speech(frame)
        self._now_ms += FRAME_MS
        self._voiced_in_a_row = self._voiced_in_a_row + 1 if voiced else 0
        if not self._speaking:
            return self._listen(frame, voiced)
        self._audio += frame
        return self._follow(voiced)

    def _listen(self, frame: bytes, voiced: bool) -> list[VoiceEvent]:
        self._recent.append(frame)
        self._flags.append(voiced)
        if sum(self._flags) * FRAME_MS < self.start_ms:
            return []
        since_first_voice = len(self._flags) - self._flags.index(True)
        self._began_ms = self._now_ms - since_first_voice * FRAME_MS
        self._last_voice_ms = self._now_ms
        self._audio = bytearray(b"".join(self._recent))
        self._speaking, self._paused = True, False
        return [VoiceStarted(self._began_ms)]

    def _follow(self, voiced: bool) -> list[VoiceEvent]:
        if self._now_ms - self._began_ms >= self._longest_ms:
            return [self._stop(self._now_ms)]
        if voiced and (not self._paused or self._voiced_in_a_row >= 2):
            return self._go_on()
        silence_ms = self._now_ms - self._last_voice_ms
        if silence_ms >= self._stop_ms:
            return [self._stop(self._last_voice_ms)]
        if silence_ms >= self.pause_ms and not self._paused:
            self._paused = True
            return [VoicePaused()]
        return []

    def _go_on(self) -> list[VoiceEvent]:
        self._last_voice_ms = self._now_ms
        was_paused, self._paused = self._paused, False
        return [VoiceResumed()] if was_paused else []

    def _stop(self, at_ms: int) -> VoiceStopped:
        stopped = VoiceStopped(at_ms, bytes(self._audio))
        self._audio.clear()
        self._flags.clear()
        self._recent.clear()
        self._speaking = self._paused = False
        return stopped
