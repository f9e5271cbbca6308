"""Pages of a list that is too long to be counted: each begins where the one before ended.

A page costs the same however far down it is, as long as an index has the order
(https://use-the-index-luke.com/no-offset).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import F, Model, Q, QuerySet

M = TypeVar("M", bound=Model)

APART = "~"
LONGEST_CURSOR = 80


@dataclass(frozen=True, slots=True)
class Order:
    """The highest ``key`` first, then by primary key.

    ``key`` is a column, or an expression that an index has; it is never null. ``read`` makes its
    value from a cursor and raises ``ValueError`` for what is none.
    """

    key: Any
    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[M]):
    """``newer`` and ``older`` are the cursors of the pages before and after, empty at the ends."""

    rows: Sequence[M]
    newer: str = ""
    older: str = ""


def page_of(
    rows: "QuerySet[M]", order: Order, size: int, *, after: str = "", before: str = ""
) -> KeysetPage[M]:
    """The page after, or before, a cursor; a cursor that cannot be read gives the first page."""
    keyed = with_key(rows, order)
    place = _read(before or after, order)
    backwards = bool(before) and place is not None
    if place is not None:
        keyed = keyed.filter(_beyond(*place, backwards=backwards))
    ordering = ("sort_key", "-pk") if backwards else ("-sort_key", "pk")
    found = list(keyed.order_by(*ordering)[: size + 1])
    more, shown = len(found) > size, found[:size]
    if backwards:
        shown.reverse()
    if not shown:
        return KeysetPage(())
    is_first = place is None if not backwards else not more
    is_last = not more if not backwards else False
    return KeysetPage(
        shown,
        newer="" if is_first else _cursor(shown[0]),
        older="" if is_last else _cursor(shown[-1]),
    )


def with_key(rows: "QuerySet[M]", order: Order) -> "QuerySet[Any]":
    """The rows with what they are sorted by as ``sort_key``."""
    key = F(order.key) if isinstance(order.key, str) else order.key
    return rows.annotate(sort_key=key)


def _beyond(key: Any, pk: int, *, backwards: bool) -> Q:
    """What an index can begin at, then what exactly belongs to it."""
    if backwards:
        return Q(sort_key__gte=key) & (Q(sort_key__gt=key) | Q(pk__lt=pk))
    return Q(sort_key__lte=key) & (Q(sort_key__lt=key) | Q(pk__gt=pk))


def _cursor(row: Any) -> str:
    key = row.sort_key
    return f"{key.isoformat() if isinstance(key, datetime) else key}{APART}{row.pk}"


def _read(cursor: str, order: Order) -> tuple[Any, int] | None:
    key, apart, pk = cursor[:LONGEST_CURSOR].rpartition(APART)
    if not apart or not pk.isdecimal():
        return None
    try:
        return order.read(key), min(int(pk), 2**63 - 1)
    except (ValueError, ArithmeticError):
        return None
