"""The calendars and leads that `bin/demo` shows: loaded through the services."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads import services
from leads.consent import record_consent
from leads.enums import (
    ConsentKind,
    LeadSource,
    LeadStage,
    MachineAction,
    SuppressionSource,
)
from leads.models import DialRules, Lead
from leads.visits.appointments import add_calendar, book, confirm
from leads.visits.diaries import find_free
from leads.visits.planning import drop_waiting
from leads.visits.wanted import Wanted
from salesdesk.accounts.enums import CallBy, Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import change_rep, rep_of
from salesdesk.businesses.models import Business

REGION = "US"
REP_PHONES = ("+12025550170", "+12025550171")
"""Fictional; at the sandbox carrier somebody answers there and presses 1 when asked."""
CREWS = ("Crew North", "Crew South")
"""Whose calendars there are where the business has no reps."""


@dataclass(frozen=True, slots=True)
class DemoLead:
    """``visit`` is what an appointment is for, ``days`` how far ahead it is at least."""

    name: str
    phone: str
    address: str
    source: LeadSource
    stage: LeadStage = LeadStage.NEW
    email: str = ""
    value: Decimal | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    visit: str = ""
    days: int = 0


LEADS = (
    DemoLead(
        "Elena Marsh",
        "+15105550111",
        "18 Juniper Court, Oakland",
        LeadSource.WEB_FORM,
        LeadStage.CONTACTED,
        email="elena.marsh@example.com",
        facts={"interest": "roof (roofing, shingles)", "age": 22, "budget": 18000},
        notes=("Two leaks over the garage since last winter.", "Best reached after five."),
    ),
    DemoLead(
        "Tom Becker",
        "+15105550112",
        "402 Lakeshore Avenue, Oakland",
        LeadSource.CALL_IN,
        LeadStage.QUALIFIED,
        email="tom.becker@example.com",
        facts={"owner": True, "budget": 14000},
        notes=("Compares a heat pump with a new furnace.",),
        visit="Heat pump visit",
        days=2,
    ),
    DemoLead(
        "Priya Nair",
        "+14085550113",
        "7 Orchard Lane, San Jose",
        LeadSource.CALL_OUT,
        LeadStage.PROPOSAL,
        email="priya.nair@example.com",
        value=Decimal("24800.00"),
        facts={"owner": True, "budget": 25000},
        notes=("Wants the proposal with and without a battery.",),
        visit="Solar proposal",
        days=4,
    ),
    DemoLead(
        "Grace Kim",
        "+14155550114",
        "55 Hill Street, San Francisco",
        LeadSource.IMPORT,
        LeadStage.WON,
        value=Decimal("19250.00"),
        notes=("Signed. The installation is planned with Riley.",),
    ),
    DemoLead("Anna Hill", "+16505550115", "90 Bay Road, Menlo Park", LeadSource.WEB_FORM),
    DemoLead(
        "Luis Ortega",
        "+15105550116",
        "3 Mission Boulevard, Hayward",
        LeadSource.CALL_OUT,
        LeadStage.LOST,
        notes=("Has signed with another company.",),
    ),
)
AGREED = "You may call me, also by an AI voice, and write to me about my request."
LEFT_IN_PEACE = "+15105550116"


@transaction.atomic
def load_demo(business: Business, *, now: datetime | None = None) -> bool:
    """Calendars for the reps, and a few leads with history; says whether they are new.

    Only a business without any calendar gets them, so that a second start changes nothing, and
    what people have deleted stays deleted.
    """
    if business.calendars.exists():
        return False
    for name, user in _owners(business):
        add_calendar(business, name, user=user, region=REGION)
    _furnish_phones(business)
    for each in LEADS:
        _load(business, each, now or timezone.now())
    services.suppress(
        business,
        phone=LEFT_IN_PEACE,
        reason="Does not want any more calls.",
        source=SuppressionSource.CALLER,
    )
    return True


def _furnish_phones(business: Business) -> None:
    """Reps whose phones the sandbox carrier answers; machines are left a message."""
    DialRules.objects.get_or_create(
        business=business, defaults={"on_machine": MachineAction.LEAVE_MESSAGE}
    )
    for (_, user), phone in zip(_owners(business), REP_PHONES, strict=False):
        if user is not None and not rep_of(user, business.pk).phone:
            change_rep(rep_of(user, business.pk), phone=phone, call_by=CallBy.BRIDGE)


def _owners(business: Business) -> list[tuple[str, User | None]]:
    reps = User.objects.filter(memberships__business=business, memberships__role=Role.REP)
    named: list[tuple[str, User | None]] = [(str(rep), rep) for rep in reps.order_by("email")]
    return named or [(name, None) for name in CREWS]


def _load(business: Business, each: DemoLead, now: datetime) -> None:
    lead, is_new = services.ensure_lead(business, source=each.source, phone=each.phone)
    if not is_new:
        return
    lead = services.update_lead(lead, **_values(each))
    services.merge_facts(lead, each.facts)
    for note in each.notes:
        services.add_note(lead, note)
    for kind in (ConsentKind.AI_VOICE, ConsentKind.CALL, ConsentKind.SMS, ConsentKind.EMAIL):
        record_consent(lead, kind, is_given=True, wording=AGREED, proof="The demo's own data")
    if each.visit:
        _visit(lead, each, now)


def _values(each: DemoLead) -> dict[str, Any]:
    first, _, last = each.name.partition(" ")
    names = {"first_name": first, "last_name": last}
    own = {"email": each.email, "address": each.address, "stage": each.stage, "value": each.value}
    return {**names, **own}


def _visit(lead: Lead, each: DemoLead, now: datetime) -> None:
    """The first free time from that day on; the later ones are confirmed already."""
    earliest = (now + timedelta(days=each.days)).astimezone(lead.business.tz).date()
    found = find_free(lead.business, Wanted(earliest=earliest), now)
    appointment = book(lead, found.slots[0].start, purpose=each.visit, now=now)
    drop_waiting(appointment, "Nobody is written to in the demo.")
    if each.stage == LeadStage.PROPOSAL:
        confirm(appointment, now=now)
