"""Which documents a list shows. The page and the API take the same parameters."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest

from knowledge.enums import DocumentStatus, DocumentType, Origin
from knowledge.models import Document, DocumentQuerySet
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business

LONGEST_SEARCH = 200
TOO_LONG = {"max_length": f"A search can have {LONGEST_SEARCH} characters at most."}

ORDERS: dict[str, tuple[Any, ...]] = {
    "-created_at": (F("created_at").desc(), F("pk").desc()),
    "created_at": (F("created_at").asc(), F("pk").asc()),
    "-updated_at": (F("updated_at").desc(), F("pk").desc()),
    "updated_at": (F("updated_at").asc(), F("pk").asc()),
    "title": (Lower("title"), F("pk").asc()),
    "-title": (Lower("title").desc(), F("pk").desc()),
}
ORDER_NAMES = {
    "-created_at": "Newest first",
    "created_at": "Oldest first",
    "-updated_at": "Changed last",
    "updated_at": "Longest unchanged",
    "title": "Title, A to Z",
    "-title": "Title, Z to A",
}


def businesses_of(request: HttpRequest | None) -> QuerySet[Business]:
    if request is None:
        return Business.objects.none()
    return Business.objects.where(request.user, Ability.VIEW_KNOWLEDGE)


class DocumentFilter(django_filters.FilterSet):  # type: ignore[misc]
    search = django_filters.CharFilter(
        label="Title or source",
        method="mentioning",
        max_length=LONGEST_SEARCH,
        error_messages=TOO_LONG,
        widget=forms.SearchInput(attrs={"placeholder": "Search titles and sources"}),
    )
    status = django_filters.ChoiceFilter(
        label="Status", choices=DocumentStatus.choices, empty_label="Any status"
    )
    type = django_filters.ChoiceFilter(
        label="Type", choices=DocumentType.choices, empty_label="Any type"
    )
    vendor = django_filters.CharFilter(
        label="Vendor", lookup_expr="iexact", max_length=120, help_text="The whole name."
    )
    tag = django_filters.CharFilter(label="Tag", method="tagged", max_length=40)
    origin = django_filters.ChoiceFilter(
        label="Origin", choices=Origin.choices, empty_label="Any origin"
    )
    business = django_filters.ModelChoiceFilter(
        label="Business",
        queryset=businesses_of,
        to_field_name="public_id",
        empty_label="All businesses",
    )
    sort = django_filters.ChoiceFilter(
        label="Sort", method="sorted_by", choices=tuple(ORDER_NAMES.items()), empty_label=None
    )

    class Meta:
        model = Document
        fields = ()

    def mentioning(self, documents: DocumentQuerySet, _: str, text: str) -> DocumentQuerySet:
        named = Q(title__icontains=text) | Q(source__icontains=text) | Q(url__icontains=text)
        return documents.filter(named)

    def tagged(self, documents: DocumentQuerySet, _: str, tag: str) -> DocumentQuerySet:
        return documents.filter(tags__contains=[" ".join(tag.split()).lower()])

    def sorted_by(self, documents: DocumentQuerySet, _: str, order: str) -> DocumentQuerySet:
        return documents.order_by(*ORDERS[order])
