"""The board of stages."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from leads.enums import LeadStage
from leads.permissions import get_desk_for, get_lead_for
from leads.pipeline.board import board_context
from leads.pipeline.services import move
from leads.views.base import who
from leads.views.forms import CLOSE_REASONS, MoveForm
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.htmx import wants_partial


@require_GET
def pipeline(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""))
    context = board_context(who(request), business, request.GET)
    if wants_partial(request):
        return render(request, "leads/pipeline.html#board", context)
    context["businesses"] = Business.objects.where(who(request), Ability.VIEW_LEADS)
    context["close_reasons"] = CLOSE_REASONS
    return render(request, "leads/pipeline.html", context)


@require_POST
def move_card(request: HttpRequest, lead_id: str) -> JsonResponse:
    """For the board's script: ``{"stage"}``, or why not as ``{"message"}``."""
    lead = get_lead_for(request.user, lead_id, Ability.MANAGE_LEADS)
    form = MoveForm(request.POST)
    if not form.is_valid():
        errors = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"message": " ".join(errors)}, status=422)
    values = form.cleaned_data
    stage, told = LeadStage(values["stage"]), {"expected": values["expected"]}
    try:
        moved = move(lead, stage, reason=values["reason"], by=who(request), **told)
    except SalesdeskError as error:
        return JsonResponse({"message": error.message}, status=error.status)
    return JsonResponse({"stage": moved.stage})
