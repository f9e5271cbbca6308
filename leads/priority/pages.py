"""What the page of priorities shows: the leads that would be called first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from leads.enums import LeadStage
from leads.models import Lead, PriorityWeights
from leads.priority import scoring
from leads.priority.scoring import Priority
from leads.priority.services import plain, scored_of, weights_of
from leads.priority.wording import in_words
from salesdesk.businesses.models import Business

SHOWN = 10
LOOKED_AT = 300
"""Of the leads that rank highest now, and as many of the newest: others do not come up at once."""
CLOSED = (LeadStage.WON, LeadStage.LOST)


@dataclass(frozen=True, slots=True)
class Ranked:
    lead: Lead
    points: float
    reasons: Sequence[tuple[str, float]]
    """In words, with their points."""


def ranked(business: Business, leads: Sequence[Lead], now: datetime) -> dict[int, Ranked]:
    """By the key of each, its points now and why; three queries, however many there are."""
    if not leads:
        return {}
    by = plain(weights_of(business))
    told = zip(leads, scored_of(leads), strict=True)
    return {
        lead.pk: _ranked(lead, each, scoring.explain(each, by, now), now) for lead, each in told
    }


def first_leads(business: Business, weights: PriorityWeights, now: datetime) -> list[Ranked]:
    """The ten that come first by ``weights``, stored or not."""
    leads = _candidates(business)
    scored = scored_of(leads)
    by = plain(weights)
    known = [
        (scoring.explain(each, by, now), each, lead)
        for lead, each in zip(leads, scored, strict=True)
    ]
    best = sorted(known, key=lambda row: (-row[0].points, row[2].pk))[:SHOWN]
    return [_ranked(lead, each, found, now) for found, each, lead in best]


def _ranked(lead: Lead, scored: scoring.Scored, found: Priority, now: datetime) -> Ranked:
    reasons = [(in_words(each, scored, now), each.points) for each in found.reasons]
    return Ranked(lead, found.points, reasons)


def _candidates(business: Business) -> list[Lead]:
    open_ = Lead.objects.of(business).exclude(stage__in=CLOSED)
    best = open_.order_by("-rank", "pk")[:LOOKED_AT]
    newest = open_.newest_first()[:LOOKED_AT]
    return list({lead.pk: lead for lead in (*best, *newest)}.values())
