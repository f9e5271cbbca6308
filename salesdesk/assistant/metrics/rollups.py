"""Adding rows up by the hour, so that figures of a period are read from few rows.

An hour is added up some minutes after it is over, since a row is written when a turn ends and
belongs to the hour in which its tool began; and again when rows of it come later still. Sums of an
hour only grow. Rows that are deleted later stay in them.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Min
from django.db.models.functions import TruncHour

from salesdesk.assistant.metrics import statements
from salesdesk.assistant.metrics.periods import HOUR, Span, floor_hour
from salesdesk.assistant.models import (
    AgentRun,
    InvocationHour,
    RollupMark,
    RunHour,
    ToolInvocation,
)

log = logging.getLogger(__name__)

SETTLED_AFTER = timedelta(minutes=10)
HOURS_AT_ONCE = 24
LATE_ROWS = 10_000
"""Keys are given before rows can be seen; so many before the last one are looked at again."""
DELETED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Rollup:
    """Rows of ``source`` are added up in rows of ``target``."""

    name: str
    source: type[ToolInvocation] | type[AgentRun]
    target: type[InvocationHour] | type[RunHour]
    columns: str
    sums: str
    key: str

    @property
    def statement(self) -> str:
        """Adds up what was created from ``since`` until before ``until``."""
        table = self.target._meta.db_table
        keys = ("business_id", "hour", self.key, "channel", "status")
        values = [name for name in self.columns.split(", ") if name not in keys]
        new = ", ".join(f"{name} = excluded.{name}" for name in values)
        return (  # all names are our own
            f"WITH {statements.UNITS} INSERT INTO {table} ({self.columns}) {self.sums}"
            " WHERE raw.created_at >= %(since)s AND raw.created_at < %(until)s"
            f" {statements.GROUPED} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {new}"
            f" WHERE {table}.count < excluded.count"
        )


TOOLS = Rollup(
    "tools",
    ToolInvocation,
    InvocationHour,
    statements.TOOL_COLUMNS,
    statements.TOOL_SUMS,
    "name",
)
RUNS = Rollup("runs", AgentRun, RunHour, statements.RUN_COLUMNS, statements.RUN_SUMS, "model")
ROLLUPS = (TOOLS, RUNS)


# ---------------------------------------------------------------- adding up


def roll_up(rollup: Rollup, now: datetime) -> int:
    """Add up all hours that are over and the late rows of those before; the number of rows written.

    Safe to repeat and to run twice at once; after a pause it catches up, some hours at a time.
    """
    written = _late(rollup)
    while True:
        with transaction.atomic():
            mark = _locked_mark(rollup)
            if mark is None:
                return written
            settled = floor_hour(now - SETTLED_AFTER)
            until = min(settled, mark.hour + HOURS_AT_ONCE * HOUR)
            if until <= mark.hour:
                return written
            written += _add_up(rollup, Span(mark.hour, until))
            mark.hour = until
            mark.save(update_fields=["hour"])


def summed_before(rollup: Rollup) -> datetime:
    """All hours before this one are added up."""
    hour = RollupMark.objects.filter(name=rollup.name).values_list("hour", flat=True).first()
    return hour or datetime.min.replace(tzinfo=UTC)


def _locked_mark(rollup: Rollup) -> RollupMark | None:
    """How far it is; nothing while there is no row at all."""
    mark = RollupMark.objects.select_for_update().filter(name=rollup.name).first()
    if mark is not None:
        return mark
    first = rollup.source._default_manager.aggregate(at=Min("created_at"))["at"]
    if first is None:
        return None
    RollupMark.objects.get_or_create(name=rollup.name, defaults={"hour": floor_hour(first)})
    return RollupMark.objects.select_for_update().get(name=rollup.name)


@transaction.atomic
def _late(rollup: Rollup) -> int:
    """Add up again the hours of which rows were written since the last time."""
    mark = _locked_mark(rollup)
    newest = rollup.source._default_manager.aggregate(key=Max("pk"))["key"]
    if mark is None or newest is None:
        return 0
    rows = rollup.source._default_manager.filter(
        pk__gt=mark.last_id - LATE_ROWS, created_at__lt=mark.hour
    )
    hours = rows.annotate(hour=TruncHour("created_at")).values_list("hour", flat=True)
    written = sum(_add_up(rollup, span) for span in joined(hours.distinct().order_by("hour")))
    RollupMark.objects.filter(pk=mark.pk).update(last_id=newest)
    return written


def joined(hours: Iterable[datetime]) -> list[Span]:
    """Full hours in their order, as spans of hours that follow one another."""
    spans: list[Span] = []
    for hour in hours:
        if spans and spans[-1].until == hour:
            spans[-1] = Span(spans[-1].since, hour + HOUR)
        else:
            spans.append(Span(hour, hour + HOUR))
    return spans


def _add_up(rollup: Rollup, span: Span) -> int:
    values = {**statements.constants(), "since": span.since, "until": span.until}
    with connection.cursor() as cursor:
        cursor.execute(rollup.statement, values)
        written: int = cursor.rowcount
    return written


# ---------------------------------------------------------------- keeping


def forget_old_invocations(now: datetime) -> int:
    """Delete what was logged of tools more than ``TOOL_LOG_DAYS`` ago, a batch at a time.

    Only whole hours that are added up; sums older than ``METRICS_DAYS`` go too, unless that is 0.
    """
    oldest = floor_hour(now - timedelta(days=settings.TOOL_LOG_DAYS))
    before = min(oldest, summed_before(TOOLS))
    gone = 0
    while deleted := _delete_batch(before):
        gone += deleted
    if settings.METRICS_DAYS:
        kept_since = now - timedelta(days=settings.METRICS_DAYS)
        for rollup in ROLLUPS:
            rollup.target._default_manager.filter(hour__lt=kept_since).delete()
    return gone


def _delete_batch(before: datetime) -> int:
    old = ToolInvocation.objects.filter(created_at__lt=before).order_by("created_at")
    keys = list(old.values_list("pk", flat=True)[:DELETED_AT_ONCE])
    return ToolInvocation.objects.filter(pk__in=keys).delete()[0] if keys else 0
