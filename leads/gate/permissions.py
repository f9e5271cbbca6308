"""Loaders: what a view about the gate begins with."""

from leads.models import DoNotCallList
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound


def get_gate_of(
    user: Visitor,
    business_id: str = "",
    ability: Ability = Ability.VIEW_LEDGER,
    *,
    view: Ability = Ability.VIEW_LEDGER,
) -> Business:
    """The business whose gate a page is about; without an id, the user's first by its name.

    Raises ``NotFound`` when it is not there or the user may not even ``view`` it, ``NotAllowed``
    when the user's role is not enough for ``ability``.
    """
    known = Business.objects.where(user, view).order_by("name", "pk")
    business = (known.filter(public_id=business_id) if business_id else known).first()
    if business is None:
        raise NotFound("There is no such page, or not for you.")
    require(user, business.pk, view=view, ability=ability)
    return business


def get_list_for(user: Visitor, list_id: str) -> DoNotCallList:
    """A do-not-call list that the user may replace or delete. Raises like the others."""
    lists = DoNotCallList.objects.select_related("business")
    found = lists.filter(public_id=list_id).first()
    if found is None:
        raise NotFound("There is no such list, or not for you.")
    require(user, found.business_id, view=Ability.VIEW_LEADS, ability=Ability.IMPORT_LEADS)
    return found
