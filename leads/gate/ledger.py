"""The ledger for people: pages of it, and all of it as a file."""

import json
from collections.abc import Iterator

from django.core.paginator import Paginator
from django.http import QueryDict

from leads.arriving.tables import csv_lines
from leads.gate.filters import LedgerFilter
from leads.models import DialDecision, DialDecisionQuerySet
from salesdesk.businesses.models import Business
from salesdesk.lib.lists import FilteredList

PAGE_SIZE = 50
ROWS_AT_ONCE = 1000
COLUMNS = (
    "Id",
    "Time (UTC)",
    "How",
    "Number",
    "Address",
    "Calling number",
    "Lead",
    "User",
    "Campaign",
    "Allowed",
    "Overridden",
    "Override reason",
    "Reasons",
    "In words",
    "Facts",
)


class Ledger(FilteredList[DialDecision]):
    """A page of the lines that a query string asks for; empty when the query is wrong."""

    default_sort = "-at"
    order_names = {"-at": "Newest first"}  # noqa: RUF012  # as its base says
    no_filters = ("search", "business")


def ledger_of(business: Business, query: QueryDict) -> Ledger:
    """What is wrong in the query is on the form of the list's filter."""
    chosen = LedgerFilter(query, queryset=lines_of(business))
    lines = chosen.qs if chosen.form.is_valid() else DialDecision.objects.none()
    return Ledger(query, chosen, Paginator(lines, PAGE_SIZE).get_page(query.get("page")))


def lines_of(business: Business) -> DialDecisionQuerySet:
    lines: DialDecisionQuerySet = DialDecision.objects.filter(business=business)
    return lines.select_related("lead").newest_first()


def as_csv(lines: DialDecisionQuerySet) -> Iterator[str]:
    """The lines of a CSV file, each read when it is asked for."""
    return csv_lines(_rows(lines))


def _rows(lines: DialDecisionQuerySet) -> Iterator[list[str]]:
    yield list(COLUMNS)
    for line in lines.iterator(chunk_size=ROWS_AT_ONCE):
        yield [
            line.public_id,
            line.at.isoformat(timespec="milliseconds"),
            line.kind,
            line.phone,
            line.email,
            line.caller,
            line.lead_name,
            line.user_name,
            line.campaign,
            "yes" if line.allowed else "no",
            "yes" if line.overridden else "no",
            line.override_reason,
            " ".join(line.reasons),
            " ".join(line.sentences),
            json.dumps(line.facts, sort_keys=True),
        ]
