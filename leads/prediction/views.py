"""The page of the prediction: how good it is, on what it goes, and when it was learned."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from leads.campaigns.permissions import businesses_where, get_business_for
from leads.prediction import pages, tasks
from leads.views.base import go_to
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability


@require_GET
def prediction(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    context = {
        **pages.page_context(business),
        "business": business,
        "businesses": list(businesses_where(request.user, Ability.VIEW_LEADS)),
        "may_manage": has_ability(request.user, business.pk, Ability.MANAGE_CAMPAIGNS),
    }
    return render(request, "leads/prediction.html", context)


@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Learn now rather than tonight."""
    asked = request.POST.get("business", "")
    business = get_business_for(request.user, asked, Ability.MANAGE_CAMPAIGNS)
    tasks.train_business.delay(business.pk)
    address = f"{reverse('prediction:page')}?business={business.public_id}"
    return go_to(request, address, "It is learned anew; look again in a minute.")
