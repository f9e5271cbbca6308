"""What the metrics page shows of a business in a period, beside the period before."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import redis

from salesdesk.assistant.enums import ToolStatus
from salesdesk.assistant.metrics import queries
from salesdesk.assistant.metrics.definitions import CONFIDENCE_BUCKETS
from salesdesk.assistant.metrics.periods import HOUR, Span, floor_hour
from salesdesk.assistant.metrics.queries import Bucket, RunFigures, Scope, ToolFigures
from salesdesk.assistant.models import Alert
from salesdesk.assistant.providers.breaker import Breaker, Health
from salesdesk.assistant.providers.factory import configured_names
from salesdesk.assistant.templatetags.metrics import dollars, milliseconds, percent
from salesdesk.businesses.models import Business

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Period:
    """What can be chosen: its last bucket is the one that is under way."""

    key: str
    label: str
    length: timedelta
    bucket: Bucket

    def span(self, now: datetime) -> Span:
        """Of full hours, but for the one under way."""
        return Span(floor_hour(now) + HOUR - self.length, now)


PERIODS: Mapping[str, Period] = {
    period.key: period
    for period in (
        Period("day", "24 hours", timedelta(days=1), Bucket.HOUR),
        Period("week", "7 days", timedelta(days=7), Bucket.DAY),
        Period("month", "30 days", timedelta(days=30), Bucket.DAY),
    )
}
TIME_FORMATS = {Bucket.HOUR: "%H:%M", Bucket.DAY: "%b %-d", Bucket.WEEK: "%b %-d"}


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure in words; ``change`` says what it was in the period before."""

    label: str
    value: str
    change: str


def metrics_context(business: Business, period: Period, now: datetime) -> dict[str, Any]:
    scope, span, zone = Scope([business.pk]), period.span(now), business.time_zone
    before = span.before()
    by_tool = queries.by_tool(scope, span)
    tools = queries.tools_together(by_tool.values())
    tools_before = queries.tools_together(queries.by_tool(scope, before).values())
    by_model = queries.by_model(scope, span)
    runs = queries.runs_together(by_model.values())
    runs_before = queries.runs_together(queries.by_model(scope, before).values())
    times = _times(
        {at: found[""] for at, found in _tools_over_time(scope, span, period, zone).items()},
        queries.runs_over_time(scope, span, period.bucket, zone=zone),
        period.bucket,
        business,
    )
    return {
        "is_empty": not tools.count and not runs.count,
        "tools": tools,
        "runs": runs,
        "by_tool": by_tool,
        "by_model": by_model,
        "statuses": [status for status in ToolStatus if tools.by_status.get(status)],
        "tiles": [*_tool_tiles(tools, tools_before), *_run_tiles(runs, runs_before)],
        "times": times,
        "confidences": _confidences(tools),
        "charts": _charts(by_tool, tools, times),
        "providers": providers(),
        "alerts": open_alerts(business),
    }


def _tools_over_time(
    scope: Scope, span: Span, period: Period, zone: str
) -> dict[datetime, dict[str, ToolFigures]]:
    return queries.over_time(scope, span, period.bucket, zone=zone)


def open_alerts(business: Business) -> list[Alert]:
    alerts = Alert.objects.filter(rule__business=business, cleared_at=None)
    return list(alerts.select_related("rule", "seen_by").order_by("-raised_at", "-pk"))


def providers() -> list[Health] | None:
    """How the configured providers do; nothing while that cannot be known."""
    names = dict.fromkeys(name.provider for name in configured_names())
    try:
        return [Breaker(name).health() for name in names]
    except redis.RedisError:
        log.exception("the state of the providers cannot be read")
        return None


# ---------------------------------------------------------------- tiles

Shown = Callable[[Any], str]


def _tile(label: str, value: Any, before: Any, shown: Shown) -> Tile:
    return Tile(label, shown(value), f"{shown(before)} before")


def _number(value: int) -> str:
    return f"{value:,}"


def _tool_tiles(now: ToolFigures, before: ToolFigures) -> list[Tile]:
    return [
        _tile("Score", now.score.value, before.score.value, percent),
        _tile("Success rate", now.success_rate, before.success_rate, percent),
        _tile("Latency, 95 % within", now.p95_ms, before.p95_ms, milliseconds),
        _tile("Confidence", now.confidence, before.confidence, percent),
        _tile("Tools used", now.count, before.count, _number),
        _tile("Asked what is meant", now.clarification_share, before.clarification_share, percent),
    ]


def _run_tiles(now: RunFigures, before: RunFigures) -> list[Tile]:
    return [
        _tile("Turns", now.count, before.count, _number),
        _tile("First words, half within", *_halves(now, before), milliseconds),
        _tile("Fell back to rules", now.fallback_share, before.fallback_share, percent),
        _tile("Cost", now.cost, before.cost, dollars),
    ]


def _halves(now: RunFigures, before: RunFigures) -> tuple[float | None, float | None]:
    return now.first_text_p50_ms, before.first_text_p50_ms


# ---------------------------------------------------------------- tables and charts


@dataclass(frozen=True, slots=True)
class Moment:
    """One row of the table over time."""

    at: datetime
    label: str
    tools: ToolFigures
    runs: RunFigures


def _times(
    tools: Mapping[datetime, ToolFigures],
    runs: Mapping[datetime, RunFigures],
    bucket: Bucket,
    business: Business,
) -> list[Moment]:
    return [
        Moment(
            at.astimezone(business.tz),
            f"{at.astimezone(business.tz):{TIME_FORMATS[bucket]}}",
            tools.get(at, ToolFigures()),
            runs.get(at, RunFigures()),
        )
        for at in sorted({*tools, *runs})
    ]


def _confidences(tools: ToolFigures) -> list[tuple[str, int, float]]:
    """Rows of label, count and share."""
    total = max(tools.confidence_count, 1)
    return [
        (
            f"{bucket / CONFIDENCE_BUCKETS:.1f} to {(bucket + 1) / CONFIDENCE_BUCKETS:.1f}",
            round(count),
            count / total,
        )
        for bucket, count in enumerate(tools.confidences)
    ]


def _charts(
    by_tool: Mapping[str, ToolFigures], tools: ToolFigures, times: Sequence[Moment]
) -> dict[str, Any]:
    """What ``static/js/charts.js`` draws: axis labels, and series of numbers or gaps."""
    labels = [each.label for each in times]
    return {
        "tools": {
            "labels": list(by_tool),
            "series": [
                {
                    "name": status.label,
                    "tone": STATUS_TONES[status],
                    "data": [each.by_status.get(status, 0) for each in by_tool.values()],
                }
                for status in ToolStatus
                if tools.by_status.get(status)
            ],
        },
        "latency": {
            "labels": labels,
            "series": [
                _line("99 % within", "error", [each.tools.p99_ms for each in times]),
                _line("95 % within", "warning", [each.tools.p95_ms for each in times]),
                _line("Half within", "primary", [each.tools.p50_ms for each in times]),
            ],
        },
        "quality": {
            "labels": labels,
            "series": [
                _line("Score", "primary", [_hundred(each.tools.score.value) for each in times]),
                _line("Success", "success", [_hundred(each.tools.success_rate) for each in times]),
                _line(
                    "Confidence", "secondary", [_hundred(each.tools.confidence) for each in times]
                ),
            ],
        },
        "confidence": {
            "labels": [f"{bucket / 10:.1f}" for bucket in range(CONFIDENCE_BUCKETS)],
            "series": [_line("Uses", "accent", tools.confidences)],
        },
        "tokens": {
            "labels": labels,
            "series": [
                _line("Read", "info", [each.runs.input_tokens for each in times]),
                _line("Written", "secondary", [each.runs.output_tokens for each in times]),
            ],
        },
    }


STATUS_TONES: Mapping[str, str] = {
    ToolStatus.OK: "success",
    ToolStatus.REFUSED: "info",
    ToolStatus.INVALID: "secondary",
    ToolStatus.FAILED: "error",
    ToolStatus.TIMED_OUT: "warning",
    ToolStatus.LATE: "muted",
}


def _line(name: str, tone: str, data: Sequence[float | None]) -> dict[str, Any]:
    rounded = [None if each is None else round(each, 1) for each in data]
    return {"name": name, "tone": tone, "data": rounded}


def _hundred(value: float | None) -> float | None:
    return None if value is None else value * 100
