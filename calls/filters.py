"""Which calls a list shows: by status, direction, business, day, number, and what was said.

The page and the API take the same parameters.
"""

import datetime
from typing import Any

import django_filters
from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import DateField, DateTimeField, F, Func, QuerySet, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest

from calls.enums import CallStatus, Direction
from calls.models import Call, CallQuerySet
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164

LONGEST_SEARCH = 200
LONGEST_NUMBER = 40
LARGEST_PAGE = 100
FARTHEST_EAST = datetime.timedelta(hours=14)
FARTHEST_WEST = datetime.timedelta(hours=12)

SENSIBLE_DAYS = (
    MinValueValidator(datetime.date(2000, 1, 1), "There are no calls before the year 2000."),
    MaxValueValidator(datetime.date(2999, 12, 31), "There are no calls that late."),
)

TOO_LONG = {"max_length": f"A search can have {LONGEST_SEARCH} characters at most."}

ORDERS = {
    "-started_at": (F("started_at").desc(), F("pk").desc()),
    "started_at": (F("started_at").asc(), F("pk").asc()),
    "-duration": (F("duration_seconds").desc(nulls_last=True), F("pk").desc()),
    "duration": (F("duration_seconds").asc(nulls_last=True), F("pk").asc()),
}
ORDER_NAMES = {
    "-started_at": "Newest first",
    "started_at": "Oldest first",
    "-duration": "Longest first",
    "duration": "Shortest first",
}


def business_day(moment: Combinable) -> Cast:
    """The date on which ``moment`` falls where the call's business is (UTC without business)."""
    zone = Coalesce(F("business__time_zone"), Value("UTC"))
    local = Func(zone, moment, function="timezone", output_field=DateTimeField())
    return Cast(local, DateField())


def started_from(calls: CallQuerySet, day: datetime.date) -> CallQuerySet:
    """Calls of ``day`` and later; the bound in UTC is there for the index."""
    earliest = _midnight(day) - FARTHEST_EAST
    calls = calls.filter(started_at__gte=earliest)
    return calls.alias(first_day=business_day(F("started_at"))).filter(first_day__gte=day)


def started_until(calls: CallQuerySet, day: datetime.date) -> CallQuerySet:
    """Calls of ``day`` and earlier; the bound in UTC is there for the index."""
    latest = _midnight(day) + datetime.timedelta(days=1) + FARTHEST_WEST
    calls = calls.filter(started_at__lt=latest)
    return calls.alias(last_day=business_day(F("started_at"))).filter(last_day__lte=day)


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.UTC)


def number_matching(calls: CallQuerySet, field: str, text: str) -> CallQuerySet:
    """By a whole number however it is written, or by some of its digits."""
    try:
        return calls.filter(**{field: to_e164(text)})
    except InvalidInput:
        digits = "".join(character for character in text if character.isdigit())
        return calls.filter(**{f"{field}__contains": digits or text})


def businesses_of(request: HttpRequest | None) -> QuerySet[Business]:
    if request is None:
        return Business.objects.none()
    return Business.objects.where(request.user, Ability.VIEW_CALLS)


class CallFilterForm(forms.Form):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("from_date"), cleaned.get("to_date")
        if first and last and first > last:
            self.add_error("to_date", "The last day lies before the first.")
        return cleaned


class CallFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Days are those of the business that a call belongs to."""

    search = django_filters.CharFilter(
        label="Said in the call",
        method="filter_said",
        max_length=LONGEST_SEARCH,
        error_messages=TOO_LONG,
        widget=forms.SearchInput(attrs={"placeholder": "Search in what was said"}),
    )
    status = django_filters.ChoiceFilter(
        label="Status", choices=CallStatus.choices, empty_label="Any status"
    )
    direction = django_filters.ChoiceFilter(
        label="Direction", choices=Direction.choices, empty_label="Both directions"
    )
    business = django_filters.ModelChoiceFilter(
        label="Business",
        queryset=businesses_of,
        to_field_name="public_id",
        empty_label="All businesses",
    )
    from_date = django_filters.DateFilter(
        label="From",
        method="filter_from",
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
    )
    to_date = django_filters.DateFilter(
        label="To",
        method="filter_until",
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
    )
    from_number = django_filters.CharFilter(
        label="Calling number", method="filter_number", max_length=LONGEST_NUMBER
    )
    to_number = django_filters.CharFilter(
        label="Called number", method="filter_number", max_length=LONGEST_NUMBER
    )
    sort = django_filters.ChoiceFilter(
        label="Sort", method="sort_by", choices=tuple(ORDER_NAMES.items()), empty_label=None
    )

    page_size = django_filters.NumberFilter(
        method="keep_page_size",
        min_value=1,
        max_value=LARGEST_PAGE,
        decimal_places=0,
        widget=forms.HiddenInput,
    )

    class Meta:
        model = Call
        form = CallFilterForm
        fields = ()

    def keep_page_size(self, calls: CallQuerySet, name: str, size: Any) -> CallQuerySet:
        """It is a parameter of the list, so that the form keeps it; it filters nothing."""
        return calls

    def filter_said(self, calls: CallQuerySet, name: str, text: str) -> CallQuerySet:
        return calls.saying(text)

    def filter_from(self, calls: CallQuerySet, name: str, day: datetime.date) -> CallQuerySet:
        return started_from(calls, day)

    def filter_until(self, calls: CallQuerySet, name: str, day: datetime.date) -> CallQuerySet:
        return started_until(calls, day)

    def filter_number(self, calls: CallQuerySet, name: str, text: str) -> CallQuerySet:
        return number_matching(calls, name, text)

    def sort_by(self, calls: CallQuerySet, name: str, order: str) -> CallQuerySet:
        return calls.order_by(*ORDERS[order])
