"""Speech from text with espeak-ng, called through its C interface (``speak_lib.h``).

The library holds one speaking voice for the whole process and is not reentrant, so every call here
takes one lock; a sentence costs about ten milliseconds, so nobody waits long. espeak-ng is GPL-3
and comes from the wheel ``espeakng-loader``: take the wheel away and only this backend is gone.
"""

import asyncio
import ctypes
import functools
import threading
from collections.abc import AsyncIterator

from calls.audio import mulaw_from_pcm16, mulaw_silence, resample_pcm16
from calls.live.profile import CallProfile
from salesdesk.lib.errors import ProviderError

DEFAULT_VOICE = "en-us"
DEFAULT_RATE = 165
SLOWEST_RATE, FASTEST_RATE = 80, 450

_OUTPUT_SYNCHRONOUS = 2
_DO_NOT_EXIT_WITHOUT_DATA = 0x8000
_CHARS_UTF8 = 1
_PARAMETER_RATE = 1
_POSITION_CHARACTER = 1
_EE_OK = 0

_AudioCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_lock = threading.Lock()


class _Library:
    """libespeak-ng, loaded and initialised; only to be used while holding the lock."""

    def __init__(self) -> None:
        self._library = _load_shared_library()
        self._pieces: list[bytes] = []
        self._settings: tuple[str, int] | None = None
        # The C side keeps the bare pointer: this reference keeps the callback alive.
        self._callback = _AudioCallback(self._collect)
        self._library.espeak_SetSynthCallback(self._callback)
        self.sample_rate = self._initialize()

    def speak(self, text: str, voice: str, rate: int) -> bytes:
        """PCM16 at ``sample_rate``."""
        self._choose(voice, rate)
        self._pieces.clear()
        encoded = text.encode() + b"\0"
        status = self._library.espeak_Synth(
            encoded, len(encoded), 0, _POSITION_CHARACTER, 0, _CHARS_UTF8, None, None
        )
        if status != _EE_OK:
            raise ProviderError(f"espeak-ng could not speak a sentence (error {status}).")
        return b"".join(self._pieces)

    def _initialize(self) -> int:
        import espeakng_loader

        data = espeakng_loader.get_data_path().encode()
        rate = int(
            self._library.espeak_Initialize(_OUTPUT_SYNCHRONOUS, 0, data, _DO_NOT_EXIT_WITHOUT_DATA)
        )
        if rate <= 0:
            raise ProviderError("espeak-ng did not start: its data folder could not be read.")
        return rate

    def _choose(self, voice: str, rate: int) -> None:
        if self._settings == (voice, rate):
            return
        if self._library.espeak_SetVoiceByName(voice.encode()) != _EE_OK:
            raise ProviderError(f"espeak-ng has no voice named “{voice}”.")
        self._library.espeak_SetParameter(_PARAMETER_RATE, rate, 0)
        self._settings = (voice, rate)

    def _collect(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: object) -> int:
        if samples and count > 0:
            self._pieces.append(ctypes.string_at(samples, count * 2))
        return 0


def _load_shared_library() -> ctypes.CDLL:
    try:
        import espeakng_loader

        library = ctypes.CDLL(espeakng_loader.get_library_path())
    except (ImportError, OSError) as error:
        raise ProviderError(
            "The local voice is not installed: the package espeakng-loader is missing or broken."
        ) from error
    library.espeak_Synth.argtypes = [
        ctypes.c_char_p,
        ctypes.c_size_t,
        ctypes.c_uint,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.c_uint,
        ctypes.c_void_p,
        ctypes.c_void_p,
    ]
    library.espeak_Initialize.argtypes = [
        ctypes.c_int,
        ctypes.c_int,
        ctypes.c_char_p,
        ctypes.c_int,
    ]
    return library


@functools.cache
def _library() -> _Library:
    return _Library()


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
    with _lock:
        library = _library()
        pcm = library.speak(speakable, voice, words_a_minute)
    return mulaw_from_pcm16(resample_pcm16(pcm, library.sample_rate))


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
