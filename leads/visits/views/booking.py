"""Booking by hand: a time, a lead, what it is about."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from leads.arriving.values import split_name
from leads.enums import LeadSource
from leads.lists import found_by
from leads.models import Appointment, Lead
from leads.permissions import get_lead_for
from leads.services import create_lead, find_number
from leads.visits import appointments
from leads.visits.forms import BookForm
from leads.visits.permissions import get_business_for
from leads.visits.views.base import go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound
from salesdesk.lib.htmx import toast, trigger, wants_partial

MOST_FOUND = 8
SHORTEST_SEARCH = 2
LONGEST_SEARCH = 100


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    chosen = request.GET.get("business", "")
    business = get_business_for(request.user, chosen, Ability.MANAGE_LEADS)
    if request.method != "POST":
        return _form(request, business, BookForm(initial=_initial(request), business=business))
    form = BookForm(request.POST, business=business)
    if not form.is_valid():
        return _form(request, business, form, status=422)
    try:
        booked = _booked(request, business, form.cleaned_data)
    except (Conflict, InvalidInput, NotFound) as refusal:
        form.add_error(None, refusal.message)
        return _form(request, business, form, status=refusal.status)
    return _done(request, booked)


@transaction.atomic
def _booked(request: HttpRequest, business: Business, given: dict[str, Any]) -> Appointment:
    """Who is new is kept only if the time is booked."""
    lead = _lead(request, business, given)
    return appointments.book(
        lead,
        given["start"],
        purpose=given["purpose"],
        address=given["address"],
        note=given["note"],
        calendar=given["calendar"],
        minutes=given["minutes"] or 0,
        by=who(request),
    )


def _lead(request: HttpRequest, business: Business, given: dict[str, Any]) -> Lead:
    if not given["lead"]:
        first, last = split_name(given["new_name"])
        told = {"first_name": first, "last_name": last, "phone": given["new_phone"]}
        return create_lead(business, source=LeadSource.MANUAL, by=who(request), **told)
    lead = get_lead_for(request.user, given["lead"], Ability.MANAGE_LEADS)
    if lead.business_id != business.pk:
        raise NotFound("There is no such lead, or not for you.")
    return lead


def _done(request: HttpRequest, booked: Appointment) -> HttpResponse:
    local = appointments.local_start(booked)
    sentence = f"Booked: {local:%A, %B} {local.day} at {local:%H:%M}, {booked.calendar}."
    own_page = reverse("appointments:new")
    if not wants_partial(request) or is_on(request, own_page):
        return go_to(request, reverse("appointments:detail", args=[booked.public_id]), sentence)
    events = {"dialog:close": "visit-dialog", "visits:changed": True}
    return trigger(toast(HttpResponse(status=204), sentence), **events)


@require_GET
def find_leads(request: HttpRequest) -> HttpResponse:
    """Leads to choose from, as their name or number is typed."""
    chosen = request.GET.get("business", "")
    business = get_business_for(request.user, chosen, Ability.MANAGE_LEADS)
    words = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    is_searched = len(words) >= SHORTEST_SEARCH
    found = _found(business, words) if is_searched else []
    form = BookForm(initial={} if found else _named(words), business=business)
    context = {"found": found, "is_searched": is_searched, "form": form}
    return render(request, "appointments/book.html#leads", context)


def _found(business: Business, words: str) -> list[Lead]:
    leads = Lead.objects.of(business).filter(found_by(business, words))
    return list(leads.order_by("-created_at", "-pk")[:MOST_FOUND])


def _named(words: str) -> dict[str, str]:
    """The words as a number where they look like one, else as a name."""
    return {"new_phone" if find_number(words) else "new_name": words}


def is_on(request: HttpRequest, path: str) -> bool:
    """Whether the browser shows the page with this path."""
    return urlsplit(request.headers.get("HX-Current-URL", "")).path == path


def _initial(request: HttpRequest) -> dict[str, Any]:
    """``?start=2026-11-24T15:00&calendar=…&lead=…``, as the grid and a lead's page link here."""
    given = request.GET
    initial: dict[str, Any] = {"calendar": given.get("calendar", "")}
    if given.get("minutes", "").isdecimal():
        initial["minutes"] = given["minutes"][:4]
    try:
        start = datetime.fromisoformat(given.get("start", ""))
    except ValueError:
        return initial
    return {**initial, "day": start.date(), "clock": start.time()}


def _form(
    request: HttpRequest, business: Business, form: BookForm, *, status: int = 200
) -> HttpResponse:
    key = form["lead"].value() or request.GET.get("lead", "")
    lead = Lead.objects.of(business).filter(public_id=key).first() if key else None
    context = {"form": form, "business": business, "lead": lead}
    piece = "#form" if wants_partial(request) else ""
    return render(request, f"appointments/book.html{piece}", context, status=status)
