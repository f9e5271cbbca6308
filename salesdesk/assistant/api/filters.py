"""How lists of conversations and messages are narrowed down."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from salesdesk.accounts.enums import Ability
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.models import Message, Thread
from salesdesk.businesses.models import Business

LARGEST_SEQUENCE = 2**31 - 1


def businesses_of(request: HttpRequest | None) -> QuerySet[Business]:
    if request is None:
        return Business.objects.none()
    return Business.objects.where(request.user, Ability.USE_ASSISTANT)


@extend_schema_field(OpenApiTypes.STR)
class BusinessIdFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    pass


class ConversationFilter(django_filters.FilterSet):  # type: ignore[misc]
    channel = django_filters.ChoiceFilter(choices=Channel.choices)
    business = BusinessIdFilter(
        queryset=businesses_of, to_field_name="public_id", help_text="Id of a business."
    )
    lead = django_filters.CharFilter(
        field_name="lead__public_id", max_length=20, help_text="Id of a lead."
    )
    from_date = django_filters.DateFilter(
        field_name="created_at", lookup_expr="date__gte", help_text="Begun that day (UTC) or later."
    )
    to_date = django_filters.DateFilter(
        field_name="created_at",
        lookup_expr="date__lte",
        help_text="Begun that day (UTC) or earlier.",
    )

    class Meta:
        model = Thread
        fields = ()


class MessageFilter(django_filters.FilterSet):  # type: ignore[misc]
    after = django_filters.NumberFilter(
        method="later_than",
        min_value=0,
        max_value=LARGEST_SEQUENCE,
        decimal_places=0,
        help_text="Only messages with a higher `sequence`.",
    )

    class Meta:
        model = Message
        fields = ()

    def later_than(self, messages: QuerySet[Message], _: str, after: Any) -> QuerySet[Message]:
        return messages.filter(sequence__gt=int(after))
