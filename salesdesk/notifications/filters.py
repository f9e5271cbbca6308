"""Which notifications and deliveries a list shows. Page and API take the same parameters."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.notifications.enums import Channel, DeliveryStatus, NotificationKind, Purpose
from salesdesk.notifications.models import Delivery, DeliveryQuerySet, Notification
from salesdesk.notifications.models import NotificationQuerySet as Notifications

LONGEST_SEARCH = 200
DAY = forms.DateInput(attrs={"type": "date"})


def businesses_of(request: HttpRequest | None) -> QuerySet[Business]:
    if request is None:
        return Business.objects.none()
    return Business.objects.where(request.user, Ability.VIEW_CALLS)


class NotificationFilter(django_filters.FilterSet):  # type: ignore[misc]
    search = django_filters.CharFilter(
        label="Words",
        method="mentioning",
        max_length=LONGEST_SEARCH,
        widget=forms.SearchInput(attrs={"placeholder": "Search notifications"}),
    )
    type = django_filters.ChoiceFilter(
        label="Kind",
        field_name="notice__kind",
        choices=NotificationKind.choices,
        empty_label="Every kind",
    )
    unread = django_filters.ChoiceFilter(
        label="Read",
        method="by_reading",
        choices=(("true", "Unread"), ("false", "Read")),
        empty_label="Read or not",
        help_text="`true` for unread ones only, `false` for the others.",
    )
    business = django_filters.ModelChoiceFilter(
        label="Business",
        field_name="notice__business",
        queryset=businesses_of,
        to_field_name="public_id",
        empty_label="All businesses",
        help_text="Id of a business.",
    )
    from_date = django_filters.DateFilter(
        label="From", field_name="told_at", lookup_expr="date__gte", widget=DAY, help_text="UTC."
    )
    to_date = django_filters.DateFilter(
        label="Until", field_name="told_at", lookup_expr="date__lte", widget=DAY, help_text="UTC."
    )

    class Meta:
        model = Notification
        fields = ()

    def mentioning(self, given: Notifications, _: str, text: str) -> Notifications:
        return given.filter(Q(notice__title__icontains=text) | Q(notice__body__icontains=text))

    def by_reading(self, given: Notifications, _: str, unread: Any) -> Notifications:
        return given.unread() if unread == "true" else given.exclude(read_at=None)


class DeliveryFilter(django_filters.FilterSet):  # type: ignore[misc]
    search = django_filters.CharFilter(
        label="Address",
        field_name="to",
        lookup_expr="icontains",
        max_length=LONGEST_SEARCH,
        widget=forms.SearchInput(attrs={"placeholder": "Search addresses and numbers"}),
    )
    status = django_filters.ChoiceFilter(
        label="Status", choices=DeliveryStatus.choices, empty_label="Any status"
    )
    channel = django_filters.ChoiceFilter(
        label="Channel", choices=Channel.choices, empty_label="Any channel"
    )
    purpose = django_filters.ChoiceFilter(
        label="What", choices=Purpose.choices, empty_label="Everything"
    )

    class Meta:
        model = Delivery
        fields = ()


def newest_deliveries(given: DeliveryQuerySet) -> DeliveryQuerySet:
    return given.select_related("notice", "user").order_by("-created_at", "-pk")
