"""All that the gate decides by, at one moment. What is not in here changes no decision."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any

from leads.enums import ContactKind, MessagePurpose


@dataclass(frozen=True, slots=True)
class Rules:
    """What the business has set; see :class:`leads.models.DialRules`. A limit of 0 is none."""

    is_paused: bool = False
    opens_at: int = 8
    closes_at: int = 21
    days: tuple[str, ...] = ("mon", "tue", "wed", "thu", "fri", "sat")
    calls_on_holidays: bool = False
    countries: tuple[str, ...] = ()
    per_day: int = 3
    per_week: int = 10
    rest_minutes: int = 10
    caller_per_hour: int = 240
    ai_needs_consent: bool = True
    sms_needs_consent: bool = True
    needs_list: bool = False
    list_days: int = 31


@dataclass(frozen=True, slots=True)
class Consents:
    """``True``: given, ``False``: withdrawn, ``None``: never told of."""

    ai_voice: bool | None = None
    call: bool | None = None
    sms: bool | None = None
    email: bool | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """``now`` is aware. ``zones`` are all (IANA names) in which the phone may ring, ``states``
    all US states (``TX``) whose law may hold, ``holidays`` the days around now that are kept there.

    ``lists`` are the do-not-call lists with the number, ``oldest_list`` the state of the oldest
    list that the business has, ``has_list`` whether it has a national one. Attempts are those at
    the number, ``caller_attempts`` those of the last hour from the business's calling number.
    """

    kind: ContactKind
    now: datetime
    rules: Rules = Rules()
    purpose: MessagePurpose = MessagePurpose.MARKETING
    is_active: bool = True
    has_postal_address: bool = True
    number: str = ""
    email: str = ""
    is_callable: bool = True
    is_own: bool = False
    country: str = ""
    zones: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    holidays: tuple[date, ...] = ()
    number_suppressed: bool = False
    email_suppressed: bool = False
    person_suppressed: bool = False
    company_suppressed: bool = False
    lists: tuple[str, ...] = ()
    has_list: bool = False
    oldest_list: date | None = None
    consents: Consents = Consents()
    attempts_today: int = 0
    attempts_this_week: int = 0
    last_attempt: datetime | None = None
    is_on_the_line: bool = False
    caller: str = ""
    caller_attempts: int = 0

    def as_json(self) -> dict[str, Any]:
        """What JSON can hold; :func:`from_json` makes the same facts of it."""
        return {name: _plain(value) for name, value in asdict(self).items()}


def from_json(stored: dict[str, Any]) -> Facts:
    """The facts of a line of the ledger. What was not known of yet has its default."""
    known = {field.name for field in fields(Facts)}
    read = {name: _READERS.get(name, _same)(stored[name]) for name in known & stored.keys()}
    return Facts(**read)


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value


def _same(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _rules(stored: dict[str, Any]) -> Rules:
    return Rules(**{name: _same(value) for name, value in stored.items()})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_READERS: dict[str, Any] = {
    "kind": ContactKind,
    "purpose": MessagePurpose,
    "now": datetime.fromisoformat,
    "rules": _rules,
    "consents": lambda stored: Consents(**stored),
    "holidays": lambda days: tuple(date.fromisoformat(day) for day in days),
    "last_attempt": _moment,
    "oldest_list": _day,
}
