"""Settings: calendars, and the secret addresses at which programs read them."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.models import Calendar
from leads.visits import feeds
from leads.visits.appointments import add_calendar
from leads.visits.calendars import change_calendar, problem_outside
from leads.visits.forms import CalendarForm, FeedForm
from leads.visits.permissions import (
    businesses_where,
    get_business_for,
    get_calendar_for,
    get_feed_for,
)
from leads.visits.views.base import go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict


@require_GET
def calendar_list(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    live = Count("feeds", filter=Q(feeds__revoked_at=None))
    calendars = business.calendars.select_related("user").annotate(feed_count=live)
    context = {
        "business": business,
        "businesses": list(businesses_where(who(request), Ability.MANAGE_CALENDARS)),
        "calendars": calendars.order_by("-is_active", "name", "pk"),
        "here": "calendars",
    }
    return render(request, "appointments/calendars.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    form = CalendarForm(request.POST or None, business=business)
    if not form.is_valid():
        return _form(request, business, form, status=422 if form.is_bound else 200)
    given = dict(form.cleaned_data)
    calendar = add_calendar(business, given.pop("name"), **given)
    return go_to(request, _address(calendar), "Calendar added.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, calendar_id: str) -> HttpResponse:
    calendar = get_calendar_for(request.user, calendar_id)
    form = CalendarForm(request.POST or None, instance=calendar, business=calendar.business)
    if not form.is_valid():
        return _form(
            request, calendar.business, form, calendar, status=422 if form.is_bound else 200
        )
    change_calendar(calendar, **form.cleaned_data)
    return go_to(request, _address(calendar), "Saved.")


@require_POST
def check(request: HttpRequest, calendar_id: str) -> HttpResponse:
    calendar = get_calendar_for(request.user, calendar_id)
    problem = problem_outside(calendar)
    if problem:
        messages.error(request, problem)
        return go_to_quietly(request, calendar)
    return go_to(request, _address(calendar), f"{calendar.get_provider_display()} works.")


def go_to_quietly(request: HttpRequest, calendar: Calendar) -> HttpResponse:
    """Back to the calendar, whose page says what was noted."""
    return HttpResponse(status=302, headers={"Location": _address(calendar)})


@require_POST
def open_feed(request: HttpRequest, calendar_id: str) -> HttpResponse:
    """The only answer that ever shows the address."""
    calendar = get_calendar_for(request.user, calendar_id)
    form = FeedForm(request.POST)
    if not form.is_valid():
        return _page(request, calendar, {"feed_form": form}, status=422)
    try:
        _, address = feeds.open_feed(calendar, label=form.cleaned_data["label"], by=who(request))
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return _page(request, calendar, {"feed_form": form}, status=refusal.status)
    response = _page(request, calendar, {"address": address})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke_feed(request: HttpRequest, calendar_id: str, key: int) -> HttpResponse:
    feed = get_feed_for(request.user, calendar_id, key)
    feeds.revoke_feed(feed)
    return go_to(request, _address(feed.calendar), "Revoked: nobody reads it there any more.")


# ---------------------------------------------------------------- helpers


def _managed(request: HttpRequest) -> Business:
    chosen = request.GET.get("business", "")
    return get_business_for(request.user, chosen, Ability.MANAGE_CALENDARS)


def _address(calendar: Calendar) -> str:
    return reverse("calendars:edit", args=[calendar.public_id])


def _page(
    request: HttpRequest, calendar: Calendar, more: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    form = CalendarForm(instance=calendar, business=calendar.business)
    return _form(request, calendar.business, form, calendar, more, status=status)


def _form(
    request: HttpRequest,
    business: Business,
    form: CalendarForm,
    calendar: Calendar | None = None,
    more: Mapping[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "business": business,
        "form": form,
        "calendar": calendar,
        "feed_form": FeedForm(),
    }
    if calendar is not None:
        live = calendar.feeds.filter(revoked_at=None).select_related("by")
        context["feeds"] = live.order_by("pk")
    return render(request, "appointments/calendar.html", {**context, **(more or {})}, status=status)
