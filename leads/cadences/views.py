"""The pages on which cadences are set up, and what a lead's page does with them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.cadences import editing, services
from leads.cadences.forms import CadenceForm, NewCadenceForm, PreviewForm, StepForm
from leads.cadences.pages import cadences_of, panel_of, preview
from leads.cadences.permissions import get_cadence_for, get_desk_for, get_step_for
from leads.cadences.usual import default_cadence
from leads.enums import StopReason
from leads.models import Cadence, CadenceStep, Lead
from leads.permissions import get_lead_for
from leads.views.base import address_of, go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound, SalesdeskError
from salesdesk.lib.htmx import toast, wants_partial

# ---------------------------------------------------------------- cadences


@require_GET
def cadence_list(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""))
    return _list(request, business, NewCadenceForm())


@require_POST
def new_cadence(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    form = NewCadenceForm(request.POST)
    if not form.is_valid():
        return _list(request, business, form, status=422)
    try:
        cadence = editing.add_cadence(business, **form.cleaned_data)
    except Conflict as refusal:
        form.add_error("name", refusal.message)
        return _list(request, business, form, status=refusal.status)
    return go_to(request, _address(cadence), "Now give it steps.")


@require_POST
def add_usual(request: HttpRequest) -> HttpResponse:
    cadence = default_cadence(_managed(request))
    return go_to(request, _address(cadence), "New leads are put into this cadence from now on.")


@require_http_methods(["GET", "HEAD", "POST"])
def cadence(request: HttpRequest, cadence_id: str) -> HttpResponse:
    writes = request.method == "POST"
    needed = Ability.MANAGE_CAMPAIGNS if writes else Ability.VIEW_LEADS
    found = get_cadence_for(request.user, cadence_id, needed)
    if not writes:
        return _page(request, found, CadenceForm(instance=found))
    form = CadenceForm(request.POST, instance=Cadence.objects.get(pk=found.pk))
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        editing.change_cadence(found, **form.cleaned_data)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return _page(request, found, form, status=refusal.status)
    return go_to(request, _address(found), "Saved.")


@require_POST
def delete(request: HttpRequest, cadence_id: str) -> HttpResponse:
    found = get_cadence_for(request.user, cadence_id, Ability.MANAGE_CAMPAIGNS)
    editing.delete_cadence(found)
    return go_to(request, _list_address(found.business), "The cadence is gone.")


@require_GET
def preview_dates(request: HttpRequest, cadence_id: str) -> HttpResponse:
    found = get_cadence_for(request.user, cadence_id)
    form = PreviewForm(found.business, request.GET)
    context = {"cadence": found, "preview_form": form, "plan": _plan(found, form)}
    status = 200 if form.is_valid() else 422
    return render(request, "leads/cadences/cadence.html#preview", context, status=status)


# ---------------------------------------------------------------- steps


@require_http_methods(["GET", "HEAD", "POST"])
def new_step(request: HttpRequest, cadence_id: str) -> HttpResponse:
    found = get_cadence_for(request.user, cadence_id, Ability.MANAGE_CAMPAIGNS)
    initial = {"wait": 30, "unit": "minutes"}
    form = StepForm(request.POST if request.method == "POST" else None, initial=initial)
    if not form.is_valid():
        return _step_page(request, found, form, status=422 if form.is_bound else 200)
    try:
        editing.add_step(found, **form.cleaned_data)
    except (Conflict, InvalidInput) as refusal:
        form.add_error(None, refusal.message)
        return _step_page(request, found, form, status=refusal.status)
    return go_to(request, _address(found), "The step is there.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_step(request: HttpRequest, cadence_id: str, key: int) -> HttpResponse:
    step = get_step_for(request.user, cadence_id, key)
    form = StepForm.of(step, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _step_page(request, step.cadence, form, step, status=status)
    editing.change_step(step, **form.cleaned_data)
    return go_to(request, _address(step.cadence), "Saved.")


@require_POST
def move_step(request: HttpRequest, cadence_id: str, key: int) -> HttpResponse:
    step = get_step_for(request.user, cadence_id, key)
    ways = {"up": -1, "down": 1}
    if request.POST.get("to") not in ways:
        raise InvalidInput("A step is moved up or down.")
    editing.move_step(step, ways[request.POST["to"]])
    return _steps(request, step.cadence, "Moved.")


@require_POST
def remove_step(request: HttpRequest, cadence_id: str, key: int) -> HttpResponse:
    step = get_step_for(request.user, cadence_id, key)
    editing.remove_step(step)
    return _steps(request, step.cadence, "The step is gone.")


# ---------------------------------------------------------------- on a lead's page


@require_POST
def change_lead(request: HttpRequest, lead_id: str, action: str) -> HttpResponse:
    """Begin, pause, resume or stop the lead's cadence."""
    lead = get_lead_for(request.user, lead_id, Ability.MANAGE_LEADS)
    try:
        sentence = _change(request, lead, action)
    except NotFound:
        raise
    except SalesdeskError as refusal:
        if not wants_partial(request):
            raise
        return toast(_panel(request, lead, status=refusal.status), refusal.message, "error")
    if not wants_partial(request):
        return go_to(request, address_of(lead), sentence)
    return toast(_panel(request, lead), sentence)


def _change(request: HttpRequest, lead: Lead, action: str) -> str:
    by = who(request)
    match action:
        case "begin":
            chosen = lead.business.cadences.filter(public_id=request.POST.get("cadence", ""))
            services.enroll(lead, chosen.first(), by=by)
            return "The cadence has begun."
        case "pause":
            services.pause(lead, by=by)
            return "The cadence is paused."
        case "resume":
            services.resume(lead, by=by)
            return "The cadence goes on."
        case "stop":
            services.stop(lead, StopReason.STAFF, by=by)
            return "The cadence is stopped."
    raise NotFound("Nothing can be done that way.")


def _panel(request: HttpRequest, lead: Lead, *, status: int = 200) -> HttpResponse:
    context = {"lead": lead, "cadence_panel": panel_of(lead, may_change=True)}
    return render(request, "leads/_cadence.html#panel", context, status=status)


# ---------------------------------------------------------------- helpers


def _managed(request: HttpRequest) -> Business:
    chosen = request.GET.get("business", "")
    return get_desk_for(request.user, chosen, Ability.MANAGE_CAMPAIGNS)


def _list(
    request: HttpRequest, business: Business, form: NewCadenceForm, *, status: int = 200
) -> HttpResponse:
    context = {
        **_common(request, business),
        "businesses": list(Business.objects.where(request.user, Ability.VIEW_LEADS)),
        "cadences": list(cadences_of(business)),
        "form": form,
    }
    return render(request, "leads/cadences/list.html", context, status=status)


def _page(
    request: HttpRequest, cadence: Cadence, form: CadenceForm, *, status: int = 200
) -> HttpResponse:
    preview_form = PreviewForm(cadence.business)
    context = {
        **_common(request, cadence.business),
        "cadence": cadence,
        "form": form,
        "preview_form": preview_form,
        "plan": _plan(cadence, preview_form),
    }
    return render(request, "leads/cadences/cadence.html", context, status=status)


def _steps(request: HttpRequest, cadence: Cadence, sentence: str) -> HttpResponse:
    if not wants_partial(request):
        return go_to(request, _address(cadence), sentence)
    form = PreviewForm(cadence.business)
    context = {
        **_common(request, cadence.business),
        "cadence": cadence,
        "plan": _plan(cadence, form),
    }
    return render(request, "leads/cadences/cadence.html#steps", context)


def _step_page(
    request: HttpRequest,
    cadence: Cadence,
    form: StepForm,
    step: CadenceStep | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"cadence": cadence, "form": form, "step": step}
    return render(request, "leads/cadences/step.html", context, status=status)


def _plan(cadence: Cadence, form: PreviewForm) -> Any:
    return preview(cadence, form.moment, form.tz)


def _common(request: HttpRequest, business: Business) -> dict[str, Any]:
    may = has_ability(request.user, business.pk, Ability.MANAGE_CAMPAIGNS)
    return {"business": business, "may_manage": may}


def _address(cadence: Cadence) -> str:
    return reverse("cadences:cadence", args=[cadence.public_id])


def _list_address(business: Business) -> str:
    return f"{reverse('cadences:list')}?business={business.public_id}"
