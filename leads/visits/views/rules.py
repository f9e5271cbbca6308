"""Settings: what customers are told of their appointments, when, and in which words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from leads.enums import MessageChannel, VisitNews
from leads.visits import planning, wordings
from leads.visits.forms import RulesForm, WordsForm
from leads.visits.permissions import businesses_where, get_business_for
from leads.visits.views.base import go_to, who
from leads.visits.writing import EXAMPLE, USUAL, VARIABLES, Words, filled
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound
from salesdesk.lib.htmx import wants_partial


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    form = RulesForm(request.POST or None, instance=planning.rules_of(business))
    if form.is_valid():
        wordings.change_rules(business, **form.cleaned_data)
        return go_to(request, _address(business), "Saved; it holds for what is booked from now on.")
    context = {
        "business": business,
        "businesses": list(businesses_where(who(request), Ability.MANAGE_CALENDARS)),
        "form": form,
        "templates": list(wordings.all_words(business)),
        "here": "rules",
    }
    status = 422 if form.is_bound else 200
    return render(request, "appointments/rules.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: HttpRequest, kind: str, channel: str) -> HttpResponse:
    """One template. With ``preview`` it is filled in and shown, and nothing is stored."""
    business = _managed(request)
    which = _which(kind, channel)
    data = request.POST if request.method == "POST" else None
    initial = wordings.stored_words(business, *which)
    form = WordsForm(data, initial=initial, kind=which[0], channel=which[1])
    if form.is_bound and wants_partial(request):
        return _preview(request, form)
    if not form.is_valid():
        return _page(request, business, form, which, status=422 if form.is_bound else 200)
    wordings.set_words(business, *which, **form.cleaned_data)
    return go_to(request, _address(business), "Saved.")


@require_POST
def usual_words(request: HttpRequest, kind: str, channel: str) -> HttpResponse:
    business = _managed(request)
    wordings.forget_words(business, *_which(kind, channel))
    return go_to(request, _address(business), "The usual words are sent again.")


# ---------------------------------------------------------------- helpers


def _managed(request: HttpRequest) -> Business:
    chosen = request.GET.get("business", "")
    return get_business_for(request.user, chosen, Ability.MANAGE_CALENDARS)


def _which(kind: str, channel: str) -> tuple[VisitNews, MessageChannel]:
    try:
        return VisitNews(kind), MessageChannel(channel)
    except ValueError:
        raise NotFound("There is no such message.") from None


def _address(business: Business) -> str:
    return f"{reverse('visit_rules:rules')}?business={business.public_id}"


def _preview(request: HttpRequest, form: WordsForm) -> HttpResponse:
    status = 200 if form.is_valid() else 422
    return render(request, "appointments/words.html#preview", _shown(form), status=status)


def _shown(form: WordsForm) -> dict[str, Any]:
    given = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    shown = filled(Words(given.get("text", ""), given.get("subject", "")), EXAMPLE)
    return {"form": form, "shown": shown}


def _page(
    request: HttpRequest,
    business: Business,
    form: WordsForm,
    which: tuple[VisitNews, MessageChannel],
    *,
    status: int,
) -> HttpResponse:
    kind, channel = which
    context = {
        **_shown(form),
        "business": business,
        "kind": kind,
        "channel": channel,
        "variables": VARIABLES.items(),
        "is_own": business.visit_templates.filter(kind=kind, channel=channel).exists(),
        "usual": USUAL[which],
    }
    return render(request, "appointments/words.html", context, status=status)
