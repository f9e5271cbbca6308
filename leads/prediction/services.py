"""Learning from a business's closed leads, and keeping what came of it."""

import logging
from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet

from leads.enums import LeadStage, TrainingResult
from leads.models import ConversionModel, Lead
from leads.prediction.history import snapshot_of, trails_of
from leads.prediction.learning import (
    Judgement,
    Row,
    judge,
    learn,
    moments_of,
    share_won,
    shared,
    split,
)
from salesdesk.businesses.models import Business

log = logging.getLogger(__name__)

LEAST_CLOSED, LEAST_WON, LEAST_LOST = 200, 30, 30
LEAST_LATER, LEAST_LATER_EACH = 40, 5
MOST_LEADS = 50_000
"""The most recently closed ones; older ones say little of today."""
SURE = 1.645
"""In standard errors: by luck alone a model that knows nothing gets this far once in twenty."""
CHUNK = 2000
KEPT_TRAININGS = 90


def train(business: Business, now: datetime) -> ConversionModel:
    """Learn anew; the result is kept whatever it is, and says why it is used or not.

    A model is used only if its Brier score on the later leads beats the share that was won before
    by more than luck explains (:data:`SURE`). It is then learned once more from all leads.
    """
    closed = _closed(business, now)
    rows = list(_rows(business, closed[:MOST_LEADS]))
    leads = {row.lead: row.is_won for row in rows}
    trained = ConversionModel(
        business=business, closed=len(leads), won=sum(leads.values()), trained_at=now
    )
    trained.reason = _too_little(trained.closed, trained.won)
    trained.result = TrainingResult.TOO_LITTLE
    if not trained.reason:
        _learn(trained, rows)
    trained.save()
    _forget_old(business)
    log.info("trained on closed leads", extra={"business": business.pk, "result": trained.result})
    return trained


def current(business: Business) -> ConversionModel | None:
    """The newest training; a model that is worse than its forerunner's base rate ends that too."""
    return ConversionModel.objects.filter(business=business).first()


def _closed(business: Business, now: datetime) -> QuerySet[Lead]:
    over = Lead.objects.of(business).filter(stage__in=(LeadStage.WON, LeadStage.LOST))
    return over.filter(closed_at__lte=now).order_by("-closed_at", "-pk")


def _rows(business: Business, leads: QuerySet[Lead]) -> Iterator[Row]:
    keys = list(leads.values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        chunk = list(Lead.objects.filter(pk__in=keys[start : start + CHUNK]))
        trails = trails_of(business, chunk)
        for lead in chunk:
            assert lead.closed_at is not None, "only closed leads are learned from"
            for at in moments_of(lead.created_at, lead.closed_at):
                known = snapshot_of(business, lead, trails[lead.pk], at)
                yield Row(lead.pk, known, lead.closed_at, lead.stage == LeadStage.WON)


def _too_little(closed: int, won: int) -> str:
    """Why nothing can be learned yet, in a sentence; empty where it can."""
    if closed >= LEAST_CLOSED and won >= LEAST_WON and closed - won >= LEAST_LOST:
        return ""
    return (
        f"There is too little to learn from: {closed} leads were closed, {won} of them won. "
        f"It takes {LEAST_CLOSED} closed ones, of which {LEAST_WON} were won and {LEAST_LOST} lost."
    )


def _learn(trained: ConversionModel, rows: list[Row]) -> None:
    earlier, later, trained.split_at = split(rows)
    trained.learned_from = len({row.lead for row in earlier})
    trained.judged_on = len({row.lead for row in later})
    trained.reason = _cannot_be_judged(earlier, later)
    if trained.reason:
        return
    trained.base_rate = share_won(earlier)
    judged = judge(learn(earlier), trained.base_rate, later)
    trained.brier, trained.base_brier, trained.auc = judged.brier, judged.base_brier, judged.auc
    trained.calibration = judged.calibration
    is_better = judged.gain > SURE * judged.gain_error
    trained.result = TrainingResult.KEPT if is_better else TrainingResult.NO_BETTER
    trained.reason = _verdict(judged, is_better=is_better)
    model = learn(shared(rows))
    trained.strengths = model.strengths()
    if is_better:
        trained.model = model.to_json()


def _cannot_be_judged(earlier: list[Row], later: list[Row]) -> str:
    won = {row.lead for row in later if row.is_won}
    lost = {row.lead for row in later} - won
    is_enough = len(won) + len(lost) >= LEAST_LATER and min(len(won), len(lost)) >= LEAST_LATER_EACH
    if is_enough and {row.is_won for row in earlier} == {True, False}:
        return ""
    return (
        f"There is too little to judge by: of the leads that arrived or were open later, "
        f"{len(won)} were won and {len(lost)} lost. It takes {LEAST_LATER}, "
        f"and {LEAST_LATER_EACH} of each."
    )


def _verdict(judged: Judgement, *, is_better: bool) -> str:
    by = f"Brier score {judged.brier:.3f} against {judged.base_brier:.3f}"
    if is_better:
        return f"On later leads it does better than the share won before ({by})."
    return f"On later leads it does no better than the share won before ({by}); it is not used."


def _forget_old(business: Business) -> None:
    old = ConversionModel.objects.filter(business=business)[KEPT_TRAININGS:]
    ConversionModel.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
