"""One appointment: its card, and everything that changes it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from leads.enums import AppointmentStatus
from leads.models import TAKES_TIME, Appointment, Calendar
from leads.permissions import get_appointment_for
from leads.visits import appointments
from leads.visits.forms import CancelForm, MoveForm, PlaceForm
from leads.visits.views.base import go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound, SalesdeskError
from salesdesk.lib.htmx import toast, trigger, wants_partial

CLOSED = {"done": AppointmentStatus.DONE, "missed": AppointmentStatus.MISSED}


@require_GET
def detail(request: HttpRequest, visit_id: str) -> HttpResponse:
    return _card(request, get_appointment_for(request.user, visit_id))


@require_POST
def place(request: HttpRequest, visit_id: str) -> HttpResponse:
    """Where it was dropped in the grid, or how far it was drawn out; answered in JSON."""
    visit = get_appointment_for(request.user, visit_id, Ability.MANAGE_LEADS)
    form = PlaceForm(request.POST, zone=visit.business.tz)
    if not form.is_valid():
        sentence = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return JsonResponse({"message": sentence}, status=422)
    try:
        placed = _placed(visit, form.cleaned_data, request)
    except SalesdeskError as error:
        return JsonResponse({"message": error.message}, status=error.status)
    return JsonResponse({"message": _now_at(placed), "calendar": placed.calendar.public_id})


def _placed(visit: Appointment, given: dict[str, Any], request: HttpRequest) -> Appointment:
    length = timedelta(minutes=given["minutes"] or 0)
    if given["start"] == visit.starts_at and length and not given["calendar"]:
        return appointments.resize(visit, given["minutes"], by=who(request))
    calendar = _calendar(visit, given["calendar"])
    return appointments.move(visit, given["start"], calendar=calendar, by=who(request))


def _calendar(visit: Appointment, public_id: str) -> Calendar | None:
    if not public_id:
        return visit.calendar
    found = visit.business.calendars.filter(public_id=public_id).first()
    if found is None:
        raise NotFound("There is no such calendar.")
    return found


@require_POST
def move(request: HttpRequest, visit_id: str) -> HttpResponse:
    """The same by a form, for keyboards and phones."""
    visit = get_appointment_for(request.user, visit_id, Ability.MANAGE_LEADS)
    form = MoveForm(request.POST, business=visit.business)
    if not form.is_valid():
        return _card(request, visit, move_form=form, status=422)
    try:
        moved = _moved(visit, form.cleaned_data, request)
    except (Conflict, InvalidInput) as refusal:
        form.add_error(None, refusal.message)
        return _card(request, visit, move_form=form, status=refusal.status)
    return _changed(request, moved, _now_at(moved))


@transaction.atomic
def _moved(visit: Appointment, given: dict[str, Any], request: HttpRequest) -> Appointment:
    """Both or neither: what does not fit at its new length stays where it was."""
    moved = appointments.move(
        visit, given["start"], calendar=given["calendar"] or None, by=who(request)
    )
    if given["minutes"]:
        return appointments.resize(moved, given["minutes"], by=who(request))
    return moved


@require_POST
def confirm(request: HttpRequest, visit_id: str) -> HttpResponse:
    visit = get_appointment_for(request.user, visit_id, Ability.MANAGE_LEADS)
    return _changed(request, appointments.confirm(visit, by=who(request)), "Confirmed.")


@require_POST
def close(request: HttpRequest, visit_id: str, how: str) -> HttpResponse:
    visit = get_appointment_for(request.user, visit_id, Ability.MANAGE_LEADS)
    if how not in CLOSED:
        raise NotFound("There is no such answer.")
    closed = appointments.close(visit, CLOSED[how], by=who(request))
    return _changed(request, closed, f"Noted: {closed.get_status_display().lower()}.")


@require_POST
def cancel(request: HttpRequest, visit_id: str) -> HttpResponse:
    visit = get_appointment_for(request.user, visit_id, Ability.MANAGE_LEADS)
    form = CancelForm(request.POST)
    if not form.is_valid():
        return _card(request, visit, cancel_form=form, status=422)
    canceled = appointments.cancel(visit, reason=form.cleaned_data["reason"], by=who(request))
    return _changed(request, canceled, "Canceled; the time is free again.")


# ---------------------------------------------------------------- helpers


def _now_at(visit: Appointment) -> str:
    local = appointments.local_start(visit)
    return f"Now on {local:%A, %B} {local.day} at {local:%H:%M}, {visit.calendar}."


def _changed(request: HttpRequest, visit: Appointment, sentence: str) -> HttpResponse:
    if not wants_partial(request):
        return go_to(request, reverse("appointments:detail", args=[visit.public_id]), sentence)
    changed = get_appointment_for(request.user, visit.public_id)
    return trigger(toast(_card(request, changed), sentence), **{"visits:changed": True})


def _card(
    request: HttpRequest,
    visit: Appointment,
    *,
    move_form: forms.Form | None = None,
    cancel_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    now, local = timezone.now(), appointments.local_start(visit)
    piece = "#card" if wants_partial(request) else ""
    context = {
        "visit": visit,
        "business": visit.business,
        "messages_sent": visit.messages.order_by("due_at", "pk"),
        "may_manage": has_ability(who(request), visit.business_id, Ability.MANAGE_LEADS),
        "is_open": visit.status in TAKES_TIME,
        "is_ahead": visit.starts_at > now,
        "minutes": (visit.ends_at - visit.starts_at) // timedelta(minutes=1),
        "move_form": move_form or MoveForm(initial=_initial(visit, local), business=visit.business),
        "cancel_form": cancel_form or CancelForm(),
    }
    return render(request, f"appointments/visit.html{piece}", context, status=status)


def _initial(visit: Appointment, local: Any) -> dict[str, Any]:
    length = visit.ends_at - visit.starts_at
    return {
        "day": local.date(),
        "clock": local.time(),
        "minutes": length // timedelta(minutes=1),
        "calendar": visit.calendar.public_id,
    }
