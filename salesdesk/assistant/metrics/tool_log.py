"""The log of tools: what was used, newest first, in pieces of constant cost however long it is."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from salesdesk.assistant.models import ToolInvocation, ToolInvocationQuerySet
from salesdesk.lib.errors import InvalidInput

MOST_SEARCHED = 50_000
"""Where no index helps, only so many of the newest entries are looked through."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Empty values do not narrow; ``since`` and ``until`` are full days' beginnings and ends."""

    tool: str = ""
    status: str = ""
    agent: str = ""
    channel: str = ""
    conversation: str = ""
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_searched(self) -> bool:
        """Whether entries are looked through one by one."""
        return bool((self.agent or self.channel or self.text) and not self.conversation)


class LogPage:
    """``size`` entries of those that are wanted; ``entries`` are with their thread and business.

    ``before`` is the :func:`place` of the entry after which this page begins.
    """

    def __init__(
        self, visible: ToolInvocationQuerySet, wanted: Wanted, *, before: str = "", size: int = 50
    ) -> None:
        self.wanted = wanted
        self._size = size
        self._found = _narrowed(visible, wanted, read_place(before) if before else None)

    @cached_property
    def _one_more(self) -> list[ToolInvocation]:
        ordered = self._found.select_related("business", "thread").order_by("-created_at", "-pk")
        return list(ordered[: self._size + 1])

    @property
    def entries(self) -> list[ToolInvocation]:
        return self._one_more[: self._size]

    @property
    def next(self) -> str:
        """What ``before`` must be for the page that follows; empty on the last one."""
        has_more = len(self._one_more) > self._size
        return place(self.entries[-1]) if has_more else ""


def _narrowed(
    visible: ToolInvocationQuerySet, wanted: Wanted, after: tuple[datetime, int] | None
) -> QuerySet[ToolInvocation]:
    found: QuerySet[ToolInvocation] = visible
    exact = {"name": wanted.tool, "status": wanted.status, "conversation": wanted.conversation}
    found = found.filter(**{field: value for field, value in exact.items() if value})
    if wanted.since:
        found = found.filter(created_at__gte=wanted.since)
    if wanted.until:
        found = found.filter(created_at__lt=wanted.until)
    if after:
        at, key = after
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=key))
        found = found.filter(created_at__lte=at)
    return _looked_through(found, wanted) if wanted.is_searched else _matching(found, wanted)


def _looked_through(found: QuerySet[ToolInvocation], wanted: Wanted) -> QuerySet[ToolInvocation]:
    """Those that match, as far back as there is anything to look through."""
    newest = found.order_by("-created_at", "-pk").values_list("created_at", flat=True)
    oldest = newest[MOST_SEARCHED - 1 : MOST_SEARCHED].first()
    if oldest is not None:
        found = found.filter(created_at__gte=oldest)
    return _matching(found, wanted)


def _matching(found: QuerySet[ToolInvocation], wanted: Wanted) -> QuerySet[ToolInvocation]:
    exact = {"agent": wanted.agent, "channel": wanted.channel}
    found = found.filter(**{field: value for field, value in exact.items() if value})
    if not wanted.text:
        return found
    found = found.annotate(argument_text=Cast("arguments", TextField()))
    return found.filter(Q(argument_text__icontains=wanted.text) | Q(error__icontains=wanted.text))


# ---------------------------------------------------------------- places in the log

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = 2**53


def place(entry: ToolInvocation) -> str:
    """Where an entry stands in the log: its time in microseconds, and its key."""
    return f"{(entry.created_at - _EPOCH) // _MICROSECOND}-{entry.pk}"


def read_place(given: str) -> tuple[datetime, int]:
    """Raises :class:`InvalidInput` for what is no place."""
    at, _, key = given.partition("-")
    if not (at.isdecimal() and key.isdecimal()) or max(int(at), int(key)) >= _LATEST:
        raise InvalidInput("There is no such place in the log.")
    return _EPOCH + int(at) * _MICROSECOND, int(key)
