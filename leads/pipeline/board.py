"""The board: leads by stage, with how many and how much, and what was proposed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.http import QueryDict

from leads.barred import mark_barred
from leads.enums import LeadStage
from leads.models import Lead, LeadQuerySet, Opportunity
from leads.services import CLOSED
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business

CARDS = 30
"""Of a lane; more are on the list."""
MOST_PROPOSALS = 10
MINE = "me"


@dataclass(frozen=True, slots=True)
class Lane:
    """A stage: its first leads by rank, how many there are in all, and the sum of their values."""

    stage: LeadStage
    cards: Sequence[Lead]
    count: int
    total: Decimal

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def lanes_of(business: Business, owner: User | None = None) -> list[Lane]:
    """All stages in their order, of one owner's leads or of everybody's."""
    leads = Lead.objects.of(business)
    if owner is not None:
        leads = leads.filter(owner=owner)
    figures = leads.order_by().values("stage").annotate(count=Count("pk"), total=Sum("value"))
    by_stage: dict[str, Any] = {row["stage"]: row for row in figures}
    lanes = [_lane(stage, leads, by_stage.get(stage.value, {})) for stage in LeadStage]
    mark_barred(business, [lead for lane in lanes for lead in lane.cards])
    return lanes


def _lane(stage: LeadStage, leads: LeadQuerySet, figures: dict[str, Any]) -> Lane:
    cards = leads.filter(stage=stage).select_related("owner", "account").defer("crm_known", "words")
    shown = list(cards.order_by("-rank", "pk")[:CARDS]) if figures else []
    return Lane(stage, shown, figures.get("count", 0), figures.get("total") or Decimal(0))


def proposals_of(business: Business) -> list[Opportunity]:
    """The newest opportunities that nobody has settled."""
    proposed = Opportunity.objects.proposed().filter(business=business)
    return list(proposed.select_related("lead").order_by("-created_at", "-pk")[:MOST_PROPOSALS])


def board_context(user: User, business: Business, query: QueryDict) -> dict[str, Any]:
    is_mine = query.get("owner") == MINE
    return {
        "business": business,
        "lanes": lanes_of(business, user if is_mine else None),
        "proposals": proposals_of(business),
        "is_mine": is_mine,
        "may_manage": has_ability(user, business.pk, Ability.MANAGE_LEADS),
        "closed": " ".join(CLOSED),
        "query": query.urlencode(),
        "stages": LeadStage.choices,
    }
