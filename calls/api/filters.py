"""How the API's lists are narrowed down and sorted."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from calls.enums import CallStatus, NoteCategory, Speaker
from calls.filters import LONGEST_NUMBER, LONGEST_SEARCH, ORDERS, SENSIBLE_DAYS, businesses_of
from calls.filters import CallFilter as PageFilter
from calls.models import Call, CallNote, CallNoteQuerySet, CallQuerySet, Utterance
from calls.models import UtteranceQuerySet as Utterances

SHORTEST_SEARCH = 2
LARGEST_VERSION = 2**31 - 1
NUMBER_HELP = "A number however it is written, or some of its digits."


class SearchFilter(django_filters.CharFilter):  # type: ignore[misc]
    def __init__(self, **options: Any) -> None:
        super().__init__(min_length=SHORTEST_SEARCH, max_length=LONGEST_SEARCH, **options)


@extend_schema_field(OpenApiTypes.STR)
class BusinessIdFilter(django_filters.ModelChoiceFilter):  # type: ignore[misc]
    pass


class CallFilter(PageFilter):
    """As on the page; but several statuses, and the order in two parameters."""

    status = django_filters.MultipleChoiceFilter(
        choices=CallStatus.choices, help_text="May be given more than once."
    )
    business = BusinessIdFilter(
        queryset=businesses_of, to_field_name="public_id", help_text="Id of a business."
    )
    search = SearchFilter(
        method="filter_said",
        help_text="Words that were said by anybody, as in a web search: `roof -leak`, "
        '`"new roof" or "solar panels"`.',
    )
    from_date = django_filters.DateFilter(
        method="filter_from",
        validators=SENSIBLE_DAYS,
        help_text="Calls of that day, where the business is, and later.",
    )
    to_date = django_filters.DateFilter(
        method="filter_until",
        validators=SENSIBLE_DAYS,
        help_text="Calls of that day, where the business is, and earlier.",
    )
    from_number = django_filters.CharFilter(
        method="filter_number", max_length=LONGEST_NUMBER, help_text=NUMBER_HELP
    )
    to_number = django_filters.CharFilter(
        method="filter_number", max_length=LONGEST_NUMBER, help_text=NUMBER_HELP
    )
    sort = None
    sort_by = django_filters.ChoiceFilter(
        choices=(("started_at", "Start"), ("duration", "Duration")),
        method="leave",
        help_text="`started_at` unless given.",
    )
    sort_order = django_filters.ChoiceFilter(
        choices=(("asc", "Ascending"), ("desc", "Descending")),
        method="leave",
        help_text="`desc` unless given.",
    )

    class Meta(PageFilter.Meta):
        model = Call

    def filter_queryset(self, queryset: CallQuerySet) -> CallQuerySet:
        values = self.form.cleaned_data
        order = values["sort_by"] or "started_at"
        if values["sort_order"] != "asc":
            order = f"-{order}"
        narrowed: CallQuerySet = super().filter_queryset(queryset)
        return narrowed.order_by(*ORDERS[order])

    def leave(self, queryset: CallQuerySet, *_: str) -> CallQuerySet:
        return queryset


class UtteranceFilter(django_filters.FilterSet):  # type: ignore[misc]
    after = django_filters.NumberFilter(
        method="changed_after",
        min_value=0,
        max_value=LARGEST_VERSION,
        decimal_places=0,
        help_text="Only what is new or has changed since that version of the transcript.",
    )
    speaker = django_filters.ChoiceFilter(choices=Speaker.choices)
    search = SearchFilter(method="containing", help_text="Words, as in a web search.")

    class Meta:
        model = Utterance
        fields = ()

    def changed_after(self, utterances: Utterances, _: str, version: Any) -> Utterances:
        return utterances.changed_after(int(version))

    def containing(self, utterances: Utterances, _: str, text: str) -> Utterances:
        return utterances.containing(text)


class NoteFilter(django_filters.FilterSet):  # type: ignore[misc]
    category = django_filters.ChoiceFilter(choices=NoteCategory.choices)
    tag = django_filters.CharFilter(method="tagged", max_length=40)
    author = django_filters.CharFilter(
        method="written_by", max_length=120, help_text="An e-mail address, or a part of a name."
    )
    search = SearchFilter(
        method="mentioning", help_text="A part of the words, of a tag or of the author's name."
    )

    class Meta:
        model = CallNote
        fields = ()

    def tagged(self, notes: QuerySet[CallNote], _: str, tag: str) -> QuerySet[CallNote]:
        return notes.filter(tags__contains=[" ".join(tag.split()).lower()])

    def written_by(self, notes: QuerySet[CallNote], _: str, who: str) -> QuerySet[CallNote]:
        return notes.filter(Q(author__email__iexact=who) | Q(author__name__icontains=who))

    def mentioning(self, notes: CallNoteQuerySet, _: str, text: str) -> CallNoteQuerySet:
        return notes.mentioning(text)
