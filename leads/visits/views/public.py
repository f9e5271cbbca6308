"""Pages for customers, behind signed links; and calendars for programs, behind secret ones.

Nobody signs in here. A GET changes nothing, whatever follows links on its own; pages tell the
appointment and nothing else of the customer or of anybody; and all that is no good looks the same.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from itertools import groupby

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.models import TAKES_TIME, Appointment
from leads.visits import appointments, feeds, ics
from leads.visits.appointments import NotFree
from leads.visits.diaries import times_between
from leads.visits.forms import CancelForm
from leads.visits.links import appointment_of, link_of, token_of
from leads.visits.scheduling import Slot
from leads.visits.writing import when_in_words
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.rates import count_use

LOOKS_A_MINUTE, CHANGES_A_MINUTE, FEEDS_A_MINUTE = 60, 10, 30
OFFERED_DAYS = 14
MOST_DAYS, MOST_TIMES = 6, 12
CANCELED_BY_CUSTOMER = "Canceled by the customer."

View = Callable[..., HttpResponse]


def public(most: int) -> Callable[[View], View]:
    """Bounded by address, never kept by caches or search engines, and refused in a sentence."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, token: str) -> HttpResponse:
            try:
                count_use(view.__name__, _address(request), most=most)
                response = view(request, token)
            except SalesdeskError as error:
                context = {"message": error.message}
                response = render(request, "visit/refused.html", context, status=error.status)
            response["Cache-Control"] = "no-store"
            response["X-Robots-Tag"] = "noindex, nofollow"
            response["Referrer-Policy"] = "no-referrer"
            return response

        return guarded

    return wrap


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


@require_GET
@public(LOOKS_A_MINUTE)
def page(request: HttpRequest, token: str) -> HttpResponse:
    visit = appointment_of(token, timezone.now())
    return _page(request, token, visit, wants_times="times" in request.GET)


@require_POST
@public(CHANGES_A_MINUTE)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    visit = appointment_of(token, timezone.now())
    appointments.confirm(visit)
    return redirect(reverse("visit:page", args=[token]))


@require_POST
@public(CHANGES_A_MINUTE)
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    visit = appointment_of(token, timezone.now())
    form = CancelForm(request.POST)
    reason = form.cleaned_data["reason"].strip() if form.is_valid() else ""
    appointments.cancel(visit, reason=reason or CANCELED_BY_CUSTOMER)
    return redirect(reverse("visit:page", args=[token]))


@require_POST
@public(CHANGES_A_MINUTE)
def move(request: HttpRequest, token: str) -> HttpResponse:
    """To one of the times that are offered; one that is gone meanwhile brings new ones."""
    visit = appointment_of(token, timezone.now())
    start = _start(request.POST.get("start", ""))
    if start is None:
        refused = "Choose one of these times."
        return _page(request, token, visit, wants_times=True, refused=refused, status=422)
    try:
        moved = appointments.move(visit, start)
    except NotFree:
        refused = "That time has just been taken. Please choose another one."
        return _page(request, token, visit, wants_times=True, refused=refused, status=409)
    return redirect(reverse("visit:page", args=[token_of(moved)]))


@require_GET
@public(LOOKS_A_MINUTE)
def file(request: HttpRequest, token: str) -> HttpResponse:
    visit = appointment_of(token, timezone.now())
    body = ics.invitation(visit, link_of(visit))
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


@require_http_methods(["GET", "HEAD"])
@public(FEEDS_A_MINUTE)
def feed(request: HttpRequest, token: str) -> HttpResponse:
    calendar, held = feeds.read_feed(token, timezone.now())
    return HttpResponse(ics.feed(calendar, held), content_type="text/calendar; charset=utf-8")


# ---------------------------------------------------------------- helpers


def _page(
    request: HttpRequest,
    token: str,
    visit: Appointment,
    *,
    wants_times: bool,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    now, local = timezone.now(), appointments.local_start(visit)
    can_change = visit.status in TAKES_TIME and visit.starts_at > now
    context = {
        "token": token,
        "visit": visit,
        "business": visit.business,
        "when": when_in_words(local),
        "minutes": (visit.ends_at - visit.starts_at) // timedelta(minutes=1),
        "can_change": can_change,
        "is_held": visit.status in TAKES_TIME,
        "wants_times": wants_times and can_change,
        "days": offered(visit, now) if wants_times and can_change else [],
        "refused": refused,
    }
    return render(request, "visit/page.html", context, status=status)


def offered(visit: Appointment, now: datetime) -> list[tuple[datetime, list[Slot]]]:
    """The next days with free times, the present time left out; each with its first moment."""
    today = now.astimezone(visit.business.tz).date()
    last = today + timedelta(days=OFFERED_DAYS)
    free = times_between(visit.business, today, last, now, without=visit)
    others = [slot for slot in free if slot.start != visit.starts_at]
    days = [list(each) for _, each in groupby(others, lambda slot: slot.start.date())]
    return [(slots[0].start, _thinned(slots)) for slots in days[:MOST_DAYS]]


def _thinned(slots: list[Slot]) -> list[Slot]:
    """Spread over the whole day, so that nobody must scroll through every half hour."""
    return slots[:: -(-len(slots) // MOST_TIMES)]


def _start(text: str) -> datetime | None:
    try:
        start = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return start if start.tzinfo is not None else None
