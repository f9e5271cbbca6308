"""Work on a row of the database: by one worker at a time, and by another one when it has died.

The row has ``beat_at``, the last sign of life of whoever works on it, and ``created_at``. A worker
holds it as long as the last sign is their own: whoever takes it over writes another one.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone


class Lost(Exception):
    """The work is not this worker's any more."""


def is_silent(dead_after: timedelta) -> Q:
    """Their worker, if any, has given no sign of life for so long."""
    return Q(beat_at__lt=timezone.now() - dead_after)


def is_free(dead_after: timedelta) -> Q:
    """Nobody has taken them up, or whoever has is dead."""
    return Q(beat_at=None) | is_silent(dead_after)


def is_left_behind(dead_after: timedelta) -> Q:
    """Their worker is dead, or none has taken them up for so long."""
    never_begun = Q(beat_at=None, created_at__lt=timezone.now() - dead_after)
    return is_silent(dead_after) | never_begun


def claim(free: QuerySet[Any], **values: Any) -> datetime | None:
    """Take the row of ``free`` and keep ``values``. The first sign of life; None if it is gone."""
    now = timezone.now()
    return now if free.update(beat_at=now, **values) else None


class Lease:
    """The right to work on the row of ``rows``, as long as ``beat_at`` is its last sign of life."""

    def __init__(self, rows: QuerySet[Any], beat_at: datetime) -> None:
        self._rows = rows
        self.beat_at = beat_at

    def keep(self, **values: Any) -> None:
        """Give a sign of life (another one than now, if named), and keep ``values``.

        Raises :class:`Lost`.
        """
        changes = {"beat_at": timezone.now(), **values}
        if not self._rows.filter(beat_at=self.beat_at).update(**changes):
            raise Lost
        self.beat_at = changes["beat_at"]
