"""A business's channels: how they are set up, whether they work, and all that was sent."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound
from salesdesk.lib.htmx import wants_partial
from salesdesk.notifications import pages, trying
from salesdesk.notifications.delivering import attempt
from salesdesk.notifications.delivering.plan import send_soon
from salesdesk.notifications.enums import Channel
from salesdesk.notifications.forms import SlackForm
from salesdesk.notifications.models import SlackAccount
from salesdesk.notifications.permissions import (
    configurable,
    get_business_to_configure,
    get_delivery_to_configure,
)
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.views.base import go_to, who


@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    business = get_business_to_configure(request.user, request.GET.get("business", ""))
    shown = pages.delivery_list(who(request), business, request.GET)
    status = 200 if shown.is_valid else 422
    if wants_partial(request):
        context = {**shown.context(), "business": business}
        return render(request, "notifications/channels.html#results", context, status=status)
    context = _context(request, business, SlackForm.of(_account(business)))
    return render(request, "notifications/channels.html", context, status=status)


@require_POST
def connect_slack(request: HttpRequest) -> HttpResponse:
    business = get_business_to_configure(request.user, request.GET.get("business", ""))
    account = _account(business)
    form = SlackForm.of(account, request.POST)
    if not form.is_valid():
        return _invalid(request, business, form)
    values = form.cleaned_data
    try:
        accounts.connect(
            business,
            form.credentials(account),
            channel=values["channel"],
            is_direct=values["is_direct"],
        )
    except InvalidInput as refusal:
        form.add_error(None, refusal.message)
        return _invalid(request, business, form)
    return go_to(request, address_of(business), "Slack is connected. Send a test to be sure.")


@require_POST
def disconnect_slack(request: HttpRequest) -> HttpResponse:
    business = get_business_to_configure(request.user, request.GET.get("business", ""))
    accounts.disconnect(business)
    return go_to(request, address_of(business), "Slack is no longer connected.")


@require_POST
def test(request: HttpRequest, channel: str) -> HttpResponse:
    """Sends at once, to oneself, and says what came of it."""
    business = get_business_to_configure(request.user, request.GET.get("business", ""))
    if channel not in Channel.values:
        raise NotFound("There is no such channel.")
    result = trying.send_test(business, Channel(channel), who(request))
    context = {"business": business, "result": result, "channel": channel}
    if wants_partial(request):
        return render(request, "notifications/channels.html#tested", context)
    return go_to(request, address_of(business), result.sentence)


@require_POST
def retry(request: HttpRequest, delivery_id: str) -> HttpResponse:
    delivery = get_delivery_to_configure(request.user, delivery_id)
    if not attempt.try_again(delivery, timezone.now()):
        raise Conflict("Only what has failed can be tried again.")
    send_soon(delivery)
    delivery.refresh_from_db()
    if not wants_partial(request):
        return go_to(request, address_of(delivery.business), "It is tried again.")
    context = {"delivery": delivery, "business": delivery.business, "may_retry": True}
    return render(request, "notifications/channels.html#row", context)


def address_of(business: Business) -> str:
    query = urlencode({"business": business.public_id})
    return f"{reverse('notifications:channels')}?{query}"


def _account(business: Business) -> SlackAccount | None:
    return SlackAccount.objects.filter(business=business).first()


def _context(request: HttpRequest, business: Business, form: SlackForm) -> dict[str, Any]:
    shown = pages.delivery_list(who(request), business, request.GET)
    return {
        **shown.context(),
        "business": business,
        "businesses": list(configurable(request.user)),
        "slack": _account(business),
        "slack_form": form,
        "facts": trying.channel_facts(business),
        "actions_url": f"{settings.PUBLIC_URL}{reverse('slack_actions')}",
    }


def _invalid(request: HttpRequest, business: Business, form: SlackForm) -> HttpResponse:
    context = _context(request, business, form)
    return render(request, "notifications/channels.html", context, status=422)
