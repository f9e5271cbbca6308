"""How likely a lead is to be won, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from leads.enums import LeadStage
from leads.models import ConversionModel, Dial, Lead, LeadQuerySet
from leads.prediction.features import Snapshot, in_words, numbers_of
from leads.prediction.history import snapshot_of, trails_of
from leads.prediction.scoring import LogisticModel, reasons_of
from leads.prediction.services import current
from leads.priority.services import rank_leads
from salesdesk.businesses.models import Business

MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class PredictionReason:
    """What speaks for or against: ``weight`` in log-odds, positive for."""

    text: str
    weight: float

    @property
    def speaks_for(self) -> bool:
        return self.weight > 0


@dataclass(frozen=True, slots=True)
class Prediction:
    """``probability`` (0 to 1) that the lead is won rather than lost, once it is closed.

    ``base_rate`` is the share of closed leads that were won when it was learned.
    """

    probability: float
    base_rate: float
    reasons: tuple[PredictionReason, ...]
    trained_at: datetime


def predict(lead: Lead, now: datetime | None = None) -> Prediction | None:
    """Nothing where the business's leads have not taught anything yet."""
    return predict_all(lead.business, [lead], now).get(lead.pk)


def predict_all(
    business: Business, leads: Sequence[Lead], now: datetime | None = None
) -> dict[int, Prediction]:
    """By the key of each lead, all of one business; five queries, however many there are."""
    trained = current(business)
    if trained is None or not trained.is_kept or not leads:
        return {}
    model, moment = LogisticModel.from_json(trained.model), now or timezone.now()
    trails = trails_of(business, leads)
    return {
        lead.pk: _prediction(trained, model, snapshot_of(business, lead, trails[lead.pk], moment))
        for lead in leads
    }


def _prediction(trained: ConversionModel, model: LogisticModel, known: Snapshot) -> Prediction:
    numbers = numbers_of(known)
    told = reasons_of(model.contributions(numbers), MOST_REASONS)
    return Prediction(
        probability=model.probability(numbers),
        base_rate=trained.base_rate or 0.0,
        reasons=tuple(PredictionReason(in_words(group, known), weight) for group, weight in told),
        trained_at=trained.trained_at,
    )


CHUNK = 1000
LEAST_CHANGE = 0.005
"""A chance that differs by less is left as it stands."""


def predict_open(business: Business, now: datetime) -> int:
    """Note the chance of each lead that is not closed in ``Lead.conversion``; how many changed.

    Where nothing has been learned the chances are taken back. Who changed is ranked anew.
    """
    trained = current(business)
    if trained is None or not trained.is_kept:
        told = Lead.objects.of(business).exclude(conversion=None)
        changed = list(told.values_list("pk", flat=True))
        told.update(conversion=None)
        rank_leads(business, changed)
        return len(changed)
    return _predict(business, _still_open(business), now)


def predict_changed_since(business: Business, since: datetime, now: datetime) -> int:
    """The same for those alone to which something happened; nothing where nothing was learned."""
    trained = current(business)
    if trained is None or not trained.is_kept:
        return 0
    called = Dial.objects.filter(business=business, ended_at__gte=since).values("lead")
    happened = Q(updated_at__gte=since) | Q(pk__in=called)
    return _predict(business, _still_open(business).filter(happened), now)


def _still_open(business: Business) -> LeadQuerySet:
    return Lead.objects.of(business).exclude(stage__in=(LeadStage.WON, LeadStage.LOST))


def _predict(business: Business, leads: LeadQuerySet, now: datetime) -> int:
    keys = list(leads.values_list("pk", flat=True))
    return sum(
        _note(business, keys[start : start + CHUNK], now) for start in range(0, len(keys), CHUNK)
    )


def _note(business: Business, keys: list[int], now: datetime) -> int:
    leads = list(Lead.objects.filter(pk__in=keys))
    told = predict_all(business, leads, now)
    changed = []
    for lead in leads:
        probability = told[lead.pk].probability if lead.pk in told else None
        if _differ(lead.conversion, probability):
            lead.conversion = probability
            changed.append(lead)
    Lead.objects.bulk_update(changed, ["conversion"])
    rank_leads(business, [lead.pk for lead in changed])
    return len(changed)


def _differ(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(before - after) >= LEAST_CHANGE
