"""The figures of a period, from sums by the hour and the rows of what is left of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import connection

from salesdesk.assistant.enums import RunStatus
from salesdesk.assistant.metrics import statements
from salesdesk.assistant.metrics.definitions import (
    CONFIDENCE_BUCKETS,
    LATENCY_BUCKETS,
    Score,
    error_rate,
    percentile,
    score,
    share,
    success_rate,
)
from salesdesk.assistant.metrics.periods import Span, sources
from salesdesk.assistant.metrics.rollups import RUNS, TOOLS, Rollup, summed_before


class Bucket(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


class Group(StrEnum):
    NONE = ""
    TOOL = "tool"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose invocations: of these businesses (keys), and if named of one tool."""

    business_ids: Sequence[int]
    tool: str = ""


# ---------------------------------------------------------------- what is found


@dataclass(slots=True)
class ToolFigures:
    """Invocations added up; what can be said of them is defined in :mod:`.definitions`."""

    by_status: dict[str, int] = field(default_factory=dict)
    clarifications: int = 0
    latency_sum_ms: int = 0
    latencies: list[float] = field(default_factory=lambda: [0.0] * LATENCY_BUCKETS)
    confidence_count: int = 0
    confidence_sum: float = 0.0
    confidences: list[float] = field(default_factory=lambda: [0.0] * CONFIDENCE_BUCKETS)

    @property
    def count(self) -> int:
        return sum(self.by_status.values())

    @property
    def success_rate(self) -> float | None:
        return success_rate(self.by_status)

    @property
    def error_rate(self) -> float | None:
        return error_rate(self.by_status)

    @property
    def mean_ms(self) -> float | None:
        return share(self.latency_sum_ms, self.count)

    @property
    def p50_ms(self) -> float | None:
        return percentile(self.latencies, 0.5)

    @property
    def p95_ms(self) -> float | None:
        return percentile(self.latencies, 0.95)

    @property
    def p99_ms(self) -> float | None:
        return percentile(self.latencies, 0.99)

    @property
    def confidence(self) -> float | None:
        """The average of the invocations that say how sure their result is."""
        return share(self.confidence_sum, self.confidence_count)

    @property
    def clarification_share(self) -> float | None:
        """The share of all invocations that asked the customer what is meant."""
        return share(self.clarifications, self.count)

    @property
    def score(self) -> Score:
        return score(self.success_rate, self.confidence, self.p95_ms)

    def add(self, other: "ToolFigures") -> None:
        for status, count in other.by_status.items():
            self.by_status[status] = self.by_status.get(status, 0) + count
        self.clarifications += other.clarifications
        self.latency_sum_ms += other.latency_sum_ms
        self.latencies = _added(self.latencies, other.latencies)
        self.confidence_count += other.confidence_count
        self.confidence_sum += other.confidence_sum
        self.confidences = _added(self.confidences, other.confidences)


@dataclass(slots=True)
class RunFigures:
    """Turns of the agent added up; ``cost`` is in US dollars, of the ``priced`` turns."""

    by_status: dict[str, int] = field(default_factory=dict)
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal = Decimal(0)
    priced: int = 0
    first_texts: list[float] = field(default_factory=lambda: [0.0] * LATENCY_BUCKETS)

    @property
    def count(self) -> int:
        return sum(self.by_status.values())

    @property
    def fallback_share(self) -> float | None:
        """The share of turns in which no model answered, or none in time, and rules did."""
        fallen = sum(
            self.by_status.get(status, 0) for status in (RunStatus.FELL_BACK, RunStatus.TIMED_OUT)
        )
        return share(fallen, self.count)

    @property
    def first_text_p50_ms(self) -> float | None:
        """How long it took until the agent's first words were there."""
        return percentile(self.first_texts, 0.5)

    @property
    def first_text_p95_ms(self) -> float | None:
        return percentile(self.first_texts, 0.95)

    def add(self, other: "RunFigures") -> None:
        for status, count in other.by_status.items():
            self.by_status[status] = self.by_status.get(status, 0) + count
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
        self.cost += other.cost
        self.priced += other.priced
        self.first_texts = _added(self.first_texts, other.first_texts)


def _added(one: Sequence[float], two: Sequence[float]) -> list[float]:
    return [a + b for a, b in zip(one, two, strict=True)]


# ---------------------------------------------------------------- asking

_RANGE = """
    WHERE raw.business_id = ANY(%(businesses)s) AND (
        raw.created_at >= %(first_since)s AND raw.created_at < %(first_until)s
        OR raw.created_at >= %(last_since)s AND raw.created_at < %(last_until)s)"""
_HOURS = "WHERE business_id = ANY(%(businesses)s) AND hour >= %(since)s AND hour < %(until)s"
_TOOL = " AND (%(tool)s = '' OR name = %(tool)s)"
_FROM_TOOLS = f"""
WITH {statements.UNITS}, summed AS (
    SELECT {statements.TOOL_COLUMNS} FROM assistant_invocationhour {_HOURS}{_TOOL}
    UNION ALL ({statements.TOOL_SUMS}{_RANGE}{_TOOL}{statements.GROUPED})
)"""  # noqa: S608  # our own text only
_FROM_RUNS = f"""
WITH {statements.UNITS}, summed AS (
    SELECT {statements.RUN_COLUMNS} FROM assistant_runhour {_HOURS}
    UNION ALL ({statements.RUN_SUMS}{_RANGE}{statements.GROUPED})
)"""  # noqa: S608
_TOOL_SUMS = """status, sum(count)::bigint, sum(clarifications)::bigint,
    sum(latency_sum_ms)::bigint, sum(latencies)::real[], sum(confidence_count)::bigint,
    sum(confidence_sum), sum(confidences)::real[] FROM summed"""
_RUN_SUMS = """status, sum(count)::bigint, sum(input_tokens)::bigint, sum(output_tokens)::bigint,
    sum(cost), sum(priced)::bigint, sum(first_texts)::real[] FROM summed"""

_BY_TOOL = f"{_FROM_TOOLS} SELECT name, {_TOOL_SUMS} GROUP BY name, status"
_BY_MODEL = f"{_FROM_RUNS} SELECT model, {_RUN_SUMS} GROUP BY model, status"
_TIME = "date_trunc(%(bucket)s, hour, %(zone)s) AS at"
_RUNS_OVER_TIME = f"{_FROM_RUNS} SELECT {_TIME}, {_RUN_SUMS} GROUP BY at, status"
_OVER_TIME = {
    Group.NONE: f"{_FROM_TOOLS} SELECT {_TIME}, '', {_TOOL_SUMS} GROUP BY at, status",
    Group.TOOL: f"{_FROM_TOOLS} SELECT {_TIME}, name, {_TOOL_SUMS} GROUP BY at, name, status",
    Group.CHANNEL: (
        f"{_FROM_TOOLS} SELECT {_TIME}, channel, {_TOOL_SUMS} GROUP BY at, channel, status"
    ),
}


def by_tool(scope: Scope, span: Span) -> dict[str, ToolFigures]:
    """Figures of each tool that was used, by its name."""
    found: dict[str, ToolFigures] = {}
    for name, *sums in _rows(_BY_TOOL, scope, TOOLS, span):
        found.setdefault(name, ToolFigures()).add(_tool_figures(sums))
    return dict(sorted(found.items()))


def over_time(
    scope: Scope, span: Span, bucket: Bucket, *, group: Group = Group.NONE, zone: str = "UTC"
) -> dict[datetime, dict[str, ToolFigures]]:
    """Figures by the beginning of each hour, day or week (in ``zone``) with any, and by group."""
    found: dict[datetime, dict[str, ToolFigures]] = {}
    times = {"bucket": bucket.value, "zone": zone}
    for at, name, *sums in _rows(_OVER_TIME[group], scope, TOOLS, span, times):
        found.setdefault(at, {}).setdefault(name, ToolFigures()).add(_tool_figures(sums))
    return dict(sorted(found.items()))


def by_model(scope: Scope, span: Span) -> dict[str, RunFigures]:
    found: dict[str, RunFigures] = {}
    for model, *sums in _rows(_BY_MODEL, scope, RUNS, span):
        found.setdefault(model, RunFigures()).add(_run_figures(sums))
    return dict(sorted(found.items()))


def runs_over_time(
    scope: Scope, span: Span, bucket: Bucket, *, zone: str = "UTC"
) -> dict[datetime, RunFigures]:
    found: dict[datetime, RunFigures] = {}
    times = {"bucket": bucket.value, "zone": zone}
    for at, *sums in _rows(_RUNS_OVER_TIME, scope, RUNS, span, times):
        found.setdefault(at, RunFigures()).add(_run_figures(sums))
    return dict(sorted(found.items()))


def tools_together(figures: Iterable[ToolFigures]) -> ToolFigures:
    total = ToolFigures()
    for each in figures:
        total.add(each)
    return total


def runs_together(figures: Iterable[RunFigures]) -> RunFigures:
    total = RunFigures()
    for each in figures:
        total.add(each)
    return total


def _rows(
    statement: str,
    scope: Scope,
    rollup: Rollup,
    span: Span,
    more: Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """How far hours are added up is read first: what is added up meanwhile stays as rows, too."""
    parts = sources(span, summed_before(rollup))
    values = {
        **statements.constants(),
        **(more or {}),
        "businesses": list(scope.business_ids),
        "tool": scope.tool,
        "since": parts.hours.since,
        "until": parts.hours.until,
        "first_since": parts.first.since,
        "first_until": parts.first.until,
        "last_since": parts.last.since,
        "last_until": parts.last.until,
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _tool_figures(sums: Sequence[Any]) -> ToolFigures:
    status, count, clarifications, latency_sum, latencies, sure, sure_sum, confidences = sums
    return ToolFigures(
        {status: count}, clarifications, latency_sum, latencies, sure, sure_sum, confidences
    )


def _run_figures(sums: Sequence[Any]) -> RunFigures:
    status, count, *rest = sums
    return RunFigures({status: count}, *rest)
