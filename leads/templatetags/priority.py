"""Points and chances in words."""

from django import template
from django.utils import timezone

from leads.models import Lead
from leads.prediction.pages import Chance, chance_of
from leads.priority.pages import Ranked, ranked

register = template.Library()

MINUS = "\N{MINUS SIGN}"


@register.filter
def signed(points: float) -> str:
    """``23.2`` → ``+23``, ``-4.0`` → ``−4``, ``0.2`` → ``0``"""
    rounded = round(points)
    if not rounded:
        return "0"
    return f"+{rounded}" if rounded > 0 else f"{MINUS}{-rounded}"


@register.simple_tag
def priority_of(lead: Lead) -> Ranked:
    """The lead's points now, with their reasons in words."""
    return ranked(lead.business, [lead], timezone.now())[lead.pk]


@register.simple_tag(name="chance_of")
def chance(lead: Lead) -> Chance | None:
    """How likely the lead is won, or why nobody can say."""
    return chance_of(lead)
