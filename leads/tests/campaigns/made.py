"""A campaign that may call, and what becomes of its dials."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from leads.campaigns import services
from leads.dialing import services as dialing
from leads.enums import DialResult, LeadSource
from leads.models import Campaign, CampaignMember, Dial, Lead
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business

NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)
"""Wednesday, noon in New York."""
SILENT = {"most_failed": 100, "most_abandoned": 100, "most_opted_out": 100}
ALWAYS: dict[str, Any] = {"days": list(WEEKDAYS), "opens": time(0), "closes": time(23, 59)}


def add_leads(business: Business, count: int, **fields: Any) -> list[Lead]:
    """In New York, the first with the highest rank."""
    made = [
        Lead(
            business=business,
            source=LeadSource.WEB_FORM,
            first_name=f"Lead {number}",
            phone=f"+1212555{number:04}",
            time_zone="America/New_York",
            rank=float(count - number),
            **fields,
        )
        for number in range(count)
    ]
    return Lead.objects.bulk_create(made)


def add_campaign(business: Business, by: User, **values: Any) -> Campaign:
    """A draft that calls everybody, quickly, at any time, and is stopped by no rule."""
    given: dict[str, Any] = {
        "name": "Roof checks",
        "purpose": "Offers a free check of the roof.",
        "calls_per_second": 10.0,
        "at_once": 50,
        **ALWAYS,
        **SILENT,
        **values,
    }
    return services.create_campaign(business, by=by, **given)


def started(business: Business, by: User, **values: Any) -> Campaign:
    return services.start(add_campaign(business, by, **values), by=by)


def member_of(campaign: Campaign, lead: Lead) -> CampaignMember:
    return campaign.members.select_related("dial").get(lead=lead)


def newest_dial(lead: Lead) -> Dial:
    dial = lead.dials.order_by("-pk").first()
    assert dial is not None
    return dial


def end(dial: Dial, result: DialResult, *, seconds: float = 60.0) -> None:
    """It rang, and came to this; if it was answered they talked for so many seconds."""
    dialing.note_placed(dial, call_id=f"call{dial.pk}")
    if result == DialResult.ANSWERED:
        dialing.note_answered(dial)
        answered = timezone.now() - timedelta(seconds=seconds)
        Dial.objects.filter(pk=dial.pk).update(answered_at=answered)
    dialing.note_ended(dial, result)
