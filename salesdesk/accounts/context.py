"""What every page knows about who looks at it."""

from collections.abc import Iterable
from typing import Any, cast

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from salesdesk.accounts.enums import ABILITIES, Ability, Role
from salesdesk.accounts.models import Membership


def membership(request: HttpRequest) -> dict[str, Any]:
    """``memberships``: the user's, with their businesses, read when a template asks.

    ``may_anywhere``: what they may do in one of these at least, for showing the way there.
    """
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"memberships": (), "may_anywhere": frozenset()}
    memberships = cast(list[Membership], SimpleLazyObject(lambda: _memberships_of(user.pk)))
    everything = frozenset(Ability) if user.is_superuser else None
    return {
        "memberships": memberships,
        "may_anywhere": SimpleLazyObject(lambda: everything or _abilities_by(memberships)),
    }


def _memberships_of(user_id: int) -> list[Membership]:
    return list(Membership.objects.filter(user_id=user_id).select_related("business"))


def _abilities_by(memberships: Iterable[Membership]) -> frozenset[Ability]:
    return frozenset[Ability]().union(*(ABILITIES[Role(each.role)] for each in memberships))
