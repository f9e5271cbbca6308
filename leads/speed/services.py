"""Every write to the clocks that run from a lead's arrival to the first contact with it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leads.cadences.services import is_open_to_tries
from leads.enums import ContactHow, LeadSource
from leads.models import ArrivalRules, Lead, SpeedClock
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.notifications.enums import NotificationKind, Urgency
from salesdesk.notifications.services import notify

MOST_AT_ONCE = 200
ABOUT_LEAD = "lead"
"""What notifications about leads say they are about."""


# ---------------------------------------------------------------- rules


def rules_of(business: Business) -> ArrivalRules:
    """Its own, or the usual ones, not stored."""
    own = ArrivalRules.objects.filter(business=business).first()
    return own or ArrivalRules(business=business)


@transaction.atomic
def change_rules(business: Business, **values: Any) -> ArrivalRules:
    """Set what is given; clocks that run keep the target with which they began.

    Raises ``ValidationError``, and ``InvalidInput`` for a target of a source that cannot be.
    """
    rules, _ = ArrivalRules.objects.get_or_create(business=business)
    for name, value in values.items():
        setattr(rules, name, value)
    rules.full_clean()
    for source, minutes in rules.targets.items():
        if source not in LeadSource.values or not isinstance(minutes, int) or minutes < 1:
            raise InvalidInput(f"There is no target of {minutes} minutes for “{source}”.")
    rules.save()
    return rules


# ---------------------------------------------------------------- the clock


def start_clock(lead: Lead, source: str, *, at: datetime | None = None) -> bool:
    """Count from now on, unless a clock of the lead runs already; whether one was started."""
    arrived = at or timezone.now()
    minutes = rules_of(lead.business).target_of(source)
    clock = SpeedClock(
        business=lead.business,
        lead=lead,
        source=source,
        arrived_at=arrived,
        target_minutes=minutes,
        due_at=arrived + timedelta(minutes=minutes),
    )
    before = SpeedClock.objects.filter(lead=lead).running().count()
    SpeedClock.objects.bulk_create([clock], ignore_conflicts=True)
    return before == 0


def note_attempt(lead: Lead, at: datetime) -> None:
    """Somebody tried to reach the lead; the first time counts."""
    running = SpeedClock.objects.running().filter(lead=lead, arrived_at__lte=at)
    running.filter(first_attempt_at=None).update(first_attempt_at=at)


def note_contact(lead: Lead, how: ContactHow, *, at: datetime, by: User | None = None) -> bool:
    """The lead was talked with: the clock stops, once; whether it ran.

    A contact after which the lead was given up at once (lost, opted out) still counts.
    """
    note_attempt(lead, at)
    clocks = SpeedClock.objects.filter(lead=lead, first_contact_at=None, arrived_at__lte=at)
    ran = clocks.filter(Q(closed_at=None) | Q(closed_at__gte=at))
    values = {"first_contact_at": at, "contact_how": how, "contact_by": by, "closed_at": None}
    return bool(ran.update(**values))


def close_clock(lead: Lead) -> bool:
    """Nobody will be contacted any more; it counts neither as reached nor as late."""
    return bool(SpeedClock.objects.running().filter(lead=lead).update(closed_at=timezone.now()))


def run_on(lead: Lead, *, since: datetime) -> bool:
    """Take back that the clock was stopped by a contact at ``since``, or closed after it.

    Whether it runs again; not where a new one was started meanwhile, nor for a lead that was closed
    or opted out since.
    """
    if SpeedClock.objects.running().filter(lead=lead).exists() or not is_open_to_tries(lead):
        return False
    by_contact = Q(first_contact_at=since, contact_how=ContactHow.REP_CALL)
    stopped = SpeedClock.objects.filter(by_contact | Q(closed_at__gte=since), lead=lead)
    newest = stopped.order_by("-arrived_at").values("pk")[:1]
    values = {"first_contact_at": None, "contact_how": "", "contact_by": None, "closed_at": None}
    return bool(SpeedClock.objects.filter(pk__in=newest).update(**values))


# ---------------------------------------------------------------- missed targets


def tell_breaches(now: datetime | None = None) -> int:
    """Tell owners and managers of leads that nobody reached in time, once; how many there were."""
    at = now or timezone.now()
    late = SpeedClock.objects.newly_late(at).select_related("lead__owner", "business")
    return sum(_tell_breach(clock, at) for clock in late.order_by("due_at")[:MOST_AT_ONCE])


@transaction.atomic
def _tell_breach(clock: SpeedClock, now: datetime) -> bool:
    fresh = SpeedClock.objects.newly_late(now).filter(pk=clock.pk)
    if not fresh.update(breached_at=now):
        return False
    news: dict[str, Any] = {
        "kind": NotificationKind.BREACH,
        "title": f"{clock.lead} has waited {clock.target_minutes} minutes",
        "body": f"{clock.get_source_display()}: nobody has reached them in the time you set.",
        "url": path_of(clock.lead),
        "urgency": Urgency.HIGH,
        "subject_type": ABOUT_LEAD,
        "subject_id": clock.lead.public_id,
    }
    notify(clock.business, to=Ability.MANAGE_CAMPAIGNS, **news)
    return True


def path_of(lead: Lead) -> str:
    """Of the lead's page."""
    return f"/leads/{lead.public_id}/"
