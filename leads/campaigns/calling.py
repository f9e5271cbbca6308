"""Claiming leads that are due, and asking for their dials.

A lead is claimed and its dial asked for in one transaction, under the lock of the campaign's row:
either both are there or neither, whoever dies when, and of several workers one claims. Who places
the dial asks the gate first, and places it once (:mod:`leads.dialing`).
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from leads.cadences.openings import zones_of_lead
from leads.campaigns import pace
from leads.campaigns.push import tell
from leads.campaigns.services import finish
from leads.campaigns.window import next_call
from leads.dialing.services import request_dial
from leads.enums import DialKind, DialOrigin, MemberStatus
from leads.models import Campaign, CampaignMember
from salesdesk.lib.errors import InvalidInput

log = logging.getLogger(__name__)

LOOKED_AT = 200
"""Due members that are looked at in one transaction."""
MOST_ROUNDS = 25
"""Rounds in which only leads outside the window were found, to be put off."""
NEVER = timedelta(days=30)
"""After which it is looked again whether a lead is ever within the window."""


def call_due(campaign_id: int, now: datetime) -> int:
    """Ask for as many dials as pace, concurrency and due leads allow; how many they were.

    A campaign that another worker is about is left to that one.
    """
    for _ in range(MOST_ROUNDS):
        asked, looked = _call_some(campaign_id, now)
        if looked == 0:
            finish(Campaign(pk=campaign_id))
        if asked or looked < LOOKED_AT:
            return asked
    return 0


@transaction.atomic
def _call_some(campaign_id: int, now: datetime) -> tuple[int, int]:
    """How many dials were asked for, and how many due leads there were to look at."""
    running = Campaign.objects.running().select_related("business", "caller")
    locked = running.select_for_update(of=("self",), no_key=True, skip_locked=True)
    campaign = locked.filter(pk=campaign_id).first()
    if campaign is None:
        return 0, 1
    due = _due(campaign, now)
    open_now = _put_off(campaign, _still_meant(campaign, due, now), now)
    free = campaign.at_once - campaign.members.filter(status=MemberStatus.DIALLING).count()
    wanted = min(free, len(open_now))
    drawn = pace.draw(campaign.public_id, campaign.calls_per_second, wanted) if wanted > 0 else 0
    asked = sum(call_member(campaign, member, now) for member in open_now[:drawn])
    if asked or len(open_now) < len(due):
        tell(campaign)
    return asked, len(due)


def _due(campaign: Campaign, now: datetime) -> list[CampaignMember]:
    waiting = campaign.members.filter(status=MemberStatus.WAITING, due_at__lte=now)
    known = waiting.select_related("lead__business").order_by("due_at", "place")
    return list(known[:LOOKED_AT])


def _still_meant(
    campaign: Campaign, members: Sequence[CampaignMember], now: datetime
) -> list[CampaignMember]:
    """Without those who closed or booked since the campaign began: they are left out."""
    since = campaign.started_at
    over = Q(lead__closed_at__gt=since) | Q(lead__appointments__created_at__gt=since)
    meant = campaign.members.filter(over, pk__in=[member.pk for member in members])
    gone = set(meant.values_list("pk", flat=True))
    campaign.members.filter(pk__in=gone).update(
        status=MemberStatus.LEFT_OUT, note="Closed or booked in the meantime.", settled_at=now
    )
    return [member for member in members if member.pk not in gone]


def _put_off(
    campaign: Campaign, members: Sequence[CampaignMember], now: datetime
) -> list[CampaignMember]:
    """Those within the window; the others are due when it opens for them."""
    open_now: list[CampaignMember] = []
    later: list[CampaignMember] = []
    for member in members:
        at = next_call(now, campaign.hours, zones_of_lead(member.lead))
        member.due_at = at or now + NEVER
        (open_now if member.due_at <= now else later).append(member)
    CampaignMember.objects.bulk_update(later, ["due_at"])
    return open_now


def call_member(campaign: Campaign, member: CampaignMember, now: datetime) -> bool:
    """Ask for the call of a lead that waits, whatever the pace; whether it can be called."""
    try:
        dial = request_dial(
            member.lead,
            kind=DialKind.AI,
            user=campaign.started_by,
            origin=DialOrigin.CAMPAIGN,
            origin_id=campaign.public_id,
        )
    except InvalidInput as error:
        member.status, member.note, member.settled_at = MemberStatus.BARRED, error.message, now
        member.save(update_fields=["status", "note", "settled_at"])
        return False
    member.status, member.dial, member.note = MemberStatus.DIALLING, dial, ""
    member.save(update_fields=["status", "dial", "note"])
    return True
