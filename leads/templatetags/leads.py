"""Words, numbers and signs of leads, as pages show them."""

from decimal import Decimal
from typing import Any

from django import template

from leads.enums import LeadEventKind, LeadStage
from salesdesk.lib.phone import for_people

register = template.Library()

STAGE_TONES = {
    LeadStage.NEW: "info",
    LeadStage.CONTACTED: "accent",
    LeadStage.QUALIFIED: "primary",
    LeadStage.APPOINTMENT: "secondary",
    LeadStage.PROPOSAL: "warning",
    LeadStage.WON: "success",
    LeadStage.LOST: "",
}
EVENT_ICONS = {
    LeadEventKind.CREATED: "plus",
    LeadEventKind.CHANGED: "pencil",
    LeadEventKind.NOTE: "sticky-note",
    LeadEventKind.MESSAGE: "mail",
    LeadEventKind.CONVERSATION: "message-square",
    LeadEventKind.APPOINTMENT: "calendar",
    LeadEventKind.SUPPRESSED: "phone-off",
    LeadEventKind.STAGE: "arrow-right",
    LeadEventKind.OPPORTUNITY: "target",
    LeadEventKind.MERGED: "users",
    LeadEventKind.CRM: "building-2",
}


@register.filter
def phone_for_people(number: str) -> str:
    return for_people(number)


@register.filter
def stage_tone(stage: str) -> str:
    return STAGE_TONES[LeadStage(stage)]


@register.filter
def stage_label(stage: str) -> str:
    return str(LeadStage(stage).label)


@register.filter
def event_icon(kind: str) -> str:
    return EVENT_ICONS.get(LeadEventKind(kind), "info")


@register.filter
def money(amount: Decimal | None) -> str:
    """``$18,000``, with cents where there are any; nothing for nothing."""
    if amount is None:
        return ""
    return f"${amount:,.0f}" if amount == amount.to_integral_value() else f"${amount:,.2f}"


@register.filter
def short_money(amount: Decimal | None) -> str:
    """``$1.2M``, ``$18k`` or ``$950``: for where there is little room."""
    value = float(amount or 0)
    for size, letter in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"${value / size:.1f}".removesuffix(".0") + letter
    return f"${value:.0f}"


@register.filter
def fact_name(key: str) -> str:
    """``roof_age`` → “Roof age”."""
    return key.replace("_", " ").strip().capitalize()


@register.filter
def fact_value(value: Any) -> str:
    """A captured fact as a person reads it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(fact_value(each) for each in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{fact_name(str(key))}: {fact_value(each)}" for key, each in value.items()
        )
    return "" if value is None else str(value)
