"""What the pages of campaigns show."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from leads.campaigns import audience
from leads.campaigns.settling import latest, shares_now
from leads.enums import DialResult, MemberStatus
from leads.models import Campaign, CampaignAttempt, CampaignMember
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business

MOST_LISTED = 100
MEMBERS_A_PAGE = 25
MOST_RESULTS = 10
MINUTE = timedelta(minutes=1)
ENDED = (
    MemberStatus.REACHED,
    MemberStatus.GIVEN_UP,
    MemberStatus.BARRED,
    MemberStatus.LEFT_OUT,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many leads are at what."""

    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def ended(self) -> int:
        return sum(self.counts.get(status, 0) for status in ENDED)

    @property
    def reached(self) -> int:
        return self.counts.get(MemberStatus.REACHED, 0)

    @property
    def waiting(self) -> int:
        return self.counts.get(MemberStatus.WAITING, 0)

    @property
    def dialling(self) -> int:
        return self.counts.get(MemberStatus.DIALLING, 0)

    @property
    def by_status(self) -> list[tuple[MemberStatus, int]]:
        """All statuses that some lead has."""
        return [(status, self.counts[status]) for status in MemberStatus if status in self.counts]


def progress_of(campaigns: Iterable[Campaign]) -> dict[int, Progress]:
    """By the key of each; one query, however many they are."""
    keys = [campaign.pk for campaign in campaigns]
    counted = CampaignMember.objects.filter(campaign__in=keys).values("campaign", "status")
    counts: dict[int, dict[str, int]] = {key: {} for key in keys}
    for row in counted.annotate(count=Count("pk")).order_by():
        counts[row["campaign"]][row["status"]] = row["count"]
    return {key: Progress(found) for key, found in counts.items()}


def list_context(user: User, business: Business) -> dict[str, Any]:
    campaigns = list(campaigns_of(business)[:MOST_LISTED])
    progress = progress_of(campaigns)
    return {
        "business": business,
        "rows": [(campaign, progress[campaign.pk]) for campaign in campaigns],
        "may_manage": has_ability(user, business.pk, Ability.MANAGE_CAMPAIGNS),
    }


def campaigns_of(business: Business) -> QuerySet[Campaign]:
    mine = Campaign.objects.filter(business=business).select_related("business")
    return mine.order_by("-created_at", "-pk")


def live_context(campaign: Campaign) -> dict[str, Any]:
    """What changes while it runs."""
    return {
        "campaign": campaign,
        "progress": progress_of([campaign])[campaign.pk],
        "calls": calls_of(campaign),
        "results": results_of(campaign),
        "shares": shares_now(campaign),
        "judged": len(latest(campaign)),
        "pace": pace_of(campaign),
    }


def calls_of(campaign: Campaign) -> list[CampaignMember]:
    """The leads that are being called now, whoever is called longest first."""
    dialling = campaign.members.filter(status=MemberStatus.DIALLING)
    return list(dialling.select_related("lead", "dial").order_by("dial__created_at", "pk"))


def results_of(campaign: Campaign) -> list[CampaignAttempt]:
    newest = campaign.attempts.select_related("member__lead", "dial").order_by("-at", "-pk")
    return list(newest[:MOST_RESULTS])


def pace_of(campaign: Campaign) -> dict[str, Any]:
    """Calls placed in the last minute, answered ones of all attempts, and attempts so far."""
    since = timezone.now() - MINUTE
    placed = Q(dial__placed_at__gte=since)
    answered = Q(result=DialResult.ANSWERED)
    under_way = campaign.members.filter(status=MemberStatus.DIALLING).filter(placed).count()
    counted = campaign.attempts.aggregate(
        all=Count("pk"), answered=Count("pk", filter=answered), last=Count("pk", filter=placed)
    )
    return {
        "last_minute": under_way + counted["last"],
        "a_minute": campaign.calls_per_second * 60,
        "attempts": counted["all"],
        "answered_share": counted["answered"] / counted["all"] if counted["all"] else None,
    }


def page_context(user: User, campaign: Campaign, query: QueryDict) -> dict[str, Any]:
    status = query.get("status", "")
    return {
        **live_context(campaign),
        "filter_words": audience.in_words(campaign, user),
        "members": members_page(campaign, status, query.get("page")),
        "status": status,
        "may_manage": has_ability(user, campaign.business_id, Ability.MANAGE_CAMPAIGNS),
    }


def members_page(campaign: Campaign, status: str, number: str | None) -> Page[CampaignMember]:
    members = campaign.members.select_related("lead").order_by("place", "pk")
    if status in MemberStatus:
        members = members.filter(status=status)
    return Paginator(members, MEMBERS_A_PAGE).get_page(number)
