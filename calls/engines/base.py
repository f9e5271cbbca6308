"""The one interface between a call and whatever talks on it."""

from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from calls.live.events import EngineCommand, EngineEvent
from calls.live.profile import CallProfile
from salesdesk.lib.errors import NotConfigured


class Engine(Protocol):
    """One conversation. Used by one task for ``events`` and one for ``send``.

    The session decides when to answer: an engine never speaks before ``Respond`` or ``Say``.
    """

    async def open(self) -> None:
        """Connect and get ready. Raises :class:`~salesdesk.lib.errors.ProviderError`."""

    def events(self) -> AsyncIterator[EngineEvent]:
        """What the engine hears and says, until ``close`` or a final ``EngineFailed``."""

    async def send(self, command: EngineCommand) -> None:
        """Carry out a command. A failure is reported by ``events``, never raised here."""

    async def close(self) -> None:
        """Free everything; safe to call twice."""


async def warm_up(name: str) -> None:
    """Do what the engine's first call would otherwise wait for, and all others with it.

    That is to load its code, and what settings name.
    """
    entry: dict[str, Any] = settings.VOICE_ENGINES.get(name, {})
    if entry:
        import_string(entry["BACKEND"])
    if "WARM_UP" in entry:
        await import_string(entry["WARM_UP"])()


def make_engine(profile: CallProfile) -> Engine:
    """The engine that ``profile.engine`` names, not yet open.

    Raises :class:`~salesdesk.lib.errors.NotConfigured` for a name that settings do not have.
    """
    try:
        entry: dict[str, Any] = settings.VOICE_ENGINES[profile.engine]
    except KeyError:
        raise NotConfigured(f"There is no voice engine named “{profile.engine}”.") from None
    factory = cast("Callable[..., Engine]", import_string(entry["BACKEND"]))
    return factory(profile, **entry.get("OPTIONS", {}))
