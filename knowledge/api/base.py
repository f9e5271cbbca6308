"""What the endpoints share."""

from typing import Any

from rest_framework.serializers import Serializer

from knowledge.permissions import businesses_where, get_knowledge_of
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput


def checked(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The request's values. Raises ``ValidationError``, which is answered 422."""
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def business_meant(
    user: Visitor, business_id: str, ability: Ability = Ability.VIEW_KNOWLEDGE
) -> Business:
    """The business with this id; without one, the only one the user belongs to.

    Raises ``InvalidInput`` when there are several, else as ``get_knowledge_of`` does.
    """
    if not business_id and businesses_where(user, Ability.VIEW_KNOWLEDGE).count() > 1:
        raise InvalidInput("You belong to several businesses: say which one is meant.")
    return get_knowledge_of(user, business_id, ability)
