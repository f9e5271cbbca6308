"""What every page knows about who looks at it."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from salesdesk.accounts.models import Membership


def membership(request: HttpRequest) -> dict[str, Any]:
    """``memberships``: the user's, with their businesses, read when a template asks."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"memberships": ()}
    return {"memberships": SimpleLazyObject(lambda: _memberships_of(user.pk))}


def _memberships_of(user_id: int) -> list[Membership]:
    return list(Membership.objects.filter(user_id=user_id).select_related("business"))
