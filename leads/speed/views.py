"""Speed to lead: its figures, and what a business promises."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from leads.permissions import get_desk_for
from leads.speed.forms import RulesForm
from leads.speed.pages import PERIODS, speed_context
from leads.speed.services import change_rules, rules_of
from leads.views.base import go_to
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound


@require_GET
def speed(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""))
    period = request.GET.get("period", "month")
    if period not in PERIODS:
        raise NotFound("There is no such period.")
    now = timezone.now()
    context = {
        **speed_context(business, period, now),
        "business": business,
        "businesses": list(Business.objects.where(request.user, Ability.VIEW_LEADS)),
        "period": period,
        "periods": [(key, label) for key, (label, _) in PERIODS.items()],
        "rules": rules_of(business),
        "now": now,
    }
    return render(request, "leads/speed/speed.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    writes = request.method == "POST"
    needed = Ability.MANAGE_CAMPAIGNS if writes else Ability.VIEW_LEADS
    business = get_desk_for(request.user, request.GET.get("business", ""), needed)
    form = RulesForm(rules_of(business), request.POST if writes else None)
    if not form.is_valid():
        return _page(request, business, form, status=422 if form.is_bound else 200)
    change_rules(business, **form.values())
    address = f"{reverse('speed:settings')}?business={business.public_id}"
    return go_to(request, address, "Saved. This holds for leads that arrive from now on.")


def _page(
    request: HttpRequest, business: Business, form: RulesForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "business": business,
        "businesses": list(Business.objects.where(request.user, Ability.VIEW_LEADS)),
        "form": form,
        "may_manage": has_ability(request.user, business.pk, Ability.MANAGE_CAMPAIGNS),
    }
    return render(request, "leads/speed/rules.html", context, status=status)
