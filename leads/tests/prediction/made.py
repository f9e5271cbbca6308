"""Leads of a made-up past, with what happened to them."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from leads.enums import LeadEventKind, LeadSource, LeadStage
from leads.models import Lead, LeadEvent
from salesdesk.businesses.models import Business


def closed_lead(
    business: Business, created_at: datetime, *, days: float, won: bool, **fields: Any
) -> Lead:
    """One that was closed ``days`` after it had arrived, as the services leave it."""
    closed_at = created_at + timedelta(days=days)
    stage = LeadStage.WON if won else LeadStage.LOST
    lead = Lead.objects.create(
        business=business, created_at=created_at, closed_at=closed_at, stage=stage, **fields
    )
    changed(lead, closed_at, stage=[LeadStage.NEW, stage])
    return lead


def changed(lead: Lead, at: datetime, **changes: Any) -> LeadEvent:
    return LeadEvent.objects.create(
        lead=lead, kind=LeadEventKind.CHANGED, text="Changed.", data=changes, created_at=at
    )


def past(
    business: Business,
    until: datetime,
    chances: Mapping[LeadSource, float],
    *,
    count: int = 400,
    seed: int = 7,
) -> None:
    """``count`` closed leads whose source says how likely they were to be won."""
    made = random.Random(seed)
    sources = list(chances)
    for place in range(count):
        source = made.choice(sources)
        created_at = until - timedelta(hours=12 * (count - place) + 24 * 20)
        won = made.random() < chances[source]
        days = made.uniform(2, 15)
        closed_lead(business, created_at, days=days, won=won, source=source)
