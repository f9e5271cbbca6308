"""What every verb works with: the call, the tools, and where documents come from."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from calls.sandbox.call import Call, Status
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.sounds import Speech
from calls.sandbox.twiml import Dial, Number, Verb
from calls.sandbox.webhooks import Webhooks

if TYPE_CHECKING:
    from calls.sandbox.conference import Room


@dataclass(frozen=True, slots=True)
class Source:
    """Where the next document comes from: a URL with further parameters, or the TwiML itself."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """Verbs, and the address they came from (empty for TwiML handed over by the API)."""

    verbs: list[Verb]
    url: str = ""

    def absolute(self, url: str) -> str:
        """``url`` seen from this document; empty means the document itself. Raises
        :class:`CallError` for a relative one in a document without address."""
        absolute = urljoin(self.url, url)
        if "://" not in absolute:
            raise CallError(Problem.INVALID_URL, "Invalid URL format.", url=url)
        return absolute


Outcome = Source | Status | None
"""What comes after a verb: another document, the end of the call, or the next verb."""

DialNumber = Callable[[Call, Number, Dial], Awaitable[Call]]
"""Rings a number for a call and returns the new leg. Raises :class:`CallError`."""


@dataclass(frozen=True, slots=True)
class Stage:
    call: Call
    webhooks: Webhooks
    speech: Speech
    dial_number: DialNumber
    room: "Callable[[str], Room]"
    """The conference of this name, made if there is none under way."""
