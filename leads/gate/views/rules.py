"""How a business dials."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from leads.gate.forms import RulesForm
from leads.gate.permissions import get_gate_of
from leads.gate.reading import rules_of
from leads.gate.states import STATE_RULES
from leads.views.base import go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    ability = Ability.MANAGE_CAMPAIGNS if request.method == "POST" else Ability.VIEW_LEDGER
    business = get_gate_of(request.user, request.GET.get("business", ""), ability)
    if request.method != "POST":
        return _page(request, business, RulesForm(instance=rules_of(business)))
    form = RulesForm(request.POST, instance=rules_of(business))
    if not form.is_valid():
        return _page(request, business, form, status=422)
    form.save()
    address = f"{reverse('gate:rules')}?business={business.public_id}"
    return go_to(request, address, "Saved; it holds from the next call on.")


def _page(
    request: HttpRequest, business: Business, form: RulesForm, status: int = 200
) -> HttpResponse:
    may_change = has_ability(who(request), business.pk, Ability.MANAGE_CAMPAIGNS)
    if not may_change:
        for field in form.fields.values():
            field.disabled = True
    context = {
        "business": business,
        "businesses": Business.objects.where(who(request), Ability.VIEW_LEDGER),
        "form": form,
        "may_change": may_change,
        "states": sorted(STATE_RULES.items()),
    }
    return render(request, "gate/rules.html", context, status=status)
