"""What templates say of cadences."""

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.dateformat import format as date_format

from leads.cadences.pages import CadencePanel, panel_of, waited
from leads.enums import TouchChannel
from leads.models import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability

register = template.Library()

ICONS = {
    TouchChannel.AI_CALL: "bot",
    TouchChannel.REP_CALL: "headset",
    TouchChannel.SMS: "smartphone",
    TouchChannel.EMAIL: "mail",
}


@register.simple_tag(takes_context=True)
def cadence_panel_of(context: dict[str, Any], lead: Lead) -> CadencePanel:
    """Where the lead is in a cadence, and whether who looks may change that."""
    user = context["request"].user
    may = has_ability(user, lead.business_id, Ability.MANAGE_LEADS)
    return panel_of(lead, may_change=may)


@register.filter
def wait_in_words(minutes: int) -> str:
    return waited(minutes)


@register.filter
def channel_icon(channel: str) -> str:
    return ICONS[TouchChannel(channel)]


@register.filter
def is_past(moment: Any) -> bool:
    return bool(moment and moment <= timezone.now())


@register.simple_tag
def by_its_clock(moment: datetime | None, style: str) -> str:
    """The moment by its own clock, not by that of the page."""
    return date_format(moment, style) if moment else ""
