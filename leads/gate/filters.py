"""Which lines of the ledger a list shows; the page, the export and the API take the same."""

import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q

from leads.enums import ContactKind, GateReason
from leads.filters import LONGEST_SEARCH, SENSIBLE_DAYS, BusinessFilter
from leads.models import DialDecisionQuerySet
from leads.models.gate import DialDecision
from leads.services import find_number

ALLOWED, REFUSED, OVERRIDDEN = "allowed", "refused", "overridden"
OUTCOMES = {
    ALLOWED: {"allowed": True, "overridden": False},
    REFUSED: {"allowed": False},
    OVERRIDDEN: {"overridden": True},
}
NAMES = ((ALLOWED, "Allowed"), (REFUSED, "Refused"), (OVERRIDDEN, "Overridden"))


class LedgerFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Days are those of UTC, as the ledger keeps them."""

    search = django_filters.CharFilter(
        label="Number, address or name",
        method="mentioning",
        max_length=LONGEST_SEARCH,
        widget=forms.SearchInput(attrs={"placeholder": "Number, address, lead or user"}),
    )
    outcome = django_filters.ChoiceFilter(
        label="Decision", choices=NAMES, method="with_outcome", empty_label="Any decision"
    )
    kind = django_filters.ChoiceFilter(
        label="How", choices=ContactKind.choices, empty_label="Any way"
    )
    reason = django_filters.ChoiceFilter(
        label="Reason", choices=GateReason.choices, method="with_reason", empty_label="Any reason"
    )
    from_date = django_filters.DateFilter(
        label="From",
        method="from_day",
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
    )
    to_date = django_filters.DateFilter(
        label="To",
        method="until_day",
        widget=forms.DateInput(attrs={"type": "date"}),
        validators=SENSIBLE_DAYS,
    )

    class Meta:
        model = DialDecision
        fields = ()

    def mentioning(self, lines: DialDecisionQuerySet, _: str, text: str) -> DialDecisionQuerySet:
        number = find_number(text)
        if number:
            return lines.filter(phone=number)
        named = ("email", "lead_name", "user_name", "campaign")
        digits = "".join(character for character in text if character.isdigit())
        some = Q(*((f"{field}__icontains", text) for field in named), _connector=Q.OR)
        return lines.filter(some | Q(phone__contains=digits) if len(digits) > 3 else some)

    def with_outcome(self, lines: DialDecisionQuerySet, _: str, name: str) -> DialDecisionQuerySet:
        return lines.filter(**OUTCOMES[name])

    def with_reason(self, lines: DialDecisionQuerySet, _: str, name: str) -> DialDecisionQuerySet:
        return lines.filter(reasons__contains=[name])

    def from_day(self, lines: DialDecisionQuerySet, _: str, day: Any) -> DialDecisionQuerySet:
        return lines.filter(at__gte=_midnight(day))

    def until_day(self, lines: DialDecisionQuerySet, _: str, day: Any) -> DialDecisionQuerySet:
        return lines.filter(at__lt=_midnight(day + datetime.timedelta(days=1)))


class LedgerApiFilter(LedgerFilter):
    """The same, with words for the documentation of the API."""

    business = BusinessFilter()
    search = django_filters.CharFilter(
        method="mentioning",
        max_length=LONGEST_SEARCH,
        help_text="A number however it is written, or a part of an address or a name.",
    )


def _midnight(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(), tzinfo=datetime.UTC)
