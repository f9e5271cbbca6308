"""Whom not to call: what customers and staff said, and imported lists."""

import io
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from leads.enums import SuppressionSource
from leads.gate.forms import ListForm, PeaceForm
from leads.gate.lists import Imported, delete_list, import_list
from leads.gate.permissions import get_gate_of, get_list_for
from leads.models import DoNotCallEntry, Suppression
from leads.services import find_number, suppress
from leads.views.base import go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import abilities_in
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.htmx import wants_partial

PAGE_SIZE = 50
LONGEST_SEARCH = 200


@require_GET
def do_not_call(request: HttpRequest) -> HttpResponse:
    business = _desk(request)
    return _page(request, business)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    business = _desk(request, Ability.MANAGE_LEADS)
    form = PeaceForm(request.POST)
    if not form.is_valid():
        return _page(request, business, status=422, peace_form=form)
    try:
        suppress(business, **form.cleaned_data, source=SuppressionSource.STAFF, by=who(request))
    except SalesdeskError as error:
        form.add_error(None, error.message)
        return _page(request, business, status=error.status, peace_form=form)
    return go_to(request, _address(business), "Will be left in peace from this second on.")


@require_POST
def add_list(request: HttpRequest) -> HttpResponse:
    business = _desk(request, Ability.IMPORT_LEADS)
    form = ListForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, business, status=422, list_form=form)
    values = form.cleaned_data
    lines = io.TextIOWrapper(values.pop("file").file, encoding="utf-8", errors="replace")
    try:
        imported = import_list(business, lines, **values, by=who(request))
    except SalesdeskError as error:
        form.add_error(None, error.message)
        return _page(request, business, status=error.status, list_form=form)
    return go_to(request, _address(business), _told(imported))


@require_POST
def remove_list(request: HttpRequest, list_id: str) -> HttpResponse:
    known = get_list_for(request.user, list_id)
    delete_list(known)
    return go_to(request, _address(known.business), f"“{known}” is deleted.")


def _desk(request: HttpRequest, ability: Ability = Ability.VIEW_LEADS) -> Business:
    chosen = request.GET.get("business", "")
    return get_gate_of(request.user, chosen, ability, view=Ability.VIEW_LEADS)


def _page(
    request: HttpRequest, business: Business, *, status: int = 200, **forms: Any
) -> HttpResponse:
    search = request.GET.get("search", "").replace("\0", "")[:LONGEST_SEARCH].strip()
    shown = _matching(business, search)
    abilities = abilities_in(who(request), business.pk)
    context = {
        "business": business,
        "businesses": Business.objects.where(who(request), Ability.VIEW_LEADS),
        "page_obj": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "search": search,
        "listed_on": _listed_on(business, search),
        "lists": business.do_not_call_lists.select_related("by"),
        "may_add": Ability.MANAGE_LEADS in abilities,
        "may_import": Ability.IMPORT_LEADS in abilities,
        "peace_form": PeaceForm(),
        "list_form": ListForm(),
        **forms,
    }
    piece = "#found" if wants_partial(request) and request.method == "GET" else ""
    return render(request, f"gate/do_not_call.html{piece}", context, status=status)


def _matching(business: Business, search: str) -> QuerySet[Suppression]:
    rows = business.suppressions.select_related("by", "lead").order_by("-created_at", "-pk")
    if not search:
        return rows
    number = find_number(search)
    if number:
        return rows.filter(phone=number)
    named = ("phone", "email", "company", "reason")
    return rows.filter(Q(*((f"{field}__icontains", search) for field in named), _connector=Q.OR))


def _listed_on(business: Business, search: str) -> list[str]:
    """Names of the imported lists that have the number that is searched for."""
    number = find_number(search)
    entries = DoNotCallEntry.objects.filter(phone=number, list__business=business)
    return list(entries.values_list("list__name", flat=True)) if number else []


def _told(imported: Imported) -> str:
    told = f"“{imported.into}”: {imported.taken:,} taken in."
    if not imported.unreadable:
        return told
    places = ", ".join(str(place) for place, _ in imported.problems[:5])
    return f"{told} Without a number: {imported.unreadable:,}, the first in line {places}."


def _address(business: Business) -> str:
    return f"{reverse('gate:do_not_call')}?business={business.public_id}"
