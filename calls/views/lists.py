"""The pages about many calls: overview, the floor, the list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from calls import pages
from calls.views.base import who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.htmx import wants_partial


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    user = who(request)
    if not Business.objects.where(user, Ability.VIEW_CALLS).exists():
        return render(request, "pages/no_business.html")
    return render(request, "calls/overview.html", pages.overview_context(user))


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    calls = pages.live_calls(who(request))[: pages.MOST_CARDS]
    context = {"calls": calls, "may_place": pages.may_place_calls(who(request))}
    return render(request, "calls/live.html", context)


@require_GET
def call_list(request: HttpRequest) -> HttpResponse:
    shown = pages.call_list(who(request), request.GET)
    template = "calls/list.html#results" if wants_partial(request) else "calls/list.html"
    context = {**shown.context(), "may_place": pages.may_place_calls(who(request))}
    return render(request, template, context, status=200 if shown.is_valid else 422)
