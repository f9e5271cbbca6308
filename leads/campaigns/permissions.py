"""Loaders: what a view about campaigns begins with."""

from django.db.models import QuerySet

from leads.models import Campaign
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound


def businesses_where(user: Visitor, ability: Ability) -> QuerySet[Business]:
    return Business.objects.where(user, ability).order_by("name", "pk")


def get_campaign_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Campaign:
    """Raises ``NotFound`` when it is not there or not for this user, ``NotAllowed`` when the user
    may only look."""
    visible = Campaign.objects.where(user, Ability.VIEW_LEADS)
    known = visible.select_related("business", "caller", "created_by", "started_by")
    campaign = known.filter(public_id=public_id).first()
    if campaign is None:
        raise NotFound("There is no such campaign, or not for you.")
    require(user, campaign.business_id, view=Ability.VIEW_LEADS, ability=ability)
    return campaign


def get_business_for(
    user: Visitor, business_id: str, ability: Ability = Ability.VIEW_LEADS
) -> Business:
    """The business whose campaigns are meant; without ``business_id`` the user's first.

    Raises as :func:`get_campaign_for` does.
    """
    known = businesses_where(user, Ability.VIEW_LEADS)
    business = (known.filter(public_id=business_id) if business_id else known).first()
    if business is None:
        raise NotFound("There is no such business, or not for you.")
    require(user, business.pk, view=Ability.VIEW_LEADS, ability=ability)
    return business
