"""What the desk asks of a CRM, in its own words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, Self

from leads.outside.account import Account

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that was not written: ``theirs`` stands there, and not ``known`` as we thought."""

    field: str
    known: str
    theirs: str
    wanted: str


@dataclass(frozen=True, slots=True)
class Record:
    """A lead, contact or opportunity of a CRM.

    ``fields`` by our names (``first_name``, ``last_name``, ``company``, ``phone``, ``email``,
    ``address``, ``stage``; of opportunities ``name``, ``stage``, ``amount``, ``close_date``); what
    is unknown is empty. ``phones`` are all its numbers, E.164. ``conflicts`` are of the update
    that this record came back from.
    """

    id: str
    kind: str
    fields: Fields
    phones: tuple[str, ...] = ()
    changed_at: datetime | None = None
    conflicts: tuple[Clash, ...] = field(default=())

    def clashing(self, conflicts: tuple[Clash, ...]) -> Self:
        return replace(self, conflicts=conflicts)


class CRM(Protocol):
    """Everything raises ``ProviderError``, whose message is for people."""

    name: str

    def __init__(self, account: Account, **options: Any) -> None:
        """``options`` are those of the settings. Raises ``InvalidInput`` for bad credentials."""

    def check(self) -> None:
        """Ask for something small, to see whether the account works."""

    def find(self, *, phone: str = "", email: str = "") -> Record | None:
        """The record with this number (E.164, whatever way it is written there) or address.

        A contact comes before a lead, and of several the one that was changed last.
        """

    def read(self, record_id: str) -> Record | None:
        """The record, or ``None`` where it is no longer there."""

    def create(self, fields: Fields) -> Record:
        """A new lead."""

    def update(self, record_id: str, fields: Fields, known: Fields) -> Record:
        """Write ``fields``, as :func:`merged` allows by what we ``known`` of it before.

        Returns the record as it then is, with the conflicts. Raises ``InvalidInput`` for a field
        that such a record does not have.
        """

    def opportunity(self, record_id: str) -> Record | None:
        """The open opportunity of a contact or lead that was changed last."""

    def log_event(self, record_id: str, title: str, text: str, at: datetime) -> str:
        """Put something that happened into the record's history; returns its key."""


def merged(
    wanted: Fields, known: Fields, theirs: Fields
) -> tuple[dict[str, str], tuple[Clash, ...]]:
    """What of ``wanted`` may be written, and what may not.

    A field may be written when it is empty there, or stands there as we knew it. One that somebody
    has changed meanwhile is left as it is. What stands there already needs no writing.
    """
    new = {name: value for name, value in wanted.items() if theirs.get(name, "") != value}
    clashes = tuple(
        Clash(name, known.get(name, ""), theirs[name], value)
        for name, value in new.items()
        if theirs.get(name) and theirs[name] != known.get(name)
    )
    refused = {clash.field for clash in clashes}
    return {name: value for name, value in new.items() if name not in refused}, clashes
