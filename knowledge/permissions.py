"""Loaders: what a view about knowledge begins with, so that nobody can forget to ask who looks."""

from django.db.models import QuerySet

from knowledge.models import Document, Site
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, has_ability, require, within
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotAllowed, NotFound


def get_document_for(
    user: Visitor, public_id: str, ability: Ability = Ability.VIEW_KNOWLEDGE
) -> Document:
    """The document, if ``user`` may do this with it.

    Raises ``NotFound`` when it is not there or not for this user, ``NotAllowed`` when the user
    may only look.
    """
    visible = Document.objects.where(user, Ability.VIEW_KNOWLEDGE)
    known = visible.select_related("business", "site", "added_by")
    document = known.filter(public_id=public_id).first()
    if document is None:
        raise NotFound("There is no such document, or not for you.")
    require(user, document.business_id, view=Ability.VIEW_KNOWLEDGE, ability=ability)
    return document


def get_site_for(user: Visitor, public_id: str, ability: Ability = Ability.VIEW_KNOWLEDGE) -> Site:
    """The documentation site; raises as :func:`get_document_for` does."""
    visible = Site.objects.filter(within(user, Ability.VIEW_KNOWLEDGE))
    site = visible.select_related("business").filter(public_id=public_id).first()
    if site is None:
        raise NotFound("There is no such site, or not for you.")
    require(user, site.business_id, view=Ability.VIEW_KNOWLEDGE, ability=ability)
    return site


def businesses_where(user: Visitor, ability: Ability) -> QuerySet[Business]:
    return Business.objects.where(user, ability).order_by("name", "pk")


def get_knowledge_of(
    user: Visitor, business_id: str, ability: Ability = Ability.VIEW_KNOWLEDGE
) -> Business:
    """The business whose knowledge is meant; without ``business_id``, the user's first.

    Raises as :func:`get_document_for` does.
    """
    known = businesses_where(user, Ability.VIEW_KNOWLEDGE)
    chosen = known.filter(public_id=business_id) if business_id else known
    business = chosen.first()
    if business is None:
        raise NotFound("There is no such business, or not for you.")
    require(user, business.pk, view=Ability.VIEW_KNOWLEDGE, ability=ability)
    return business


def may_manage_any(user: Visitor) -> bool:
    return businesses_where(user, Ability.MANAGE_KNOWLEDGE).exists()


def may_manage(user: Visitor, business_id: int) -> bool:
    return has_ability(user, business_id, Ability.MANAGE_KNOWLEDGE)


def require_managing(user: Visitor) -> None:
    """Raises ``NotAllowed`` for who may change no business's knowledge."""
    if not may_manage_any(user):
        raise NotAllowed("Your role does not allow you to manage knowledge.")
