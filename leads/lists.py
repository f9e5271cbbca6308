"""The list of leads: what a query string asks for, page by page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from leads.barred import barred_keys, mark_barred
from leads.enums import LeadSource, LeadStage
from leads.models import WORTH, Appointment, Contact, Lead, LeadQuerySet
from leads.paging import KeysetPage, Order, page_of
from leads.search import query_for
from leads.services import find_number
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

PAGE_SIZE = 50
LONGEST_SEARCH = 200
MOST_BY_CONTACT = 100
"""Leads that a search finds by the people around them."""
NOBODY, ME = "nobody", "me"
YES_NO = (("yes", "Yes"), ("no", "No"))
AGES = (
    ("1", "Came in the last 24 hours"),
    ("7", "Came in the last 7 days"),
    ("30", "Came in the last 30 days"),
    ("older", "Older than 30 days"),
)
WANTED = (("due", "Due now"), ("any", "Now or later"))


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> float:
    number = float(text)
    if number != number or abs(number) == float("inf"):
        raise ValueError("no number to sort by")
    return number


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or abs(amount) > Decimal("1e12"):
        raise ValueError("no amount to sort by")
    return amount


DEFAULT_SORT = "rank"
ORDERS = {
    "rank": Order("rank", _number),
    "newest": Order("created_at", _moment),
    "value": Order(WORTH, _amount),
}
ORDER_NAMES = {"rank": "Priority", "newest": "Newest first", "value": "Highest value first"}


def owners_of(request: HttpRequest | None) -> QuerySet[User]:
    business = getattr(request, "business", None)
    return members_of(business) if business else User.objects.none()


def members_of(business: Business) -> QuerySet[User]:
    """Who may own leads of the business."""
    members = User.objects.filter(memberships__business=business, is_active=True)
    return members.order_by("name", "email")


class LeadListFilter(django_filters.FilterSet):  # type: ignore[misc]
    """``request`` needs ``business``, whose leads these are, and ``user``."""

    search = django_filters.CharFilter(
        label="Search",
        method="mentioning",
        max_length=LONGEST_SEARCH,
        widget=forms.SearchInput(attrs={"placeholder": "Name, number, e-mail or company"}),
    )
    stage = django_filters.ChoiceFilter(
        label="Stage", choices=LeadStage.choices, empty_label="Any stage"
    )
    source = django_filters.ChoiceFilter(
        label="Source", choices=LeadSource.choices, empty_label="Any source"
    )
    owner = django_filters.ModelChoiceFilter(
        label="Owner",
        queryset=owners_of,
        method="owned_by",
        null_label="Nobody",
        null_value=NOBODY,
        empty_label="Anybody",
    )
    age = django_filters.ChoiceFilter(
        label="Age", choices=AGES, method="aged", empty_label="Any age"
    )
    appointment = django_filters.ChoiceFilter(
        label="Has an appointment", choices=YES_NO, method="with_appointment", empty_label="Either"
    )
    do_not_call = django_filters.ChoiceFilter(
        label="Do not call", choices=YES_NO, method="left_in_peace", empty_label="Either"
    )
    wanted = django_filters.ChoiceFilter(
        label="A rep should call", choices=WANTED, method="wanted_by", empty_label="Either"
    )
    business = django_filters.CharFilter(
        method="chosen_before", max_length=20, widget=forms.HiddenInput()
    )
    sort = django_filters.ChoiceFilter(
        label="Sort", method="sorted_by", choices=tuple(ORDER_NAMES.items()), empty_label=None
    )

    class Meta:
        model = Lead
        fields = ()

    def mentioning(self, leads: LeadQuerySet, _: str, text: str) -> LeadQuerySet:
        return leads.filter(found_by(self.request.business, text))

    def owned_by(self, leads: LeadQuerySet, _: str, owner: User | str) -> LeadQuerySet:
        return (
            leads.filter(owner__isnull=True)
            if isinstance(owner, str)
            else leads.filter(owner=owner)
        )

    def aged(self, leads: LeadQuerySet, _: str, age: str) -> LeadQuerySet:
        days = 30 if age == "older" else int(age)
        since = timezone.now() - timedelta(days=days)
        return leads.filter(**{"created_at__lt" if age == "older" else "created_at__gte": since})

    def with_appointment(self, leads: LeadQuerySet, _: str, answer: str) -> LeadQuerySet:
        ahead = Appointment.objects.taking_time().filter(
            lead=OuterRef("pk"), starts_at__gt=timezone.now()
        )
        return leads.filter(Exists(ahead) if answer == "yes" else ~Exists(ahead))

    def left_in_peace(self, leads: LeadQuerySet, _: str, answer: str) -> LeadQuerySet:
        keys = barred_keys(self.request.business)
        return leads.filter(pk__in=keys) if answer == "yes" else leads.exclude(pk__in=keys)

    def wanted_by(self, leads: LeadQuerySet, _: str, when: str) -> LeadQuerySet:
        if when == "any":
            return leads.filter(wanted_at__isnull=False)
        return leads.filter(wanted_at__isnull=False, wanted_at__lte=timezone.now())

    def chosen_before(self, leads: LeadQuerySet, _: str, business: str) -> LeadQuerySet:
        return leads  # whose leads these are was decided with permission

    def sorted_by(self, leads: LeadQuerySet, _: str, order: str) -> LeadQuerySet:
        return leads  # the page sorts, since it must know where it begins


def found_by(business: Business, text: str) -> Q:
    """Leads of the business by their own words, or by a number or address of people around them."""
    query = query_for(text, find_number(text))
    if query is None:
        return Q(pk__in=())
    own = Q(words=query)
    around = Contact.objects.filter(business=business, lead__isnull=False).filter(_reached_by(text))
    keys = list(around.values_list("lead_id", flat=True)[:MOST_BY_CONTACT])
    return own | Q(pk__in=keys) if keys else own


def _reached_by(text: str) -> Q:
    number = find_number(text)
    by_number = Q(phone=number) if number else Q(pk__in=())
    return by_number | Q(email__iexact=text.strip()) | Q(name__istartswith=text.strip())


# ---------------------------------------------------------------- a page


@dataclass(frozen=True)
class Asked:
    """Whose leads are asked for, and by whom."""

    user: User
    business: Business


@dataclass(frozen=True)
class LeadList:
    """One page of the leads that a query string asks for; empty when the query is wrong."""

    query: QueryDict
    filter: LeadListFilter
    page: KeysetPage[Lead]
    business: Business

    NO_FILTERS = ("search", "sort", "business")

    @property
    def is_valid(self) -> bool:
        return bool(self.filter.form.is_valid())

    @property
    def filters_set(self) -> int:
        """How many filters are set, without the search."""
        names = (name for name in self.filter.filters if name not in self.NO_FILTERS)
        return sum(bool(self.query.get(name)) for name in names)

    def context(self) -> dict[str, Any]:
        return {
            "form": self.filter.form,
            "is_valid": self.is_valid,
            "page": self.page,
            "filters_set": self.filters_set,
            "is_filtered": bool(self.filters_set or self.query.get("search")),
            "query": self.query.urlencode(),
            "sort": sort_of(self.query),
            "business": self.business,
        }


def sort_of(query: QueryDict) -> str:
    given = query.get("sort", "")
    return given if given in ORDERS else DEFAULT_SORT


def lead_list(user: User, business: Business, query: QueryDict) -> LeadList:
    """What is wrong in the query is on the form of the list's filter."""
    chosen = matching(user, business, query)
    page: KeysetPage[Lead] = KeysetPage(())
    if chosen.form.is_valid():
        rows = with_what_a_row_shows(chosen.qs)
        cursors = {name: query.get(name, "") for name in ("after", "before")}
        page = page_of(rows, ORDERS[sort_of(query)], PAGE_SIZE, **cursors)
    mark_barred(business, page.rows)
    return LeadList(query, chosen, page, business)


def matching(user: User, business: Business, query: QueryDict) -> LeadListFilter:
    """The leads of the business that the query's filters let through, in no order."""
    leads = Lead.objects.of(business).order_by()
    return LeadListFilter(query, queryset=leads, request=Asked(user, business))


def with_what_a_row_shows(leads: LeadQuerySet) -> LeadQuerySet:
    ahead = Appointment.objects.ahead_of(timezone.now())
    shown = leads.select_related("owner", "account").defer("crm_known", "words")
    return shown.prefetch_related(Prefetch("appointments", ahead, to_attr="visits_ahead"))
