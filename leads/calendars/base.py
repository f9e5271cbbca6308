"""What the desk asks of a calendar outside, in its own words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from leads.outside.account import Account
from leads.visits.scheduling import Span


@dataclass(frozen=True, slots=True)
class Place:
    """Which calendar of an account is meant: ``external_id`` is its name there.

    ``calendar_id`` is the key of our own; a day there begins by the clock of ``tz``.
    """

    calendar_id: int
    external_id: str
    tz: ZoneInfo


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as it is put into a calendar. ``key`` is the same whenever it is put."""

    key: str
    title: str
    starts: datetime
    ends: datetime
    address: str = ""
    note: str = ""


class OutsideCalendar(Protocol):
    """Everything raises ``ProviderError``, whose message is for people.

    What is put twice is there once, and what is removed twice is gone: a task may be run again.
    """

    name: str

    def __init__(self, account: Account, place: Place, **options: Any) -> None:
        """``options`` are those of the settings. Raises ``InvalidInput`` for bad credentials."""

    def check(self) -> None:
        """Ask for something small, to see whether account and calendar work."""

    def busy(self, since: datetime, until: datetime) -> list[Span]:
        """When it is taken, in UTC and in order; spans may reach beyond the bounds."""

    def put(self, visit: Visit) -> str:
        """Write it into the calendar; returns its id there."""

    def change(self, external_id: str, visit: Visit) -> str:
        """Write it as it is now; put it anew where it is gone. Returns its id there."""

    def remove(self, external_id: str) -> None:
        """Take it out; nothing happens where it is gone."""
