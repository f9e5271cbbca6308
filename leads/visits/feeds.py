"""Secret addresses at which calendar programs read a calendar.

The address is shown once, when it is made; what is kept is its digest. Who has it reads the
calendar until it is revoked.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from leads.enums import AppointmentStatus
from leads.models import Appointment, AppointmentQuerySet, Calendar, CalendarFeed
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, NotFound

KEPT_DAYS = 60
MOST_FEEDS = 10
MOST_EVENTS = 2000
NOTE_READING_EVERY = timedelta(minutes=5)


def open_feed(
    calendar: Calendar, *, label: str = "", by: User | None = None
) -> tuple[CalendarFeed, str]:
    """A feed and its address, which nobody can be told again. Raises ``Conflict`` for too many."""
    if calendar.feeds.filter(revoked_at=None).count() >= MOST_FEEDS:
        raise Conflict(f"A calendar has {MOST_FEEDS} addresses at most: revoke one first.")
    token = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(
        calendar=calendar, label=label.strip()[:60], digest=_digest(token), by=by
    )
    return feed, f"{settings.PUBLIC_URL}{reverse('calendar_feed', args=[token])}"


def revoke_feed(feed: CalendarFeed) -> None:
    """From now on its address leads nowhere. Revoking twice changes nothing."""
    CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=timezone.now())


def read_feed(token: str, now: datetime) -> tuple[Calendar, AppointmentQuerySet]:
    """The calendar and what stands in it. Raises ``NotFound`` for an address that is none."""
    known = CalendarFeed.objects.select_related("calendar__business")
    feed = known.filter(
        digest=_digest(token),
        revoked_at=None,
        calendar__is_active=True,
        calendar__business__is_active=True,
    ).first()
    if feed is None:
        raise NotFound("There is no such calendar.")
    if feed.read_at is None or feed.read_at < now - NOTE_READING_EVERY:
        CalendarFeed.objects.filter(pk=feed.pk).update(read_at=now)
    return feed.calendar, appointments_in(feed.calendar, now)


def appointments_in(calendar: Calendar, now: datetime) -> AppointmentQuerySet:
    since = now - timedelta(days=KEPT_DAYS)
    held = Appointment.objects.filter(calendar=calendar, starts_at__gte=since)
    held = held.exclude(status=AppointmentStatus.CANCELED).select_related("lead")
    return held.order_by("starts_at", "pk")[:MOST_EVENTS]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
