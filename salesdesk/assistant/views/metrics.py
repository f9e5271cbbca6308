"""How the agent works: the page of its figures, and the rules that watch them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.assistant.forms.metrics import AlertRuleForm
from salesdesk.assistant.metrics import alerts as services
from salesdesk.assistant.metrics.page import PERIODS, metrics_context, open_alerts
from salesdesk.assistant.models import Alert, AlertRule
from salesdesk.assistant.permissions import businesses_where, get_alert_for, get_business_for
from salesdesk.assistant.views.base import go_to, who
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, NotFound
from salesdesk.lib.htmx import wants_partial


@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    period = PERIODS.get(request.GET.get("period", "day"))
    if period is None:
        raise NotFound("There is no such period.")
    context = {
        **metrics_context(business, period, timezone.now()),
        **_common(request, business),
        "period": period,
        "periods": PERIODS.values(),
    }
    return render(request, "assistant/metrics/metrics.html", context)


@require_POST
def see_alert(request: HttpRequest, key: int) -> HttpResponse:
    alert = get_alert_for(request.user, key)
    services.mark_seen(alert, who(request))
    business = alert.rule.business
    if not wants_partial(request):
        return go_to(request, _address("metrics", business), "Marked as seen.")
    context = {**_common(request, business), "alerts": open_alerts(business)}
    return render(request, "assistant/metrics/metrics.html#alerts", context)


# ---------------------------------------------------------------- rules


@require_GET
def alert_rules(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    rules = business.alert_rules.order_by("measure", "pk")
    opened = {alert.rule_id: alert for alert in open_alerts(business)}
    past = Alert.objects.filter(rule__business=business).exclude(cleared_at=None)
    context = {
        **_common(request, business),
        "rules": [(rule, opened.get(rule.pk)) for rule in rules],
        "past": past.select_related("rule").order_by("-raised_at", "-pk")[:20],
    }
    return render(request, "assistant/metrics/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    form = AlertRuleForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, business, form, status=422 if form.is_bound else 200)
    try:
        services.add_rule(business, **form.cleaned_data)
    except Conflict as refusal:
        form.add_error(None, refusal.message)
        return _form(request, business, form, status=refusal.status)
    return go_to(request, _address("alert_rules", business), "This is watched from now on.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_rule(request: HttpRequest, key: int) -> HttpResponse:
    business = _managed(request)
    rule = _rule(business, key)
    form = AlertRuleForm.of(rule, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _form(request, business, form, rule, status=422 if form.is_bound else 200)
    services.change_rule(rule, now=timezone.now(), **form.cleaned_data)
    return go_to(request, _address("alert_rules", business), "Saved.")


@require_POST
def delete_rule(request: HttpRequest, key: int) -> HttpResponse:
    business = _managed(request)
    services.delete_rule(_rule(business, key))
    return go_to(request, _address("alert_rules", business), "The rule is gone.")


# ---------------------------------------------------------------- helpers


def _managed(request: HttpRequest) -> Business:
    chosen = request.GET.get("business", "")
    return get_business_for(request.user, chosen, Ability.MANAGE_ASSISTANT)


def _rule(business: Business, key: int) -> AlertRule:
    rule = business.alert_rules.filter(pk=key).first()
    if rule is None:
        raise NotFound("There is no such rule any more.")
    return rule


def _common(request: HttpRequest, business: Business) -> dict[str, Any]:
    return {
        "business": business,
        "businesses": list(businesses_where(who(request), Ability.VIEW_ASSISTANT_LOG)),
        "may_manage": has_ability(who(request), business.pk, Ability.MANAGE_ASSISTANT),
    }


def _form(
    request: HttpRequest,
    business: Business,
    form: AlertRuleForm,
    rule: AlertRule | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"business": business, "form": form, "rule": rule}
    return render(request, "assistant/metrics/rule.html", context, status=status)


def _address(page: str, business: Business) -> str:
    return f"{reverse(f'assistant:{page}')}?{urlencode({'business': business.public_id})}"
