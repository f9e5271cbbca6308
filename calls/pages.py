"""What the pages of calls show: the reads behind views and live sockets.

The page of one call has its own module, :mod:`calls.call_page`."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Avg, Count, F, OuterRef, Q, QuerySet, Subquery, Value
from django.http import QueryDict
from django.utils import timezone

from calls.enums import UNDER_WAY, CallStatus
from calls.filters import ORDER_NAMES, CallFilter, business_day
from calls.models import Call, CallQuerySet, Utterance
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor
from salesdesk.businesses.models import Business
from salesdesk.lib.lists import FilteredList

PAGE_SIZE = 50
MOST_CARDS = 100
MOST_ON_OVERVIEW = 6
MOST_RECENT = 8
LONGEST_DAY = timedelta(hours=25)
UNREACHED = (CallStatus.BUSY, CallStatus.NO_ANSWER, CallStatus.CANCELED)


def visible_calls(user: Visitor) -> CallQuerySet:
    return Call.objects.where(user, Ability.VIEW_CALLS).select_related("business")


def may_place_calls(user: Visitor) -> bool:
    return Business.objects.where(user, Ability.PLACE_CALLS).active().exists()


# ---------------------------------------------------------------- overview


@dataclass(frozen=True, slots=True)
class DayInNumbers:
    """Today's calls, where today is the day at each call's business.

    ``average_seconds`` is that of completed calls, ``None`` while there are none.
    """

    started: int
    inbound: int
    outbound: int
    completed: int
    failed: int
    unreached: int
    average_seconds: float | None


def today_in_numbers(user: Visitor) -> DayInNumbers:
    now = timezone.now()
    calls = Call.objects.where(user, Ability.VIEW_CALLS).filter(started_at__gt=now - LONGEST_DAY)
    days = calls.alias(day=business_day(F("started_at")), current=business_day(Value(now)))
    today = days.filter(day=F("current"))
    completed = Q(status=CallStatus.COMPLETED)
    return DayInNumbers(
        **today.aggregate(
            started=Count("pk"),
            inbound=Count("pk", filter=Q(direction="inbound")),
            outbound=Count("pk", filter=Q(direction="outbound")),
            completed=Count("pk", filter=completed),
            failed=Count("pk", filter=Q(status=CallStatus.FAILED)),
            unreached=Count("pk", filter=Q(status__in=UNREACHED)),
            average_seconds=Avg("duration_seconds", filter=completed),
        )
    )


def recent_calls(user: Visitor) -> CallQuerySet:
    """The newest that are over."""
    return visible_calls(user).exclude(status__in=UNDER_WAY).newest_first()[:MOST_RECENT]


def numbers_context(user: Visitor) -> dict[str, Any]:
    under_way = visible_calls(user).under_way()
    return {"today": today_in_numbers(user), "under_way": under_way.count()}


def overview_context(user: Visitor) -> dict[str, Any]:
    return {
        **numbers_context(user),
        "live": live_calls(user)[:MOST_ON_OVERVIEW],
        "recent": recent_calls(user),
        "may_place": may_place_calls(user),
    }


# ---------------------------------------------------------------- the floor


def live_calls(user: Visitor) -> QuerySet[Call]:
    """Calls under way, the newest first, each with its ``last_text`` and ``last_speaker``."""
    spoken = Utterance.objects.filter(call=OuterRef("pk")).order_by("-sequence")
    return (
        visible_calls(user)
        .under_way()
        .annotate(
            last_text=Subquery(spoken.values("text")[:1]),
            last_speaker=Subquery(spoken.values("speaker")[:1]),
        )
        .newest_first()
    )


# ---------------------------------------------------------------- the list


class CallList(FilteredList[Call]):
    """A page of the calls that a query string asks for; empty when the query is wrong."""

    default_sort = "-started_at"
    order_names = ORDER_NAMES
    no_filters = ("search", "sort", "page_size")


def call_list(user: Visitor, query: QueryDict) -> CallList:
    """What is wrong in the query is on the form of the list's filter."""
    request = SimpleNamespace(user=user)
    chosen = CallFilter(query, queryset=visible_calls(user).newest_first(), request=request)
    valid = chosen.form.is_valid()
    size = chosen.form.cleaned_data.get("page_size") if valid else None
    calls = chosen.qs if valid else Call.objects.none()
    return CallList(
        query, chosen, Paginator(calls, int(size or PAGE_SIZE)).get_page(query.get("page"))
    )
