"""After the end: the rep is asked whether it took place; unanswered, it counts as missed."""

from datetime import datetime, timedelta

from django.db import transaction

from leads.enums import AppointmentStatus
from leads.models import Appointment
from leads.visits import appointments, telling
from leads.visits.planning import rules_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidTransition

ASKED_FOR = timedelta(days=14)
"""Nobody is asked about what is longer ago than this."""
MOST_AT_ONCE = 200


def ask_and_settle(now: datetime) -> tuple[int, int]:
    """How many reps were asked, and how many appointments were taken for missed."""
    open_ones = Appointment.objects.over_and_open(now).filter(lead__isnull=False)
    businesses = Business.objects.active().filter(appointments__in=open_ones).distinct()
    asked = missed = 0
    for business in businesses:
        rules = rules_of(business)
        asked += _ask(business, now, timedelta(minutes=rules.ask_after_minutes))
        if rules.missed_after_hours:
            missed += _settle(business, now, timedelta(hours=rules.missed_after_hours))
    return asked, missed


@transaction.atomic
def _ask(business: Business, now: datetime, after: timedelta) -> int:
    """Each is asked about once, whoever else runs this."""
    over = Appointment.objects.over_and_open(now - after).filter(
        business=business, lead__isnull=False, asked_at=None, ends_at__gt=now - ASKED_FOR
    )
    chosen = over.select_for_update(of=("self",), skip_locked=True, no_key=True)
    found = list(chosen.select_related("business", "calendar__user", "lead__owner")[:MOST_AT_ONCE])
    for appointment in found:
        Appointment.objects.filter(pk=appointment.pk).update(asked_at=now)
        telling.ask_rep(appointment)
    return len(found)


def _settle(business: Business, now: datetime, after: timedelta) -> int:
    """Those of which nobody has said anything since the rep was asked."""
    silent = Appointment.objects.over_and_open(now).filter(
        business=business, asked_at__lte=now - after
    )
    count = 0
    for appointment in silent[:MOST_AT_ONCE]:
        count += _missed(appointment, now)
    return count


def _missed(appointment: Appointment, now: datetime) -> bool:
    try:
        appointments.close(appointment, AppointmentStatus.MISSED, now=now)
    except InvalidTransition:  # somebody has answered in between
        return False
    return True
