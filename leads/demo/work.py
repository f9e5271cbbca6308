"""Sample work on the demo business's leads: campaigns, what may be sold, and the gate asked.

All of it goes through the services; only that the campaigns' calls were some days ago is put down
behind them. The phones of these leads are nobody's, so nothing rings.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from django.utils import timezone

from leads.campaigns import services as campaigns
from leads.campaigns.calling import call_member
from leads.campaigns.settling import settle
from leads.dialing.services import note_answered, note_ended, note_placed
from leads.enums import DialKind, DialResult, OpportunityFinder
from leads.gate.services import permit
from leads.models import Campaign, CampaignAttempt, CampaignMember, Dial, Lead, Opportunity
from leads.pipeline.services import accept, dismiss, propose
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.businesses.models import WEEKDAYS, Business

ANSWERED, NO_ANSWER, BUSY = DialResult.ANSWERED, DialResult.NO_ANSWER, DialResult.BUSY
VOICEMAIL, FAILED = DialResult.VOICEMAIL, DialResult.FAILED
BROKEN = "The carrier refused the call (sample)."
TALKED = timedelta(seconds=95)
BETWEEN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class DemoCampaign:
    """``results`` are those of its calls, one after the other and over again to ``most`` calls.

    Of ``most`` 0 every lead is called.
    """

    name: str
    purpose: str
    where: str
    days_ago: int
    results: tuple[DialResult, ...]
    most: int = 0


CAMPAIGNS = (
    DemoCampaign(
        "Win back, Fremont (sample)",
        "We have new solar panels with a battery, and you had asked us about solar before.",
        "Maple Fremont",
        9,
        (ANSWERED, NO_ANSWER, VOICEMAIL, ANSWERED, BUSY, NO_ANSWER, ANSWERED, VOICEMAIL),
    ),
    DemoCampaign(
        "Heat pump rebate, Concord (sample)",
        "There is a rebate on heat pumps until the end of the year.",
        "Concord",
        2,
        (ANSWERED, FAILED, NO_ANSWER, FAILED),
        most=8,
    ),
)
OPPORTUNITIES = (
    ("+15105550111", "Roof repair", None, "There are two leaks over the garage since last winter."),
    ("+15105550111", "Gutters", Decimal(1800), "And the gutters should be done at the same time."),
    ("+15105550112", "Heat pump", Decimal(14000), "We want to get rid of the gas furnace."),
    ("+14085550113", "Battery", Decimal(9500), "What would it be with a battery?"),
    ("+14085550113", "Charger for the car", None, "Next year we may buy an electric car."),
)
ASKED_ABOUT = ("+15105550111", "+15105550112", "+14085550113", "+16505550115", "+15105550116")
ACCEPTED, DISMISSED = "Heat pump", "Charger for the car"


def load_work(business: Business, *, now: datetime) -> None:
    """A campaign that is done and one that its stop rules paused; opportunities; the gate."""
    manager = User.objects.filter(
        memberships__business=business, memberships__role=Role.MANAGER
    ).first()
    if manager is not None:
        for told in CAMPAIGNS:
            _campaign(business, told, manager, now)
    _opportunities(business, manager)
    _ask_gate(business)


def _campaign(business: Business, told: DemoCampaign, by: User, now: datetime) -> None:
    campaign = campaigns.create_campaign(
        business,
        by=by,
        lead_filter={"search": [told.where], "stage": ["lost"]},
        name=told.name,
        purpose=told.purpose,
        days=list(WEEKDAYS[:5]),
        opens=time(9),
        closes=time(18),
        retries={},
        least_results=5,
    )
    campaign = campaigns.start(campaign, by=by)
    members = list(campaign.members.select_related("lead__business").order_by("place"))
    for number, member in enumerate(members[: told.most or None]):
        _called(campaign, member, told.results[number % len(told.results)])
    campaigns.finish(campaign)
    _date_back(campaign, now - timedelta(days=told.days_ago))


def _called(campaign: Campaign, member: CampaignMember, result: DialResult) -> None:
    """The lead was called, and this came of it."""
    now = timezone.now()
    if not call_member(campaign, member, now):
        return
    dial = member.dial
    assert dial is not None, "it was asked for"
    if result != FAILED:
        note_placed(dial, call_id="")
    if result == ANSWERED:
        note_answered(dial)
        Dial.objects.filter(pk=dial.pk).update(answered_at=now - TALKED)
    note_ended(dial, result, error=BROKEN if result == FAILED else "")
    dial.refresh_from_db()
    settle(member, dial, now)


def _date_back(campaign: Campaign, began: datetime) -> None:
    """One call after the other from ``began`` on."""
    attempts = list(campaign.attempts.select_related("dial", "member").order_by("pk"))
    dials = [_earlier(attempt, began + BETWEEN * n) for n, attempt in enumerate(attempts, 1)]
    CampaignAttempt.objects.bulk_update(attempts, ["at"])
    times = ("created_at", "not_before", "placed_at", "answered_at", "ended_at")
    Dial.objects.bulk_update(dials, times)
    ended = attempts[-1].at if attempts else began
    campaign.members.exclude(settled_at=None).update(settled_at=ended)
    Campaign.objects.filter(pk=campaign.pk).update(
        created_at=began - timedelta(hours=2), started_at=began, resumed_at=began
    )
    Campaign.objects.filter(pk=campaign.pk).exclude(ended_at=None).update(ended_at=ended)


def _earlier(attempt: CampaignAttempt, at: datetime) -> Dial:
    dial, attempt.at = attempt.dial, at
    dial.created_at = dial.not_before = at - TALKED - timedelta(seconds=12)
    dial.placed_at = dial.placed_at and at - TALKED - timedelta(seconds=10)
    dial.answered_at = dial.answered_at and at - TALKED
    dial.ended_at = at
    return dial


def _opportunities(business: Business, by: User | None) -> None:
    leads = {lead.phone: lead for lead in Lead.objects.of(business)}
    for phone, topic, amount, quote in OPPORTUNITIES:
        if phone in leads:
            _settle(_proposed(leads[phone], topic, amount, quote), by)


def _proposed(lead: Lead, topic: str, amount: Decimal | None, quote: str) -> Opportunity:
    return propose(
        lead,
        topic=topic,
        amount=amount,
        quote=quote,
        found_by=OpportunityFinder.RULES,
        confidence=0.8,
    )


def _settle(opportunity: Opportunity, by: User | None) -> None:
    if opportunity.topic == ACCEPTED:
        accept(opportunity, by=by)
    elif opportunity.topic == DISMISSED:
        dismiss(opportunity, by=by)


def _ask_gate(business: Business) -> None:
    """What it says right now of the leads with a history; nobody is called."""
    for lead in Lead.objects.of(business).filter(phone__in=ASKED_ABOUT).order_by("pk"):
        permit(business, phone=lead.phone, lead=lead, kind=DialKind.AI)
