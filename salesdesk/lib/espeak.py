"""espeak-ng, called through its C interface (``speak_lib.h``): speech and phonemes from text.

The library holds one voice for the whole process and is not reentrant, so every call here takes
one lock; a sentence costs about ten milliseconds, the phonemes of a word 20 microseconds. espeak-ng
is GPL-3 and comes from the wheel ``espeakng-loader``: take the wheel away and only the local voice
is gone, and misheard words are compared by their spelling.
"""

import ctypes
import functools
import threading

from salesdesk.lib.errors import ProviderError

AMERICAN = "en-us"

_OUTPUT_SYNCHRONOUS = 2
_DO_NOT_EXIT_WITHOUT_DATA = 0x8000
_CHARS_UTF8 = 1
_AS_IPA = 2
_PARAMETER_RATE = 1
_POSITION_CHARACTER = 1
_EE_OK = 0
_USUAL_RATE = 165

_AudioCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)
_lock = threading.Lock()


def speak(text: str, *, voice: str, rate: int) -> tuple[bytes, int]:
    """Speech as PCM16, and its samples a second. ``rate`` is in words a minute.

    Raises ``ProviderError`` when the library is missing, the voice is unknown or nothing could be
    spoken.
    """
    with _lock:
        library = _library()
        return library.speak(text, voice, rate), library.sample_rate


def phonemes(text: str) -> str:
    """How Americans pronounce it, in IPA with marks of stress: ``cable`` → ``kˈeɪbəl``.

    Raises ``ProviderError`` when the library is missing.
    """
    with _lock:
        return _library().phonemes(text, AMERICAN)


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

    def phonemes(self, text: str, voice: str) -> str:
        self._choose(voice, self._settings[1] if self._settings else _USUAL_RATE)
        rest = ctypes.c_char_p(text.replace("\0", " ").encode())
        clauses = []
        while rest:  # the library moves it on, and to nothing after the last clause
            clause = self._library.espeak_TextToPhonemes(ctypes.byref(rest), _CHARS_UTF8, _AS_IPA)
            clauses.append(clause.decode())
        return " ".join(clauses)

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
    library.espeak_TextToPhonemes.argtypes = [
        ctypes.POINTER(ctypes.c_char_p),
        ctypes.c_int,
        ctypes.c_int,
    ]
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    return library


@functools.cache
def _library() -> _Library:
    return _Library()
