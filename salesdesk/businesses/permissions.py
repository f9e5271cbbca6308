"""Loaders: what a view about a business begins with."""

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound


def get_business_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_CALLS
) -> Business:
    """The business, if ``user`` may do this in it.

    Raises ``NotFound`` when it is not there or not for this user, ``NotAllowed`` when the
    user's role is not enough.
    """
    business = Business.objects.where(user, Ability.VIEW_CALLS).filter(public_id=public_id).first()
    if business is None:
        raise NotFound("There is no such business, or not for you.")
    require(user, business.pk, view=Ability.VIEW_CALLS, ability=ability)
    return business
