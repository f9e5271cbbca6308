"""What became of a campaign's dials: results, retries, and the stop rules.

Each dial settles its lead once, by conditional UPDATE; told again, late or by the sweep over what
was lost (:func:`settle_over`), it changes nothing.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leads.campaigns.breaker import Ended, Share, StopRules, shares_of, why_stop
from leads.campaigns.following import Follow, after_refusal, after_result, counts
from leads.campaigns.push import tell
from leads.campaigns.services import reopen, trip
from leads.enums import CampaignStatus, DialResult, DialStatus, GateReason, MemberStatus
from leads.models import (
    Campaign,
    CampaignAttempt,
    CampaignMember,
    Dial,
    Lead,
    Outcome,
    Suppression,
)
from leads.models.campaigns import OPEN
from leads.models.dialing import OVER
from leads.services import is_suppressed

ABANDONED_WITHIN = timedelta(seconds=10)
OPT_OUT_COUNTS_FOR = timedelta(days=1)
"""Who opts out that long after a call is taken to do so because of it."""
MOST_AT_ONCE = 500


def note_dial(dial: Dial) -> None:
    """The dial of a campaign has changed: show it, and if it is over, settle its lead."""
    member = CampaignMember.objects.select_related("campaign").filter(dial=dial).first()
    if member is None:
        return
    if dial.status in OVER:
        settle(member, dial, timezone.now())
    else:
        tell(member.campaign)


def settle_over(now: datetime) -> int:
    """Settle leads of which nobody was told that their dial is over; how many they were."""
    lost = CampaignMember.objects.filter(status=MemberStatus.DIALLING, dial__status__in=OVER)
    members = list(lost.select_related("campaign", "dial__decision").order_by("pk")[:MOST_AT_ONCE])
    for member in members:
        assert member.dial is not None, "its dial is over"
        settle(member, member.dial, now)
    gone = CampaignMember.objects.filter(status=MemberStatus.DIALLING, dial=None)
    return len(members) + gone.update(status=MemberStatus.WAITING, due_at=now)


def settle(member: CampaignMember, dial: Dial, now: datetime) -> bool:
    """Say what the lead is at after its dial; whether this was the first to say it."""
    with transaction.atomic():
        follow = _follow(member, dial)
        if not _moved(member, dial, follow, now):
            return False
        if counts(dial.status):
            _keep(member, dial, now)
        tell(member.campaign)
    if follow.pauses:
        trip(member.campaign, _sentence(dial))
    else:
        check(member.campaign)
    return True


def _follow(member: CampaignMember, dial: Dial) -> Follow:
    if dial.status == DialStatus.BLOCKED:
        return after_refusal(dial.decision.gate_reasons if dial.decision else ())
    if dial.status == DialStatus.CANCELED:
        return Follow(MemberStatus.LEFT_OUT)
    if dial.result == DialResult.BLOCKED:
        return Follow(MemberStatus.BARRED)
    earlier = CampaignAttempt.objects.filter(member=member, result=dial.result)
    follow = after_result(dial.result, earlier.count(), member.campaign.retries)
    is_over = not member.campaign.is_open
    return Follow(MemberStatus.GIVEN_UP) if is_over and follow.wait is not None else follow


def _moved(member: CampaignMember, dial: Dial, follow: Follow, now: datetime) -> bool:
    dialling = CampaignMember.objects.filter(pk=member.pk, dial=dial, status=MemberStatus.DIALLING)
    again = follow.wait is not None
    return bool(
        dialling.update(
            status=follow.status,
            due_at=now + follow.wait if follow.wait is not None else member.due_at,
            attempts=member.attempts + counts(dial.status),
            result=dial.result,
            note=_sentence(dial),
            settled_at=None if again else now,
        )
    )


def _sentence(dial: Dial) -> str:
    """Why, for people; nothing where the result says it all."""
    if dial.status == DialStatus.BLOCKED and dial.decision is not None:
        return " ".join(dial.decision.sentences)[:300]
    if dial.status == DialStatus.CANCELED:
        return "The call was canceled."
    return dial.error


def _keep(member: CampaignMember, dial: Dial, now: datetime) -> None:
    opted_out = Suppression.objects.filter(
        business=dial.business_id, phone=dial.phone, created_at__gte=dial.created_at
    )
    CampaignAttempt.objects.create(
        campaign=member.campaign,
        member=member,
        dial=dial,
        phone=dial.phone,
        result=dial.result,
        was_abandoned=was_abandoned(dial),
        opted_out=opted_out.exists(),
        at=now,
    )


def was_abandoned(dial: Dial) -> bool:
    """Answered, and hung up before anything can have been said."""
    if dial.answered_at is None or dial.ended_at is None or dial.result != DialResult.ANSWERED:
        return False
    return dial.ended_at - dial.answered_at < ABANDONED_WITHIN


# ---------------------------------------------------------------- the stop rules


def note_suppression(suppression: Suppression) -> None:
    """Who opts out soon after a call does so because of it: it counts for the stop rules."""
    if not suppression.phone:
        return
    recent = CampaignAttempt.objects.filter(
        campaign__business=suppression.business_id,
        phone=suppression.phone,
        opted_out=False,
        at__gte=suppression.created_at - OPT_OUT_COUNTS_FOR,
    )
    campaigns = list(Campaign.objects.filter(attempts__in=recent).distinct())
    recent.update(opted_out=True)
    for campaign in campaigns:
        check(campaign)


def note_withdrawal(lead: Lead) -> None:
    """Who no longer agrees to calls by an AI voice is left out of every campaign at once."""
    waiting = CampaignMember.objects.filter(
        lead=lead, status=MemberStatus.WAITING, campaign__status__in=OPEN
    )
    for member in waiting.select_related("campaign"):
        still = CampaignMember.objects.filter(pk=member.pk, status=MemberStatus.WAITING)
        note = str(GateReason.CONSENT_WITHDRAWN.label)
        if still.update(status=MemberStatus.BARRED, note=note, settled_at=timezone.now()):
            tell(member.campaign)


def note_undo(outcome: Outcome) -> None:
    """An opt-out was a slip: it counts for no stop rule, and who was barred by it waits again.

    A campaign that was done since, with nobody left to call, goes on.
    """
    lead = outcome.lead
    if not outcome.before.get("suppressions") or is_suppressed(lead.business, lead.phone):
        return
    since = outcome.created_at - OPT_OUT_COUNTS_FOR
    of_lead = CampaignAttempt.objects.filter(campaign__business=lead.business, phone=lead.phone)
    of_lead.filter(opted_out=True, at__gte=since).update(opted_out=False)
    barred = CampaignMember.objects.filter(
        lead=lead, status=MemberStatus.BARRED, settled_at__gte=outcome.created_at
    )
    done_since = Q(campaign__status=CampaignStatus.DONE, campaign__ended_at__gte=outcome.created_at)
    goes_on = Q(campaign__status__in=OPEN) | done_since
    for member in barred.filter(goes_on).select_related("campaign"):
        _wait_again(member)


@transaction.atomic
def _wait_again(member: CampaignMember) -> None:
    barred = CampaignMember.objects.filter(pk=member.pk, status=MemberStatus.BARRED)
    barred.update(
        status=MemberStatus.WAITING, due_at=timezone.now(), result="", note="", settled_at=None
    )
    if member.campaign.status == CampaignStatus.DONE:
        reopen(member.campaign)
    tell(member.campaign)


def check(campaign: Campaign) -> bool:
    """Pause the campaign if its latest attempts break a stop rule; says whether it was paused."""
    campaign = Campaign.objects.select_related("business").get(pk=campaign.pk)
    reason = why_stop(latest(campaign), rules_of(campaign))
    return bool(reason) and trip(campaign, reason)


def latest(campaign: Campaign) -> list[Ended]:
    """The attempts that the stop rules look at: of those since it was resumed, the newest."""
    since = campaign.resumed_at or campaign.created_at
    attempts = campaign.attempts.filter(at__gt=since).order_by("-at", "-pk")
    rows = attempts.values_list("result", "was_abandoned", "opted_out")
    return [Ended(*row) for row in rows[: campaign.watched_results]]


def rules_of(campaign: Campaign) -> StopRules:
    return StopRules(
        least=campaign.least_results,
        most_failed=campaign.most_failed,
        most_abandoned=campaign.most_abandoned,
        most_opted_out=campaign.most_opted_out,
    )


def shares_now(campaign: Campaign) -> tuple[Share, ...]:
    """How near the campaign is to each of its stop rules."""
    return shares_of(latest(campaign), rules_of(campaign))
