"""Reasons of a priority in words for people."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.timesince import timesince

from leads.enums import LeadSource, LeadStage
from leads.priority.scoring import Reason, Scored

INTENTS: Mapping[str, str] = {
    "booking": "Wants an appointment",
    "price": "Asks for a price",
    "financing": "Asks about financing",
    "person": "Wants to talk to a person",
    "product_question": "Asks about the product",
}
"""The intents that can be weighted; facts of a lead name them (``intent``)."""


def in_words(reason: Reason, lead: Scored, now: datetime) -> str:
    """“Arrived 3 hours ago”, “Web form”, “2 attempts”; plain text."""
    return _WORDS[reason.kind](reason, lead, now)


def _age(reason: Reason, lead: Scored, now: datetime) -> str:
    if now <= lead.arrived_at:
        return "Arrived just now"
    return f"Arrived {timesince(lead.arrived_at, now, depth=1)} ago".replace("\xa0", " ")


def _source(reason: Reason, lead: Scored, now: datetime) -> str:
    return str(LeadSource(reason.of).label)


def _stage(reason: Reason, lead: Scored, now: datetime) -> str:
    return f"Stage: {LeadStage(reason.of).label.lower()}"


def _intent(reason: Reason, lead: Scored, now: datetime) -> str:
    return INTENTS.get(reason.of, reason.of.replace("_", " ").capitalize())


def _value(reason: Reason, lead: Scored, now: datetime) -> str:
    return f"Worth ${intcomma(Decimal(reason.of))}"


def _attempts(reason: Reason, lead: Scored, now: datetime) -> str:
    return "1 attempt" if lead.attempts == 1 else f"{lead.attempts} attempts"


def _conversion(reason: Reason, lead: Scored, now: datetime) -> str:
    return f"{(lead.conversion or 0) * 100:.0f} % likely to be won"


_WORDS: Mapping[str, Callable[[Reason, Scored, datetime], str]] = {
    "age": _age,
    "source": _source,
    "stage": _stage,
    "intent": _intent,
    "value": _value,
    "attempts": _attempts,
    "conversion": _conversion,
}
