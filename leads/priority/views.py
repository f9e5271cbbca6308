"""The page on which a business says what counts how much."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from leads.models import PriorityWeights
from leads.permissions import get_desk_for
from leads.priority.forms import WeightsForm
from leads.priority.pages import first_leads
from leads.priority.services import change_weights, weights_of
from leads.views.base import go_to
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.businesses.models import Business


@require_http_methods(["GET", "HEAD", "POST"])
def weights(request: HttpRequest) -> HttpResponse:
    writes = request.method == "POST"
    needed = Ability.MANAGE_CAMPAIGNS if writes else Ability.VIEW_LEADS
    business = get_desk_for(request.user, request.GET.get("business", ""), needed)
    form = WeightsForm(weights_of(business), request.POST if writes else None)
    if not form.is_valid():
        return _page(request, business, form, status=422 if form.is_bound else 200)
    change_weights(business, **form.values())
    address = f"{reverse('priority:settings')}?business={business.public_id}"
    return go_to(request, address, "Saved. Leads are put in order by this now.")


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """The first leads by weights that are not stored."""
    chosen = request.GET.get("business", "")
    business = get_desk_for(request.user, chosen, Ability.MANAGE_CAMPAIGNS)
    form = WeightsForm(weights_of(business), request.POST)
    tried = PriorityWeights(business=business, **form.values()) if form.is_valid() else None
    found = first_leads(business, tried, timezone.now()) if tried else None
    context = {"business": business, "ranked": found}
    status = 200 if tried else 422
    return render(request, "leads/priority/weights.html#first", context, status=status)


def _page(
    request: HttpRequest, business: Business, form: WeightsForm, *, status: int = 200
) -> HttpResponse:
    own = weights_of(business)
    context = {
        "business": business,
        "businesses": list(Business.objects.where(request.user, Ability.VIEW_LEADS)),
        "form": form,
        "weights": own,
        "ranked": first_leads(business, own, timezone.now()),
        "may_manage": has_ability(request.user, business.pk, Ability.MANAGE_CAMPAIGNS),
    }
    return render(request, "leads/priority/weights.html", context, status=status)
