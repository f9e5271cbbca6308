"""What the page of the prediction shows."""

from dataclasses import dataclass
from typing import Any

from leads.enums import LeadStage
from leads.models import ConversionModel, Lead
from leads.prediction.features import LABELS
from leads.prediction.predicting import Prediction, predict, predict_all
from leads.prediction.services import (
    LEAST_CLOSED,
    LEAST_LOST,
    LEAST_WON,
    MOST_LEADS,
    current,
)
from salesdesk.businesses.models import Business

CLOSED = (LeadStage.WON, LeadStage.LOST)
NOTHING_LEARNED = "Nothing has been learned yet from leads that were won or lost."
MOST_LIKELY = 10
EARLIER_TRAININGS = 10


def page_context(business: Business) -> dict[str, Any]:
    trained = current(business)
    return {
        "trained": trained,
        "closed": Lead.objects.of(business).filter(closed_at__isnull=False).count(),
        "least": {"closed": LEAST_CLOSED, "won": LEAST_WON, "lost": LEAST_LOST},
        "most_leads": MOST_LEADS,
        "strengths": strengths_of(trained) if trained else [],
        "charts": {"calibration": calibration_chart(trained)} if trained else {},
        "likely": likely_leads(business) if trained and trained.is_kept else [],
        "trainings": business.conversion_models.all()[:EARLIER_TRAININGS],
    }


@dataclass(frozen=True, slots=True)
class Chance:
    """How likely a lead is won; without a ``prediction``, ``why_not`` says why in a sentence."""

    prediction: Prediction | None = None
    why_not: str = ""


def chance_of(lead: Lead) -> Chance | None:
    """For the lead's page; nothing for a lead that was won or lost."""
    if lead.stage in CLOSED:
        return None
    trained = current(lead.business)
    if trained is None or not trained.is_kept:
        return Chance(why_not=trained.reason if trained else NOTHING_LEARNED)
    return Chance(predict(lead))


def strengths_of(trained: ConversionModel) -> list[tuple[str, float]]:
    """What tells leads apart, in percent of the strongest, the strongest first."""
    strongest = max(trained.strengths.values(), default=0.0)
    if not strongest:
        return []
    told = [(LABELS[name], 100 * w / strongest) for name, w in trained.strengths.items()]
    return sorted(told, key=lambda pair: -pair[1])


def calibration_chart(trained: ConversionModel) -> dict[str, Any]:
    """What was predicted of groups of later leads, beside how many of them were won."""
    bins = trained.calibration
    return {
        "labels": [f"{100 * each['low']:.0f}–{100 * each['high']:.0f} %" for each in bins],
        "series": [
            {
                "name": "Predicted",
                "tone": "info",
                "data": [round(100 * each["predicted"], 1) for each in bins],
            },
            {
                "name": "Won",
                "tone": "success",
                "data": [round(100 * each["won"], 1) for each in bins],
            },
        ],
    }


def likely_leads(business: Business) -> list[tuple[Lead, Prediction]]:
    """The open leads that are likeliest to be won, with reasons."""
    open_ones = Lead.objects.of(business).exclude(stage__in=CLOSED)
    noted = open_ones.exclude(conversion=None).order_by("-conversion", "pk")
    leads = list(noted[:MOST_LIKELY])
    told = predict_all(business, leads)
    return [(lead, told[lead.pk]) for lead in leads if lead.pk in told]
