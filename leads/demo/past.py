"""A year of sample leads for the demo business, so that its figures say something.

They come in as a file does; that it happened earlier, and how it ended, no service has an argument
for, and is put down behind them. Every one of them carries the fact ``sample``.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from random import Random

from django.core.files.base import ContentFile
from django.db import transaction

from leads.arriving import importing
from leads.enums import ContactHow, LeadEventKind, LeadSource, LeadStage
from leads.models import Lead, LeadEvent
from leads.prediction.tasks import train_business
from leads.priority.services import rank_leads
from leads.services import CLOSED
from leads.speed.services import note_attempt, note_contact, start_clock
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

FILE = "Former CRM (sample).csv"
HEADERS = ("First name", "Last name", "Phone", "E-mail", "Address", "Value", "Interest", "Sample")
FIRST = "Ada Ben Chloe Dan Emma Finn Gina Hugo Ines Jack Kira Leo Maya Noah Olga Paul".split()
LAST = (
    "Abbott Baker Cohen Diaz Evans Fuller Grant Hughes Ibarra Jones Keller Lopez Moreno Novak "
    "Owens Parker Quinn Reed"
).split()
AREAS = (("510", "Fremont"), ("925", "Concord"), ("408", "San Jose"), ("650", "Palo Alto"))
STREETS = ("Maple Street", "Cedar Avenue", "Harbor Road", "Second Street")
INTERESTS = ("solar panels", "heat pump", "new roof")
CLOSED_COUNT, RECENT_COUNT = 270, 30
FIRST_LINE = 122
"""Of the 78 numbers 555-0122 to 555-0199 of each area; such numbers are nobody's."""
RECENT_DAYS = 27
SEED = 20
TRAINING_WAITS_SECONDS = 60
"""Until the first caller has been served."""
SOURCES = (LeadSource.WEB_FORM, LeadSource.EMAIL, LeadSource.WEBHOOK, LeadSource.CALL_IN)
OPEN_STAGES = (LeadStage.CONTACTED, LeadStage.QUALIFIED, LeadStage.PROPOSAL)


@dataclass(frozen=True, slots=True)
class Past:
    """A sample lead: what the file tells, where it came from, when, and how it went."""

    cells: tuple[str, ...]
    source: LeadSource
    arrived_at: datetime
    stage: LeadStage
    closed_at: datetime | None = None


def load_past(business: Business, *, now: datetime) -> None:
    """Closed leads of a year, those of the last weeks with their clocks; learned from later on."""
    told = list(past_leads(now))
    _import(business, told)
    leads = _dated_back(business, told)
    rank_leads(business, [lead.pk for lead in leads])
    _clocks(business, leads, now)
    learn = partial(train_business.apply_async, (business.pk,), countdown=TRAINING_WAITS_SECONDS)
    transaction.on_commit(learn)


def past_leads(now: datetime) -> Iterator[Past]:
    """The same ones each time, but for when; likelier won the more is known of them. Pure."""
    random = Random(SEED)  # noqa: S311  # no secret
    for number, cells in enumerate(islice(_cells(random), CLOSED_COUNT + RECENT_COUNT)):
        source = SOURCES[number % len(SOURCES)]
        if number >= CLOSED_COUNT:
            yield _recent(random, cells, source, now, number - CLOSED_COUNT)
            continue
        closed = now - timedelta(days=random.uniform(RECENT_DAYS, 365))
        arrived = closed - timedelta(days=1 + random.expovariate(1 / 12))
        is_won = random.random() < _chance(cells, source)
        yield Past(cells, source, arrived, LeadStage.WON if is_won else LeadStage.LOST, closed)


def _recent(
    random: Random, cells: tuple[str, ...], source: LeadSource, now: datetime, number: int
) -> Past:
    days = RECENT_DAYS * (number + random.random()) / RECENT_COUNT
    arrived = (now - timedelta(days=days)).replace(hour=16) + timedelta(hours=random.uniform(0, 8))
    arrived = min(arrived, now - timedelta(hours=2))
    stage = OPEN_STAGES[number % len(OPEN_STAGES)]
    return Past(cells, source, arrived, stage)


def _cells(random: Random) -> Iterator[tuple[str, ...]]:
    for line in range(FIRST_LINE, 200):
        for area, city in AREAS:
            first, last = random.choice(FIRST), random.choice(LAST)
            email = (
                f"{first}.{last}.{area}{line}@example.com".lower() if random.random() < 0.7 else ""
            )
            street = f"{random.randint(1, 900)} {random.choice(STREETS)}, {city}"
            value = str(random.randint(6, 40) * 500) if random.random() < 0.5 else ""
            interest = random.choice(INTERESTS) if random.random() < 0.6 else ""
            yield (first, last, f"+1{area}555{line:04}", email, street, value, interest, "yes")


def _chance(cells: tuple[str, ...], source: LeadSource) -> float:
    """Of being won."""
    *_, email, _street, value, interest, _sample = cells
    knows = 0.05 * bool(email) + 0.65 * bool(value) + 0.05 * bool(interest)
    return 0.03 + knows + 0.15 * (source == LeadSource.CALL_IN)


# ---------------------------------------------------------------- into the database


def _import(business: Business, told: list[Past]) -> None:
    """As a person would: add the file, check it, start it; here and now."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, *(each.cells for each in told)])
    manager = User.objects.filter(
        memberships__business=business, memberships__role=Role.MANAGER
    ).first()
    file = ContentFile(text.getvalue().encode(), name=FILE)
    added = importing.add_file(business, file, by=manager)
    importing.check(added, importing.mapping_of(added), starts_work=False)
    importing.work_on(added.pk)
    added.refresh_from_db()
    importing.start(added)
    importing.work_on(added.pk)


def _dated_back(business: Business, told: list[Past]) -> list[Lead]:
    """The leads as if they had come and gone when they are said to."""
    of_phone = {each.cells[2]: each for each in told}
    leads = list(Lead.objects.of(business).filter(phone__in=of_phone))
    events = []
    for lead in leads:
        past = of_phone[lead.phone]
        lead.source, lead.stage = past.source, past.stage
        lead.created_at, lead.closed_at = past.arrived_at, past.closed_at
        lead.close_reason = "Sample" if past.closed_at else ""
        events.append(_moved(lead, past))
    changed = ("source", "stage", "created_at", "closed_at", "close_reason")
    Lead.objects.bulk_update(leads, changed)
    LeadEvent.objects.bulk_create(events)
    of_key = {lead.pk: lead for lead in leads}
    made = list(LeadEvent.objects.filter(lead__in=leads, kind=LeadEventKind.CREATED))
    for event in made:
        event.created_at = of_key[event.lead_id].created_at
    LeadEvent.objects.bulk_update(made, ["created_at"])
    return leads


def _moved(lead: Lead, past: Past) -> LeadEvent:
    return LeadEvent(
        lead=lead,
        kind=LeadEventKind.CHANGED,
        text="Changed: stage.",
        data={"stage": [LeadStage.NEW.value, past.stage.value]},
        created_at=past.closed_at or past.arrived_at + timedelta(minutes=30),
    )


# ---------------------------------------------------------------- how fast they were reached


def _clocks(business: Business, leads: list[Lead], now: datetime) -> None:
    """Most were reached in time, some late; two still wait, though their time is up."""
    random = Random(SEED)  # noqa: S311  # no secret
    reps = list(User.objects.filter(memberships__business=business, memberships__role=Role.REP))
    recent = [lead for lead in leads if lead.stage not in CLOSED]
    recent.sort(key=lambda lead: lead.created_at)
    for number, lead in enumerate(recent):
        start_clock(lead, lead.source, at=lead.created_at)
        if number >= len(recent) - 2:
            note_attempt(lead, lead.created_at + timedelta(minutes=9))
            continue
        minutes = random.uniform(1, 13) if random.random() < 0.75 else random.uniform(16, 90)
        by = reps[number % len(reps)] if reps and number % 3 else None
        how = ContactHow.REP_CALL if by else ContactHow.AI_CALL
        note_contact(lead, how, at=lead.created_at + timedelta(minutes=minutes), by=by)
