"""How fast leads were reached, in a span of time.

The definitions: **median** and **p90** are seconds from arrival to first contact of those that were
reached, interpolated as Postgres' ``percentile_cont`` does. **Within target** is the share of those
reached in time among those that were reached or whose target has passed; who still may be reached
in time, and who was given up before contact, is not judged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from leads.enums import LeadSource

_FIGURES = """
SELECT source, day, grouping(source, day), count(*), count(first_contact_at),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY took),
    count(*) FILTER (WHERE first_contact_at <= due_at),
    count(*) FILTER (
        WHERE first_contact_at IS NOT NULL OR (due_at <= %(now)s AND closed_at IS NULL)),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY tried)
FROM (
    SELECT *, (arrived_at AT TIME ZONE %(zone)s)::date AS day,
        extract(epoch FROM first_contact_at - arrived_at) AS took,
        extract(epoch FROM first_attempt_at - arrived_at) AS tried
    FROM leads_speedclock
    WHERE business_id = ANY(%(businesses)s) AND arrived_at >= %(since)s AND arrived_at < %(until)s
) AS clock
GROUP BY GROUPING SETS ((), (source), (day))
ORDER BY day, source"""
ALL, OF_SOURCE, OF_DAY = 3, 1, 2
"""What ``grouping(source, day)`` says: a bit is set for what was not grouped by."""


@dataclass(frozen=True, slots=True)
class Speed:
    """Seconds and counts; nothing where nobody was reached, or judged."""

    arrived: int = 0
    reached: int = 0
    median_s: float | None = None
    p90_s: float | None = None
    in_time: int = 0
    judged: int = 0
    attempt_median_s: float | None = None

    @property
    def share(self) -> float | None:
        return self.in_time / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class SpeedFigures:
    together: Speed
    by_source: Mapping[str, Speed]
    by_day: Mapping[date, Speed]


def figures(
    businesses: Sequence[int], since: datetime, until: datetime, *, now: datetime, zone: str
) -> SpeedFigures:
    """Of leads that arrived from ``since`` and before ``until``; days are those of ``zone``."""
    values: dict[str, Any] = {
        "businesses": list(businesses),
        "since": since,
        "until": until,
        "now": now,
        "zone": zone,
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, values)
        rows = cursor.fetchall()
    return SpeedFigures(
        together=next((_speed(row) for row in rows if row[2] == ALL), Speed()),
        by_source={LeadSource(row[0]): _speed(row) for row in rows if row[2] == OF_SOURCE},
        by_day={row[1]: _speed(row) for row in rows if row[2] == OF_DAY},
    )


def _speed(row: Sequence[Any]) -> Speed:
    *_, arrived, reached, percentiles, in_time, judged, tried = row
    median, p90 = percentiles or (None, None)
    return Speed(arrived, reached, median, p90, in_time, judged, tried)
