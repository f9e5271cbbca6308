"""How a business's knowledge is searched, and with which model."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from knowledge import audit, pages, upkeep
from knowledge.embeddings.change import change_model as start_change
from knowledge.forms import ModelForm, SettingsForm
from knowledge.permissions import get_knowledge_of
from knowledge.views.base import all_errors, go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.htmx import wants_partial


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        business = get_knowledge_of(request.user, request.GET.get("business", ""))
        tuned = pages.tuning_of(business)
        initial = {"top_k": tuned.top_k, "threshold": tuned.threshold}
        return _page(request, business, SettingsForm(initial=initial))
    business = _managed(request)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, business, form, status=422)
    tuned = upkeep.tune_search(business, **form.cleaned_data)
    audit.record_changed(who(request), tuned, "tuned the search")
    return go_to(request, _address_of(business), "Settings saved.")


@require_POST
def change_model(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    form = ModelForm(request.POST)
    if not form.is_valid():
        raise all_errors(form)
    change = start_change(business, form.cleaned_data["model"])
    audit.record_changed(who(request), change, "changed the embedding model")
    return go_to(request, _address_of(business), "The passages are being embedded anew.")


def _managed(request: HttpRequest) -> Business:
    business_id = request.GET.get("business", "")
    return get_knowledge_of(request.user, business_id, Ability.MANAGE_KNOWLEDGE)


def _address_of(business: Business) -> str:
    return f"{reverse('knowledge:settings')}?business={business.public_id}"


def _page(
    request: HttpRequest, business: Business, form: SettingsForm, *, status: int = 200
) -> HttpResponse:
    context = pages.settings_context(who(request), business.public_id)
    model_form = ModelForm(initial={"model": context["model"]})
    context = {**context, "form": form, "model_form": model_form}
    return render(request, f"knowledge/settings.html{_piece(request)}", context, status=status)


def _piece(request: HttpRequest) -> str:
    """What of the page is asked for: the progress of a change, the form, or all."""
    if not wants_partial(request):
        return ""
    return "#change" if request.headers.get("HX-Target") == "model-change" else "#tuning"
