"""What the page of speed to lead shows of a period."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from leads.models import SpeedClock
from leads.speed.figures import Speed, SpeedFigures, figures
from salesdesk.businesses.models import Business

PERIODS: Mapping[str, tuple[str, int]] = {
    "week": ("7 days", 7),
    "month": ("30 days", 30),
    "quarter": ("90 days", 90),
}
"""By key: label, and days."""
MOST_WAITING = 20


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    speed: Speed


def since(now: datetime, days: int, business: Business) -> datetime:
    """The beginning of the first of these days, the last of which is today."""
    today = now.astimezone(business.tz).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=days - 1)


def speed_context(business: Business, period: str, now: datetime) -> dict[str, Any]:
    days = PERIODS[period][1]
    start = since(now, days, business)
    zone = business.time_zone
    found = figures([business.pk], start, now, now=now, zone=zone)
    span = timedelta(days=days)
    before = figures([business.pk], start - span, start, now=now, zone=zone).together
    return {
        "is_empty": not found.together.arrived,
        "together": found.together,
        "before": before,
        "by_source": _by_source(found),
        "by_day": [Row(_day(day), speed) for day, speed in sorted(found.by_day.items())],
        "charts": charts(found),
        "waiting": waiting(business, now),
    }


def waiting(business: Business, now: datetime) -> list[SpeedClock]:
    """Leads that nobody has reached yet, whose target is (or was) first."""
    clocks = SpeedClock.objects.running().filter(business=business).order_by("due_at", "pk")
    return list(clocks.select_related("lead__owner")[:MOST_WAITING])


def _by_source(found: SpeedFigures) -> Sequence[Row]:
    ranked = sorted(found.by_source.items(), key=lambda item: -item[1].arrived)
    return [Row(_label(source), speed) for source, speed in ranked]


def _label(source: str) -> str:
    return str(getattr(source, "label", source))


def _day(day: date) -> str:
    return f"{day:%b %-d}"


def charts(found: SpeedFigures) -> dict[str, Any]:
    """What ``static/js/charts.js`` draws."""
    days = sorted(found.by_day.items())
    labels = [_day(day) for day, _ in days]
    rows = _by_source(found)
    return {
        "times": {
            "labels": labels,
            "series": [
                _series("90 % within", "warning", [_minutes(each.p90_s) for _, each in days]),
                _series("Half within", "primary", [_minutes(each.median_s) for _, each in days]),
            ],
        },
        "share": {
            "labels": labels,
            "series": [_series("In time", "success", [_hundred(each.share) for _, each in days])],
        },
        "sources": {
            "labels": [row.label for row in rows],
            "series": [
                _series("Half within", "primary", [_minutes(row.speed.median_s) for row in rows])
            ],
        },
    }


def _series(name: str, tone: str, data: Sequence[float | None]) -> dict[str, Any]:
    return {"name": name, "tone": tone, "data": data}


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 1)


def _hundred(share: float | None) -> float | None:
    return None if share is None else round(share * 100, 1)
