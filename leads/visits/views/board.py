"""The page of appointments: grid, list, and what the grid asks for."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from leads.visits.board import (
    MOST_DAYS,
    Board,
    busy_events,
    events,
    list_context,
    outside_of,
    page_context,
    today_context,
)
from leads.visits.views.base import who
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.htmx import wants_partial


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    shown = Board.of(who(request), request.GET, timezone.now())
    if not wants_partial(request):
        return render(request, "appointments/board.html", page_context(shown))
    context = {**list_context(shown), **today_context(shown)}
    return render(request, "appointments/board.html#list", context)


@require_GET
def grid_events(request: HttpRequest) -> HttpResponse:
    """JSON for the grid, whose times have no zone: they are those of the business.

    ``outside=1``: when calendars outside are busy, which may take seconds, and so comes apart.
    """
    shown = Board.of(who(request), request.GET, timezone.now())
    first = _day(request.GET.get("start", ""))
    last = _day(request.GET.get("end", "")) - timedelta(days=1)
    if not 0 <= (last - first).days <= MOST_DAYS:
        raise InvalidInput(f"Ask for one to {MOST_DAYS} days.")
    read = busy_events if request.GET.get("outside") else events
    told: list[dict[str, Any]] = read(shown, first, last)
    response = JsonResponse(told, safe=False)
    response["Cache-Control"] = "no-store"
    return response


def _day(text: str) -> date:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or not 2000 <= moment.year < 3000:
        raise InvalidInput("Say from when to when.")
    return moment.date()


@require_GET
def outside(request: HttpRequest) -> HttpResponse:
    """Which calendars outside do not answer, and why."""
    shown = Board.of(who(request), request.GET, timezone.now())
    errors = outside_of(shown).errors
    silent = [(each, errors[each.pk].message) for each in shown.calendars if each.pk in errors]
    return render(request, "appointments/board.html#outside", {"silent": silent})
