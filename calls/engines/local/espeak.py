"""Speech from text with espeak-ng, for calls; see :mod:`salesdesk.lib.espeak`."""

import asyncio
from collections.abc import AsyncIterator

from calls.audio import mulaw_from_pcm16, mulaw_silence, resample_pcm16
from calls.live.profile import CallProfile
from salesdesk.lib.espeak import AMERICAN, speak

DEFAULT_VOICE = AMERICAN
DEFAULT_RATE = 165
SLOWEST_RATE, FASTEST_RATE = 80, 450


def synthesize(text: str, *, voice: str = DEFAULT_VOICE, rate: int = DEFAULT_RATE) -> bytes:
    """Speak ``text`` as 8 kHz mu-law; text without anything to say gives no bytes.

    ``rate`` is in words a minute (80 to 450). Blocks for about ten milliseconds a sentence.
    Raises :class:`~salesdesk.lib.errors.ProviderError` when the library is missing, the voice is
    unknown or nothing could be spoken.
    """
    speakable = text.replace("\0", " ").strip()
    if not speakable:
        return b""
    words_a_minute = max(SLOWEST_RATE, min(rate, FASTEST_RATE))
    pcm, sample_rate = speak(speakable, voice=voice, rate=words_a_minute)
    return mulaw_from_pcm16(resample_pcm16(pcm, sample_rate))


class EspeakTextToSpeech:
    """Text to speech for one call. The pause after a sentence is part of its audio."""

    PAUSE_MS = 180

    def __init__(self, profile: CallProfile, *, voice: str = "", rate: int = DEFAULT_RATE) -> None:
        """``voice`` is espeak's own name; by default the profile's language chooses it."""
        self._voice = voice or voice_for(profile.language)
        self._rate = rate

    async def open(self) -> None:
        await asyncio.to_thread(synthesize, "Ready.", voice=self._voice, rate=self._rate)

    async def speak(self, sentence: str) -> AsyncIterator[bytes]:
        mulaw = await asyncio.to_thread(synthesize, sentence, voice=self._voice, rate=self._rate)
        if mulaw:
            yield mulaw + mulaw_silence(self.PAUSE_MS)

    async def close(self) -> None:
        """The library belongs to the process and stays."""


def voice_for(language: str) -> str:
    """espeak's voice for a language tag; plain English is American here."""
    tag = language.lower().replace("_", "-")
    return DEFAULT_VOICE if tag == "en" else tag
