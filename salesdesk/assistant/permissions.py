"""Loaders: what a view of the assistant begins with, so that nobody can forget who looks."""

from django.db.models import QuerySet

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, require, within
from salesdesk.assistant.models import Playbook
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound


def businesses_where(user: Visitor, ability: Ability) -> QuerySet[Business]:
    return Business.objects.where(user, ability).order_by("name", "pk")


def get_business_for(
    user: Visitor,
    business_id: str,
    ability: Ability = Ability.VIEW_ASSISTANT_LOG,
    *,
    view: Ability = Ability.VIEW_ASSISTANT_LOG,
) -> Business:
    """The business whose assistant is meant; without ``business_id``, the user's first.

    Raises ``NotFound`` for who may not even ``view`` there, ``NotAllowed`` for who may only look.
    """
    known = businesses_where(user, view)
    business = (known.filter(public_id=business_id) if business_id else known).first()
    if business is None:
        raise NotFound("There is no such page, or not for you.")
    require(user, business.pk, view=view, ability=ability)
    return business


def get_playbook_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_ASSISTANT_LOG
) -> Playbook:
    """The playbook; raises as :func:`get_business_for` does."""
    visible = Playbook.objects.filter(within(user, Ability.VIEW_ASSISTANT_LOG))
    playbook = visible.select_related("business").filter(public_id=public_id).first()
    if playbook is None:
        raise NotFound("There is no such playbook, or not for you.")
    require(user, playbook.business_id, view=Ability.VIEW_ASSISTANT_LOG, ability=ability)
    return playbook
