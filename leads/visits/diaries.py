"""Calendars as :mod:`leads.visits.scheduling` sees them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from leads.calendars.asking import Outside, busy_outside, without_ours
from leads.models import Appointment, Calendar
from leads.regions import HolidaysOf
from leads.visits.scheduling import USUAL_HOURS, Diary, Found, Slot, Span, all_free, find
from leads.visits.wanted import Wanted
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured, ProviderError


def find_free(
    business: Business, wanted: Wanted, now: datetime, *, without: Appointment | None = None
) -> Found:
    """Good times for a wish; raises as :func:`diaries_of` does."""
    return find(diaries_of(business, now, without=without), wanted, now)


def times_between(
    business: Business,
    first: date,
    last: date,
    now: datetime,
    *,
    without: Appointment | None = None,
) -> list[Slot]:
    """All free times of these days, one calendar each; raises as :func:`diaries_of` does."""
    return all_free(diaries_of(business, now, without=without), (first, last), now)


def diaries_of(
    business: Business, now: datetime, *, without: Appointment | None = None
) -> list[Diary]:
    """One for each calendar in use, in the order of their making.

    The time of the appointment ``without`` counts as free, and visits are as long as it. A
    calendar outside that does not answer offers nothing, and is left out. Raises
    ``NotConfigured`` when the business has no calendar, and ``ProviderError`` when none answers.
    """
    calendars = list(business.calendars.filter(is_active=True).order_by("pk"))
    if not calendars:
        raise NotConfigured(f"{business} has no calendar to book in.")
    outside = busy_outside(calendars, now)
    answering = [each for each in calendars if each.pk not in outside.errors]
    if not answering:
        raise no_answer(outside)
    busy, ours = _busy(answering, now, without), _ours(outside, now)
    for key, spans in outside.busy.items():
        busy[key] += without_ours(spans, ours[key])
    diaries = [_diary(business, calendar, tuple(busy[calendar.pk])) for calendar in answering]
    if without is None:
        return diaries
    length = without.ends_at - without.starts_at
    return [replace(diary, visit=length) for diary in diaries]


def no_answer(outside: Outside) -> ProviderError:
    """That no time can be offered, and why."""
    why = next(iter(outside.errors.values()))
    is_passing = isinstance(why, ProviderError) and why.retryable
    told = f"Nobody can say at the moment which times are free: {why.message}"
    return ProviderError(told, retryable=is_passing)


def _ours(outside: Outside, now: datetime) -> defaultdict[int, list[Span]]:
    """What we have put into these calendars outside ourselves."""
    ours: defaultdict[int, list[Span]] = defaultdict(list)
    if outside.busy:
        put = Appointment.objects.filter(outside__in=list(outside.busy), ends_at__gt=now)
        for calendar, starts, ends in put.values_list("outside_id", "starts_at", "ends_at"):
            ours[calendar].append((starts, ends))
    return ours


def _diary(business: Business, calendar: Calendar, busy: tuple[Span, ...]) -> Diary:
    return Diary(
        calendar.public_id,
        business.tz,
        calendar.hours or business.hours or USUAL_HOURS,
        visit=timedelta(minutes=calendar.visit_minutes),
        buffer=timedelta(minutes=calendar.buffer_minutes),
        notice=timedelta(minutes=calendar.notice_minutes),
        days_ahead=calendar.days_ahead,
        holidays=HolidaysOf(calendar.region),
        busy=busy,
    )


def _busy(
    calendars: Iterable[Calendar], now: datetime, without: Appointment | None
) -> defaultdict[int, list[Span]]:
    """From now on, by the calendar's key."""
    appointments = Appointment.objects.taking_time().filter(
        calendar__in=calendars, blocked__overlap=DateTimeTZRange(now.astimezone(UTC), None)
    )
    if without is not None:
        appointments = appointments.exclude(pk=without.pk)
    busy: defaultdict[int, list[Span]] = defaultdict(list)
    for calendar, blocked in appointments.values_list("calendar_id", "blocked"):
        busy[calendar].append((blocked.lower, blocked.upper))
    return busy
