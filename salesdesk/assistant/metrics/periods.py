"""Periods of time, and which part of one is read where: from rows, or from their sums by hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)


def floor_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def ceil_hour(at: datetime) -> datetime:
    floor = floor_hour(at)
    return floor if floor == at else floor + HOUR


@dataclass(frozen=True, slots=True)
class Span:
    """From ``since`` until just before ``until``; empty where that is not later."""

    since: datetime
    until: datetime

    @property
    def is_empty(self) -> bool:
        return self.until <= self.since

    @property
    def length(self) -> timedelta:
        return self.until - self.since

    def before(self) -> "Span":
        """The span of the same length that ends where this begins."""
        return Span(self.since - self.length, self.since)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a span is read: whole hours as sums, what is left before and after as rows.

    The three follow one another without gap or overlap; each may be empty.
    """

    first: Span
    hours: Span
    last: Span


def sources(span: Span, summed_before: datetime) -> Sources:
    """``summed_before`` is the full hour before which all hours are added up."""
    begin = min(ceil_hour(span.since), span.until)
    end = max(begin, min(floor_hour(span.until), summed_before))
    return Sources(Span(span.since, begin), Span(begin, end), Span(end, span.until))
