"""What the cascade engine needs to hear and to speak, in our own words.

Each backend is a factory ``factory(profile, **options)``; settings name it by dotted path as
``{"BACKEND": …, "OPTIONS": …}``. Audio is 8 kHz mu-law throughout (8 bytes a millisecond); what a
provider wants instead is the backend's own business.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from django.utils.module_loading import import_string

from salesdesk.lib.errors import NotConfigured


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said; empty text means that there was no speech. ``confidence`` is 0 to 1."""

    text: str
    confidence: float | None = None


class SpeechToText(Protocol):
    """Words from audio. Every method may raise :class:`~salesdesk.lib.errors.ProviderError`."""

    async def open(self) -> None:
        """Load or connect whatever the first transcription would otherwise wait for."""

    async def transcribe(self, mulaw: bytes) -> Transcript:
        """The words of a finished stretch of speech. Waits its turn, is never dropped."""

    async def glimpse(self, mulaw: bytes) -> str | None:
        """A quick reading of speech still going on; ``None`` when there is no time for it."""

    async def close(self) -> None:
        """Free what this call held; safe to call twice."""


class TextToSpeech(Protocol):
    """Audio from words. Every method may raise :class:`~salesdesk.lib.errors.ProviderError`."""

    async def open(self) -> None:
        """Load or connect whatever the first sentence would otherwise wait for."""

    def speak(self, sentence: str) -> AsyncIterator[bytes]:
        """One sentence as mu-law, in pieces of any length as they become ready."""

    async def close(self) -> None:
        """Free what this call held; safe to call twice."""


class VoiceActivity(Protocol):
    def is_speech(self, frame: bytes) -> bool:
        """Whether somebody speaks in this mu-law frame of 20 ms. Frames come in order."""


def make_backend(entry: Mapping[str, Any], *arguments: object) -> Any:
    """Build what ``{"BACKEND": dotted path, "OPTIONS": keywords}`` describes.

    Raises :class:`~salesdesk.lib.errors.NotConfigured` when the path leads nowhere.
    """
    try:
        factory = cast("Callable[..., Any]", import_string(entry["BACKEND"]))
    except (KeyError, ImportError) as error:
        raise NotConfigured(
            f"The voice backend “{entry.get('BACKEND', '')}” cannot be loaded."
        ) from error
    return factory(*arguments, **entry.get("OPTIONS", {}))
