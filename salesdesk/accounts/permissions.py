"""Who may do what. Views load their object through these, so that none can forget to ask."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from rest_framework.request import Request

from salesdesk.accounts.enums import ABILITIES, Ability, Role
from salesdesk.accounts.models import Membership, User
from salesdesk.lib.errors import NotAllowed, NotFound

Visitor = User | AnonymousUser


def who(request: HttpRequest | Request) -> User:
    """The user of a request that only who is signed in can make."""
    return cast(User, request.user)


def business_ids_where(user: Visitor, ability: Ability) -> QuerySet[Membership, int]:
    """Keys of the businesses in which ``user`` has ``ability``, as a subquery."""
    return (
        Membership.objects.filter(user=user.pk)
        .granting(ability)
        .values_list("business_id", flat=True)
    )


def within(user: Visitor, ability: Ability, field: str = "business") -> Q:
    """A filter that keeps what belongs to a business in which ``user`` has ``ability``.

    Superusers have every ability everywhere; who is not signed in has none.
    """
    if not user.is_authenticated or not user.is_active:
        return Q(pk__in=())
    if user.is_superuser:
        return Q()
    return Q(**{f"{field}__in": business_ids_where(user, ability)})


def has_ability(user: Visitor, business_id: int, ability: Ability) -> bool:
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser:
        return True
    return business_ids_where(user, ability).filter(business_id=business_id).exists()


def abilities_in(user: Visitor, business_id: int | None) -> frozenset[Ability]:
    """All that ``user`` may do in the business; where there is none, only superusers may."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(Ability)
    if business_id is None:
        return frozenset()
    role = (
        Membership.objects.filter(user_id=user.pk, business_id=business_id)
        .values_list("role", flat=True)
        .first()
    )
    return ABILITIES[Role(role)] if role else frozenset()


def require(user: Visitor, business_id: int, *, view: Ability, ability: Ability) -> None:
    """Raise unless ``user`` has ``ability`` in the business.

    Raises :class:`NotFound` for who may not even ``view`` (so that nothing is given away), and
    :class:`NotAllowed` for who may view only.
    """
    if not has_ability(user, business_id, view):
        raise NotFound("There is no such page, or not for you.")
    if ability != view and not has_ability(user, business_id, ability):
        raise NotAllowed(f"Your role does not allow you to {ability.value}.")
