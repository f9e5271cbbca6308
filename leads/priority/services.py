"""Every write to ranks and weights, and why a lead has its points."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from leads.models import Dial, Lead, LeadQuerySet, PriorityWeights, SpeedClock
from leads.models.people import UNRANKED
from leads.priority import scoring
from leads.priority.scoring import Priority, Scored, Weights
from leads.priority.statement import RANK_SOME, parameters
from leads.signals import send_after_commit, weights_changed
from salesdesk.businesses.models import Business

BATCH = 2000
"""Leads that one statement of a bulk run puts in order, so that it holds no row for long."""


# ---------------------------------------------------------------- weights


def weights_of(business: Business) -> PriorityWeights:
    """Its own, or the usual ones, not stored."""
    own = PriorityWeights.objects.filter(business=business).first()
    return own or PriorityWeights(business=business)


@transaction.atomic
def change_weights(business: Business, **values: Any) -> PriorityWeights:
    """Set what is given. Sends ``weights_changed``, whereupon all leads are put in order anew.

    Raises ``ValidationError`` where a value cannot be used.
    """
    weights, _ = PriorityWeights.objects.get_or_create(business=business)
    for name, value in values.items():
        setattr(weights, name, value)
    weights.full_clean()
    weights.save()
    send_after_commit(weights_changed, business_id=business.pk)
    return weights


# ---------------------------------------------------------------- ranks


def rank_lead(lead: Lead) -> None:
    """Put one lead where it belongs; called when something happened to it."""
    _rank([lead.pk], weights_of(lead.business))


def rank_leads(business: Business, ids: Sequence[int]) -> None:
    """The same for many, by their keys."""
    weights = weights_of(business)
    for begin in range(0, len(ids), BATCH):
        _rank(ids[begin : begin + BATCH], weights)


def rank_new(leads: Iterable[Lead], weights: PriorityWeights) -> None:
    """Set the rank of leads that are about to be stored: nothing was tried with any of them.

    ``weights`` are those of their business. Nothing is asked of the database.
    """
    by = plain(weights)
    for lead in leads:
        lead.rank = scoring.rank(_scored(lead, lead.created_at, attempts=0), by)


def rank_left_out() -> int:
    """Put those in order that never were, in all businesses; how many they were."""
    businesses = Business.objects.filter(Exists(_left_out(OuterRef("pk"))))
    return sum(_rank_left_out(business) for business in businesses)


def _rank_left_out(business: Business) -> int:
    weights, count = weights_of(business), 0
    for ids in _batches(_left_out(business.pk)):
        _rank(ids, weights)
        count += len(ids)
    return count


def _left_out(business: int | OuterRef) -> LeadQuerySet:
    return Lead.objects.filter(business=business, rank=UNRANKED)


def rank_business(business: Business) -> bool:
    """Put all its leads in order, some thousand at a time; whether it came to the end.

    It gives up when the weights are changed meanwhile: that change brings another run.
    """
    weights = weights_of(business)
    for ids in _batches(Lead.objects.of(business)):
        if weights_of(business).changed_at != weights.changed_at:
            return False
        _rank(ids, weights)
    PriorityWeights.objects.filter(business=business).update(ranked_at=timezone.now())
    return True


def _batches(leads: LeadQuerySet) -> Iterator[list[int]]:
    """Their keys, some thousand at a time."""
    last = 0
    while True:
        ahead = leads.filter(pk__gt=last).order_by("pk")
        ids = list(ahead.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _rank(ids: Sequence[int], weights: PriorityWeights) -> None:
    with connection.cursor() as cursor:
        cursor.execute(RANK_SOME, {**parameters(weights), "ids": list(ids)})


# ---------------------------------------------------------------- reasons


def explain(lead: Lead, now: datetime) -> Priority:
    """The lead's points at ``now`` by its business's weights, and their reasons."""
    [scored] = scored_of([lead])
    return scoring.explain(scored, plain(weights_of(lead.business)), now)


def plain(weights: PriorityWeights) -> Weights:
    return Weights(
        half_life=timedelta(hours=weights.half_life_hours),
        age_points=weights.age_points,
        attempt_points=weights.attempt_points,
        value_points=weights.value_points,
        conversion_points=weights.conversion_points,
        sources=weights.sources,
        stages=weights.stages,
        intents=weights.intents,
    )


def scored_of(leads: Sequence[Lead]) -> list[Scored]:
    """What counts of these, in two queries however many they are."""
    keys = [lead.pk for lead in leads]
    clocks = SpeedClock.objects.filter(lead__in=keys).order_by("arrived_at")
    arrivals = dict(clocks.values_list("lead_id", "arrived_at"))
    attempts = _attempts(keys)
    return [
        _scored(lead, arrivals.get(lead.pk, lead.created_at), attempts.get(lead.pk, 0))
        for lead in leads
    ]


def _scored(lead: Lead, arrived_at: datetime, attempts: int) -> Scored:
    return Scored(
        arrived_at=arrived_at,
        source=lead.source,
        stage=lead.stage,
        attempts=attempts,
        value=None if lead.value is None else float(lead.value),
        intent=str(lead.facts.get("intent") or ""),
        conversion=lead.conversion,
    )


def _attempts(keys: Sequence[int]) -> dict[int, int]:
    placed = Dial.objects.filter(lead__in=keys, placed_at__isnull=False)
    counts = placed.values("lead_id").annotate(count=Count("pk")).order_by()
    return {row["lead_id"]: row["count"] for row in counts}
