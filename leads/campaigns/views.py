"""The pages of campaigns."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.campaigns import audience, pages, services
from leads.campaigns.forms import CampaignForm
from leads.campaigns.permissions import businesses_where, get_business_for, get_campaign_for
from leads.models import Campaign
from leads.views.base import go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotFound, SalesdeskError
from salesdesk.lib.htmx import wants_partial

MANAGE = Ability.MANAGE_CAMPAIGNS


@require_GET
def campaign_list(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    context = {
        **pages.list_context(who(request), business),
        "businesses": list(businesses_where(request.user, Ability.VIEW_LEADS)),
    }
    return render(request, "campaigns/list.html", context)


@require_GET
def detail(request: HttpRequest, campaign_id: str) -> HttpResponse:
    campaign = get_campaign_for(request.user, campaign_id)
    context = pages.page_context(who(request), campaign, request.GET)
    piece = "#members" if wants_partial(request) else ""
    return render(request, f"campaigns/campaign.html{piece}", context)


# ---------------------------------------------------------------- making and changing


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""), MANAGE)
    if request.method != "POST":
        query = audience.plain_filter(dict(request.GET.lists()))
        return _form(request, CampaignForm(business=business), business, query)
    form = CampaignForm(request.POST, business=business)
    campaign = _saved(request, form, None)
    if campaign is None:
        return _form(request, form, business, _chosen(request.POST), status=422)
    return go_to(request, _address(campaign), "Draft saved. Nobody is called until you start it.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, campaign_id: str) -> HttpResponse:
    campaign = get_campaign_for(request.user, campaign_id, MANAGE)
    business = campaign.business
    if request.method != "POST":
        form = CampaignForm(instance=campaign, business=business)
        return _form(request, form, business, campaign.lead_filter)
    form = CampaignForm(request.POST, instance=campaign, business=business)
    stored = _saved(request, form, get_campaign_for(request.user, campaign_id, MANAGE))
    if stored is None:
        return _form(request, form, business, _chosen(request.POST), status=422)
    return go_to(request, _address(stored), "Campaign saved; it counts from now on.")


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Who would be called by what stands in the form. Nothing is stored."""
    business = get_business_for(request.user, request.GET.get("business", ""), MANAGE)
    campaign = CampaignForm(request.POST, business=business).drafted()
    context: dict[str, Any] = {"business": business}
    try:
        campaign.lead_filter = audience.checked_filter(
            business, _chosen(request.POST), who(request)
        )
        context["preview"] = audience.preview(campaign, who(request), timezone.now())
    except InvalidInput as error:
        context["problem"] = error.message
    return render(request, "campaigns/form.html#preview", context)


def _saved(request: HttpRequest, form: CampaignForm, campaign: Campaign | None) -> Campaign | None:
    """The stored campaign; nothing where it is refused, and then the form says why."""
    if not form.is_valid():
        return None
    values, chosen, by = form.values, _chosen(request.POST), who(request)
    try:
        if campaign is None:
            business = form.instance.business
            return services.create_campaign(business, by=by, lead_filter=chosen, **values)
        if campaign.status == services.DRAFT:
            values["lead_filter"] = chosen
        return services.change_campaign(campaign, by=by, **values)
    except SalesdeskError as error:
        form.add_error(None, error.message)
        return None


def _chosen(data: QueryDict) -> dict[str, list[str]]:
    """The part of the form that says which leads."""
    begin = f"{audience.PREFIX}-"
    lists = {n.removeprefix(begin): v for n, v in data.lists() if n.startswith(begin)}
    return audience.plain_filter(lists)


def _form(
    request: HttpRequest,
    form: CampaignForm,
    business: Business,
    query: audience.LeadQuery,
    *,
    status: int = 200,
) -> HttpResponse:
    chosen = audience.filter_for(business, query, who(request), prefix=audience.PREFIX)
    shown = (name for name in chosen.form.fields if name not in audience.NO_PART)
    context = {
        "form": form,
        "campaign": form.instance if form.instance.pk else None,
        "business": business,
        "businesses": list(businesses_where(request.user, MANAGE)),
        "filter_fields": [chosen.form[name] for name in shown],
    }
    piece = "#form" if wants_partial(request) else ""
    return render(request, f"campaigns/form.html{piece}", context, status=status)


# ---------------------------------------------------------------- states


def _start(campaign: Campaign, request: HttpRequest) -> Campaign:
    return services.start(campaign, by=who(request))


def _copy(campaign: Campaign, request: HttpRequest) -> Campaign:
    return services.copy_campaign(campaign, by=who(request))


ACTIONS: dict[str, tuple[Callable[[Campaign, HttpRequest], Campaign], str]] = {
    "start": (_start, "The campaign is running."),
    "pause": (lambda campaign, _: services.pause(campaign), "Paused. Calls under way go on."),
    "resume": (lambda campaign, _: services.resume(campaign), "The campaign is running again."),
    "stop": (lambda campaign, _: services.stop(campaign), "Stopped. Calls under way go on."),
    "copy": (_copy, "Copied as a draft."),
}


@require_POST
def act(request: HttpRequest, campaign_id: str, action: str) -> HttpResponse:
    """Start, pause, resume, stop or copy it."""
    campaign = get_campaign_for(request.user, campaign_id, MANAGE)
    if action not in ACTIONS:
        raise NotFound("There is no such page.")
    do, sentence = ACTIONS[action]
    return go_to(request, _address(do(campaign, request)), sentence)


@require_POST
def delete(request: HttpRequest, campaign_id: str) -> HttpResponse:
    campaign = get_campaign_for(request.user, campaign_id, MANAGE)
    services.delete_draft(campaign)
    return go_to(request, reverse("campaigns:list"), "Draft deleted.")


def _address(campaign: Campaign) -> str:
    return reverse("campaigns:campaign", args=[campaign.public_id])
