"""Notification mode: the right reps are told of a new lead, and the first to take it has it."""

import logging
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from leads.cadences.services import enroll, stop
from leads.enums import LeadSource, StopReason
from leads.models import ArrivalRules, Lead
from leads.priority.services import rank_lead
from leads.ready.wanting import want_call
from leads.services import is_left_in_peace, update_lead
from leads.speed.services import ABOUT_LEAD, path_of, rules_of, start_clock
from salesdesk.accounts.enums import Ability, Role
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.lib.errors import Conflict, NotAllowed
from salesdesk.notifications.enums import NotificationKind, Urgency
from salesdesk.notifications.services import Action, Escalation, Recipients, notify, withdraw

log = logging.getLogger(__name__)

TAKE, SNOOZE = Action("take", "Take"), Action("later", "Snooze")
"""``later`` puts the lead off for everybody; a notification's own snooze is one person's."""
WRITTEN = (LeadSource.EMAIL, LeadSource.TEXT)


@transaction.atomic
def receive(lead: Lead, source: str, *, is_new: bool = True) -> None:
    """A lead arrived: the clock starts, the cadence begins, and reps are told.

    Whoever writes again while a cadence tries them has replied: it stops, and a person is asked.
    Nothing of it happens for who must not be called.
    """
    if is_left_in_peace(lead):
        log.info("lead %s arrived and must not be called", lead.public_id)
        return
    rules = rules_of(lead.business)
    start_clock(lead, source)
    rank_lead(lead)
    has_replied = not is_new and source in WRITTEN and stop(lead, StopReason.REPLIED)
    if rules.enrolls and not has_replied:
        _enroll(lead)
    if rules.tells_reps:
        tell(lead, rules, f"{LeadSource(source).label}: call them, or put it off.")


def _enroll(lead: Lead) -> None:
    try:
        with transaction.atomic():
            enroll(lead)
    except Conflict as refusal:
        log.info("lead %s is not put into a cadence: %s", lead.public_id, refusal.message)


def tell(lead: Lead, rules: ArrivalRules, body: str) -> None:
    """Ask whoever should call to take it; managers are told when nobody has for a while.

    What was asked about the lead before is taken back.
    """
    withdraw(lead.business, subject_type=ABOUT_LEAD, subject_id=lead.public_id)
    after = timedelta(minutes=rules.escalate_minutes)
    notify(
        lead.business,
        kind=NotificationKind.NEW_LEAD,
        title=f"New lead: {lead}",
        body=body,
        url=path_of(lead),
        to=whom(lead),
        urgency=Urgency.HIGH,
        actions=(TAKE, SNOOZE),
        subject_type=ABOUT_LEAD,
        subject_id=lead.public_id,
        escalation=Escalation(after, Ability.MANAGE_CAMPAIGNS),
    )


def whom(lead: Lead) -> Recipients:
    """The owner, as long as they work leads here; else the reps; without any, whoever may."""
    owner = lead.owner
    if owner is not None and has_ability(owner, lead.business_id, Ability.WORK_LEADS):
        return [owner]
    reps = lead.business.memberships.filter(role=Role.REP, user__is_active=True)
    return [each.user for each in reps.select_related("user")] or Ability.WORK_LEADS


# ---------------------------------------------------------------- answers


@transaction.atomic
def take(lead: Lead, user: User) -> None:
    """The lead is this rep's, who is to call now; nobody else is asked any more.

    Raises ``NotAllowed`` for who does not work leads here.
    """
    _require(lead, user)
    update_lead(lead, owner=user, by=user)
    want_call(lead, timezone.now(), rep=user, why="You took it")
    withdraw(lead.business, subject_type=ABOUT_LEAD, subject_id=lead.public_id)


@transaction.atomic
def put_off(lead: Lead, user: User) -> timedelta:
    """The lead is due in a while, for any rep; how long that is. Raises ``NotAllowed``."""
    _require(lead, user)
    wait = timedelta(minutes=rules_of(lead.business).snooze_minutes)
    want_call(lead, timezone.now() + wait, why=f"Put off by {user.get_short_name()}")
    withdraw(lead.business, subject_type=ABOUT_LEAD, subject_id=lead.public_id)
    return wait


def remind(lead: Lead) -> bool:
    """Ask again about a lead that was put off and that nobody has called; whether it was."""
    is_due = lead.wanted_at is not None and lead.wanted_at <= timezone.now()
    if not is_due or not lead.speed_clocks.filter(first_contact_at=None, closed_at=None).exists():
        return False
    tell(lead, rules_of(lead.business), "It was put off until now.")
    return True


def _require(lead: Lead, user: User) -> None:
    if not has_ability(user, lead.business_id, Ability.WORK_LEADS):
        raise NotAllowed(f"Your role does not allow you to {Ability.WORK_LEADS.value}.")
