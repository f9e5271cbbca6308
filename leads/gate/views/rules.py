"""How a business dials, and what its advertising tells."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from leads.gate.forms import AddressForm, RulesForm
from leads.gate.permissions import get_gate_of
from leads.gate.reading import rules_of
from leads.gate.states import STATE_RULES
from leads.views.base import go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import set_postal_address


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    ability = Ability.MANAGE_CAMPAIGNS if request.method == "POST" else Ability.VIEW_LEDGER
    business = get_gate_of(request.user, request.GET.get("business", ""), ability)
    if request.method != "POST":
        return _page(request, business)
    form = RulesForm(request.POST, instance=rules_of(business))
    if not form.is_valid():
        return _page(request, business, form=form, status=422)
    form.save()
    return go_to(request, _address(business), "Saved; it holds from the next call on.")


@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Set where the business gets its post, which advertising e-mails tell."""
    chosen = request.GET.get("business", "")
    business = get_gate_of(request.user, chosen, Ability.MANAGE_CAMPAIGNS)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _page(request, business, address_form=form, status=422)
    set_postal_address(business, form.cleaned_data["postal_address"])
    return go_to(request, _address(business), "Saved; it holds from the next e-mail on.")


def _page(
    request: HttpRequest,
    business: Business,
    *,
    form: RulesForm | None = None,
    address_form: AddressForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """With the forms as they were refused, the others as it is stored."""
    stored = {"postal_address": business.postal_address}
    context: dict[str, Any] = {
        "business": business,
        "businesses": Business.objects.where(who(request), Ability.VIEW_LEDGER),
        "form": form or RulesForm(instance=rules_of(business)),
        "address_form": address_form or AddressForm(initial=stored),
        "may_change": has_ability(who(request), business.pk, Ability.MANAGE_CAMPAIGNS),
        "states": sorted(STATE_RULES.items()),
    }
    if not context["may_change"]:
        _disable(context["form"], context["address_form"])
    return render(request, "gate/rules.html", context, status=status)


def _disable(*forms: BaseForm) -> None:
    for field in (field for form in forms for field in form.fields.values()):
        field.disabled = True


def _address(business: Business) -> str:
    return f"{reverse('gate:rules')}?business={business.public_id}"
