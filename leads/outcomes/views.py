"""The words from which reps choose how a conversation came out; for admins."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.models import Disposition
from leads.outcomes import words
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.forms import DispositionForm
from leads.permissions import get_leads_of
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound


@require_GET
def outcome_list(request: HttpRequest) -> HttpResponse:
    business = get_leads_of(request.user, _chosen(request))
    context = {
        "business": business,
        "dispositions": dispositions_of(business),
        "may_manage": has_ability(cast(User, request.user), business.pk, Ability.CONFIGURE),
    }
    return render(request, "outcomes/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_outcome(request: HttpRequest) -> HttpResponse:
    business = get_leads_of(request.user, _chosen(request), Ability.CONFIGURE)
    form = DispositionForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _form(request, business, form)
    try:
        words.add(business, **form.cleaned_data)
    except Conflict as error:
        form.add_error("label", error.message)
        return _form(request, business, form)
    return _back(request, business, f"“{form.cleaned_data['label']}” can be chosen from now on.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_outcome(request: HttpRequest, key: str) -> HttpResponse:
    business = get_leads_of(request.user, _chosen(request), Ability.CONFIGURE)
    disposition = _disposition(business, key)
    form = DispositionForm(request.POST or None, initial=DispositionForm.values_of(disposition))
    if request.method != "POST" or not form.is_valid():
        return _form(request, business, form, disposition)
    words.change(disposition, **form.cleaned_data)
    return _back(request, business, f"“{disposition.label}” saved.")


@require_POST
def move_outcome(request: HttpRequest, key: str) -> HttpResponse:
    business = get_leads_of(request.user, _chosen(request), Ability.CONFIGURE)
    by = {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if by is None:
        raise InvalidInput("It can be moved up or down.")
    words.move(_disposition(business, key), by)
    return redirect(_address(business))


def _chosen(request: HttpRequest) -> str:
    return request.GET.get("business", "")


def _disposition(business: Business, key: str) -> Disposition:
    found = business.dispositions.filter(key=key).first()
    if found is None:
        raise NotFound("There is no such outcome.")
    return found


def _form(
    request: HttpRequest,
    business: Business,
    form: DispositionForm,
    disposition: Disposition | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {"business": business, "form": form, "disposition": disposition}
    status = 422 if form.is_bound else 200
    return render(request, "outcomes/edit.html", context, status=status)


def _back(request: HttpRequest, business: Business, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect(_address(business))


def _address(business: Business) -> str:
    return f"{reverse('outcomes:list')}?business={business.public_id}"
