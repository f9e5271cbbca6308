"""What the product asks of a carrier, in its own words."""

from dataclasses import dataclass
from functools import cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Detection:
    """Find out in the background who answered, and tell it at ``url``.

    ``waits_for_beep``: a machine is told only when it begins to record.
    """

    url: str
    waits_for_beep: bool = False


@dataclass(frozen=True, slots=True)
class Dial:
    """An outbound call to be placed. Numbers are E.164; URLs are absolute.

    It rings for ``ring_seconds`` at most. Without ``detection`` nobody finds out who answered.
    """

    to: str
    from_: str
    answer_url: str
    status_url: str
    ring_seconds: int = 60
    detection: Detection | None = None


class Carrier(Protocol):
    """All methods raise :class:`~salesdesk.lib.errors.ProviderError` with a sentence."""

    def place(self, dial: Dial) -> str:
        """Start dialling; returns the carrier's id of the call."""

    def hang_up(self, sid: str) -> None:
        """End the call, ringing or answered. One that is over already is left alone."""

    def redirect(self, sid: str, url: str) -> None:
        """Take a call in progress to what ``url`` says. One that is over is left alone."""

    def status(self, sid: str) -> str:
        """The call's status in Twilio's words; empty when the carrier does not know it."""

    def signature_is_valid(self, url: str, parameters: dict[str, str], signature: str) -> bool:
        """Whether the carrier itself sent this request."""


@cache
def get_carrier() -> Carrier:
    return cast(Carrier, import_string(settings.CARRIER["BACKEND"])())
