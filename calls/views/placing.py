"""Placing a call by hand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from calls.dialling.placing import dial_now
from calls.forms import NewCallForm
from calls.pages import may_place_calls
from calls.views.base import who
from leads.gate.services import DialRefused
from leads.models import DialDecision
from salesdesk.lib.errors import NotAllowed, SalesdeskError
from salesdesk.lib.htmx import wants_partial


@require_http_methods(["GET", "HEAD", "POST"])
def new_call(request: HttpRequest) -> HttpResponse:
    if not may_place_calls(who(request)):
        raise NotAllowed("Your role does not allow you to place calls.")
    if request.method != "POST":
        return _page(request, NewCallForm(user=who(request), initial=_initial(request)), 200)
    form = NewCallForm(request.POST, user=who(request))
    if not form.is_valid():
        return _page(request, form, 422)
    return _place(request, form)


def _place(request: HttpRequest, form: NewCallForm) -> HttpResponse:
    values = form.cleaned_data
    try:
        call = dial_now(
            values["business"],
            values["number"],
            user=who(request),
            override_reason=values["override_reason"],
        )
    except DialRefused as refusal:
        form.offer_override(refusal.decision)
        return _page(request, form, refusal.status, refusal.decision)
    except SalesdeskError as error:
        if wants_partial(request):
            raise
        form.add_error(None, error.message)
        return _page(request, form, error.status)
    if wants_partial(request):
        return HttpResponse(headers={"HX-Redirect": reverse("calls:detail", args=[call.public_id])})
    return redirect("calls:detail", call.public_id)


def _initial(request: HttpRequest) -> dict[str, str]:
    return {"number": request.GET.get("to", ""), "business": request.GET.get("business", "")}


def _page(
    request: HttpRequest, form: NewCallForm, status: int, refused: DialDecision | None = None
) -> HttpResponse:
    template = "calls/new.html#form" if wants_partial(request) else "calls/new.html"
    return render(request, template, {"form": form, "refused": refused}, status=status)
