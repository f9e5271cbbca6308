"""The page of Ready mode. Each action is asked for under a key, and done once.

An action answers with the part of the page that it changes, as the live socket does.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.models import ReadySession, Reservation
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.times import at_leads_clock
from leads.permissions import get_lead_for
from leads.ready import pages, services, sessions
from leads.ready.forms import OutcomeForm, RepForm
from salesdesk.accounts.enums import Ability, CallBy
from salesdesk.accounts.models import User
from salesdesk.accounts.services import change_rep, rep_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound
from salesdesk.lib.htmx import toast, trigger, wants_partial

LONGEST_IDLE = 7 * 24 * 3600
NOT_UNDER_WAY = "Say that you are ready first."


def who(request: HttpRequest) -> User:
    """The user; these pages are only for who is signed in."""
    return cast(User, request.user)


def _business(request: HttpRequest) -> Business:
    return pages.get_queue_for(who(request), request.GET.get("business", ""))


@never_cache
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    business = _business(request)
    piece = "#stage" if wants_partial(request) else ""
    context = pages.stage_context(who(request), business)
    return render(request, f"ready/page.html{piece}", context)


# ---------------------------------------------------------------- sessions


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    business = _business(request)

    def act() -> None:
        services.next_lead(sessions.start(who(request), business))

    return _act(request, business, act)


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    business = _business(request)
    return _act(request, business, lambda: sessions.pause(_session(request, business)))


@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    business = _business(request)
    return _act(request, business, lambda: sessions.stop(_session(request, business)))


@require_POST
def beat(request: HttpRequest) -> HttpResponse:
    """The page is still there; a rep who waits is given what is due by now."""
    session = sessions.session_of(who(request), _business(request))
    idle = request.POST.get("idle", "0")
    if session is not None:
        seconds = int(idle) if idle.isdecimal() and len(idle) < 8 else 0
        sessions.note_seen(session, idle_seconds=min(seconds, LONGEST_IDLE))
        services.next_lead(session)
    return HttpResponse(status=204)


@require_POST
def take(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Be ready, with this very lead: from a notification or the lead's page."""
    lead = get_lead_for(request.user, lead_id, Ability.WORK_LEADS)
    business = pages.get_queue_for(who(request), lead.business.public_id)

    def act() -> None:
        services.take_lead(sessions.start(who(request), business), lead)

    return _act(request, business, act)


# ---------------------------------------------------------------- the lead at hand


@require_POST
def skip(request: HttpRequest) -> HttpResponse:
    business = _business(request)

    def act() -> None:
        reservation = _at_hand(request, business)
        services.skip(reservation)
        services.next_lead(reservation.session)

    return _act(request, business, act)


@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """Ring the rep's phone, or hand over the link with which it dials itself."""
    business = _business(request)
    links: list[str] = []

    def act() -> None:
        reservation = _at_hand(request, business)
        if _calls_by(request, business) == CallBy.TEL:
            links.append(services.call_by_own_phone(reservation))
        else:
            services.call(reservation)

    response = _act(request, business, act)
    return trigger(response, dial={"href": links[0]}) if links and links[0] else response


@require_POST
def hang_up(request: HttpRequest) -> HttpResponse:
    """End the call under way; the outcome is waited for when the carrier says that it is over."""
    business = _business(request)
    return _act(request, business, lambda: services.hang_up(_at_hand(request, business)))


@require_POST
def outcome(request: HttpRequest) -> HttpResponse:
    business = _business(request)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        raise InvalidInput(" ".join(str(each[0]) for each in form.errors.values()))

    def act() -> None:
        reservation = _at_hand(request, business)
        _finish(reservation, form.cleaned_data)
        services.next_lead(reservation.session)

    return _act(request, business, act)


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    business = _business(request)
    return _act(request, business, lambda: services.undo(_session(request, business)))


@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Book a time that the brief offers."""
    business = _business(request)
    start = _moment(request.POST.get("start", ""))
    response = _act(request, business, lambda: services.book(_at_hand(request, business), start))
    return toast(response, "Booked.")


# ---------------------------------------------------------------- settings


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    business = _business(request)
    rep = rep_of(who(request), business.pk)
    values = {"phone": rep.phone, "call_by": rep.call_by, "sounds": rep.sounds}
    form = RepForm(request.POST or None, initial=values)
    if request.method == "POST" and form.is_valid():
        change_rep(rep, **form.cleaned_data)
        return redirect(pages.address_of(business))
    status = 422 if request.method == "POST" else 200
    context = {"form": form, "business": business, "back": pages.address_of(business)}
    return render(request, "ready/settings.html", context, status=status)


# ---------------------------------------------------------------- installing


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    response = render(request, "ready/manifest.webmanifest")
    response["Content-Type"] = "application/manifest+json"
    return response


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from where it works: it keeps the shell, and no data."""
    response = render(request, "ready/worker.js")
    response["Content-Type"] = "text/javascript"
    return response


@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """What an installed page shows when it is opened without a network."""
    return render(request, "ready/offline.html")


# ---------------------------------------------------------------- helpers


def _act(request: HttpRequest, business: Business, act: Callable[[], Any]) -> HttpResponse:
    """Do it once, and show what came of it; a page that asks again sees the same."""
    services.act_once(who(request), request.POST.get("key", ""), act)
    if not wants_partial(request):
        return redirect(pages.address_of(business))
    context = pages.stage_context(who(request), business)
    return render(request, "ready/page.html#stage", context)


def _session(request: HttpRequest, business: Business) -> ReadySession:
    session = sessions.session_of(who(request), business)
    if session is None:
        raise Conflict(NOT_UNDER_WAY)
    return session


def _at_hand(request: HttpRequest, business: Business) -> Reservation:
    """The lead that the page shows; another one than it shows is never touched."""
    held = services.current(_session(request, business))
    if held is None or held.public_id != request.POST.get("reservation", ""):
        raise Conflict("This lead is not yours any more.")
    return held


def _calls_by(request: HttpRequest, business: Business) -> CallBy:
    """As this rep does, unless the page asks for the other way."""
    if request.POST.get("by") == CallBy.TEL:
        return CallBy.TEL
    return CallBy(rep_of(who(request), business.pk).call_by)


def _finish(reservation: Reservation, values: dict[str, Any]) -> None:
    words = dispositions_of(reservation.business)
    found = [each for each in words if each.key == values["disposition"] and each.is_active]
    if not found:
        raise NotFound("There is no such outcome.")
    shown: datetime | None = values["callback_at"]
    services.finish(
        reservation,
        found[0],
        note=values["note"],
        reason=values["reason"],
        callback_at=at_leads_clock(reservation.lead, shown.replace(tzinfo=None)) if shown else None,
        callback_mine=not values["callback_any"],
    )


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput("This is no time that can be booked.")
    return moment
