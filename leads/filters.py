"""Which leads and appointments a list shows."""

import datetime
from typing import Any

import django_filters
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import DateField, DateTimeField, F, Func, Q, QuerySet
from django.db.models.functions import Cast
from django.http import HttpRequest
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from leads.enums import AppointmentStatus, LeadSource, LeadStage, OpportunityStatus
from leads.models import (
    Account,
    Appointment,
    AppointmentQuerySet,
    Lead,
    LeadQuerySet,
    Opportunity,
)
from leads.services import find_number
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business

LONGEST_SEARCH = 200
SENSIBLE_DAYS = (
    MinValueValidator(datetime.date(2000, 1, 1), "This year cannot be meant."),
    MaxValueValidator(datetime.date(2999, 12, 31), "This year cannot be meant."),
)
ORDERS: dict[str, tuple[Any, ...]] = {
    "-created_at": (F("created_at").desc(), F("pk").desc()),
    "created_at": (F("created_at").asc(), F("pk").asc()),
    "-updated_at": (F("updated_at").desc(), F("pk").desc()),
    "name": (F("last_name").asc(), F("first_name").asc(), F("pk").asc()),
}


def businesses_of(request: HttpRequest | None) -> QuerySet[Business]:
    if request is None:
        return Business.objects.none()
    return Business.objects.where(request.user, Ability.VIEW_LEADS)


@extend_schema_field(OpenApiTypes.STR)
class BusinessFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    """A business by its public id."""

    def __init__(self) -> None:
        super().__init__(
            queryset=businesses_of, to_field_name="public_id", help_text="Id of a business."
        )


class LeadFilter(django_filters.FilterSet):  # type: ignore[misc]
    business = BusinessFilter()
    search = django_filters.CharFilter(
        method="mentioning",
        min_length=2,
        max_length=LONGEST_SEARCH,
        help_text="A part of the name, company, e-mail or address, or a phone number.",
    )
    stage = django_filters.MultipleChoiceFilter(
        choices=LeadStage.choices, help_text="May be given more than once."
    )
    source = django_filters.ChoiceFilter(choices=LeadSource.choices)
    sort_by = django_filters.ChoiceFilter(
        choices=[(name, name) for name in ORDERS],
        method="sorted_by",
        help_text="`-created_at` (the newest first) unless given.",
    )

    class Meta:
        model = Lead
        fields = ()

    def mentioning(self, leads: LeadQuerySet, _: str, text: str) -> LeadQuerySet:
        for word in text.split():
            leads = leads.filter(_mentions(word) | _has_number(text))
        return leads

    def sorted_by(self, leads: LeadQuerySet, _: str, order: str) -> LeadQuerySet:
        return leads.order_by(*ORDERS[order])


def _mentions(word: str) -> Q:
    fields = ("first_name", "last_name", "company", "email", "address")
    return Q(*((f"{field}__icontains", word) for field in fields), _connector=Q.OR)


def _has_number(text: str) -> Q:
    number = find_number(text)
    return Q(phone=number) if number else Q(pk__in=())


class AccountFilter(django_filters.FilterSet):  # type: ignore[misc]
    business = BusinessFilter()
    name = django_filters.CharFilter(
        lookup_expr="istartswith", max_length=120, help_text="How its name begins."
    )

    class Meta:
        model = Account
        fields = ()


class OpportunityFilter(django_filters.FilterSet):  # type: ignore[misc]
    business = BusinessFilter()
    status = django_filters.MultipleChoiceFilter(
        choices=OpportunityStatus.choices, help_text="May be given more than once."
    )
    lead = django_filters.CharFilter(
        field_name="lead__public_id", max_length=20, help_text="Id of a lead."
    )

    class Meta:
        model = Opportunity
        fields = ()


class AppointmentFilter(django_filters.FilterSet):  # type: ignore[misc]
    business = BusinessFilter()
    status = django_filters.MultipleChoiceFilter(
        choices=AppointmentStatus.choices, help_text="May be given more than once."
    )
    lead = django_filters.CharFilter(
        field_name="lead__public_id", max_length=20, help_text="Id of a lead."
    )
    calendar = django_filters.CharFilter(
        field_name="calendar__public_id", max_length=20, help_text="Id of a calendar."
    )
    from_date = django_filters.DateFilter(
        method="from_day",
        validators=SENSIBLE_DAYS,
        help_text="Appointments of that day, where the business is, and later.",
    )
    to_date = django_filters.DateFilter(
        method="until_day",
        validators=SENSIBLE_DAYS,
        help_text="Appointments of that day, where the business is, and earlier.",
    )

    class Meta:
        model = Appointment
        fields = ()

    def from_day(self, given: AppointmentQuerySet, _: str, day: Any) -> AppointmentQuerySet:
        return given.alias(local_day=_local_day()).filter(local_day__gte=day)

    def until_day(self, given: AppointmentQuerySet, _: str, day: Any) -> AppointmentQuerySet:
        return given.alias(local_day=_local_day()).filter(local_day__lte=day)


def _local_day() -> Cast:
    """The date on which it begins where the business is."""
    zone, start = F("business__time_zone"), F("starts_at")
    local = Func(zone, start, function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())
