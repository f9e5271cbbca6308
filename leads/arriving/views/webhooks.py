"""The address to which programs send leads, and the pages on which it is set up."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.arriving import webhooks
from leads.arriving.forms.webhooks import EndpointForm, MappingForm
from leads.arriving.permissions import get_business_for, get_endpoint_for
from leads.arriving.values import IN_WORDS
from leads.arriving.views.base import go_to, page
from leads.models import WebhookEndpoint
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import Conflict, NotFound, SalesdeskError
from salesdesk.lib.htmx import wants_partial

PAGE_SIZE = 20


@csrf_exempt  # signed by a secret instead
@require_POST
def receive(request: HttpRequest, endpoint_id: str) -> JsonResponse:
    """Programs send leads here; what they are told is JSON."""
    endpoint = (
        WebhookEndpoint.objects.select_related("business").filter(public_id=endpoint_id).first()
    )
    if endpoint is None:
        return _told(404, "not_found", "There is no such endpoint.")
    if not endpoint.is_active or not endpoint.business.is_active:
        return _told(410, "gone", "This endpoint is not in use.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > webhooks.LARGEST_BODY:
        return _told(413, "too_large", "256 kB at most.")
    answer = webhooks.receive(
        endpoint,
        request.body,
        request.headers.get("Salesdesk-Signature", ""),
        request.headers.get("Salesdesk-Delivery", ""),
    )
    return JsonResponse(answer.told, status=answer.status)


def _told(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


# ---------------------------------------------------------------- pages


@require_http_methods(["GET", "HEAD", "POST"])
def endpoint_list(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""), Ability.CONFIGURE)
    form = EndpointForm(request.POST or None, initial={"is_active": True})
    if request.method == "POST" and form.is_valid():
        endpoint, secret = webhooks.add_endpoint(business, form.cleaned_data["name"])
        return _page(request, endpoint, secret=secret)
    context = {"form": form, "endpoints": list(WebhookEndpoint.objects.filter(business=business))}
    status = 422 if request.method == "POST" else 200
    return page(
        request, business, "webhooks.html", context, ability=Ability.CONFIGURE, status=status
    )


@require_GET
def endpoint(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    return _page(request, get_endpoint_for(request.user, endpoint_id))


@require_POST
def change(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    shown = get_endpoint_for(request.user, endpoint_id)
    form = EndpointForm(request.POST, instance=shown)
    if not form.is_valid():
        return _page(request, get_endpoint_for(request.user, endpoint_id), status=422, form=form)
    form.save()
    return go_to(request, _address(shown), "Saved.")


@require_POST
def rotate(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    shown = get_endpoint_for(request.user, endpoint_id)
    return _page(request, shown, secret=webhooks.rotate_secret(shown))


@require_POST
def mapping(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """Keep the paths; with ``try`` only say what they make of the example."""
    shown = get_endpoint_for(request.user, endpoint_id)
    form = MappingForm(request.POST, endpoint=shown)
    if not form.is_valid():
        return _page(request, shown, status=422, mapping_form=form)
    if "try" in request.POST:
        return _tried(request, shown, form)
    webhooks.change_mapping(shown, form.mapping())
    return go_to(request, _address(shown), "Saved; it counts from the next delivery.")


def _tried(request: HttpRequest, shown: WebhookEndpoint, form: MappingForm) -> HttpResponse:
    context: dict[str, Any] = {"mapping_form": form}
    try:
        told = webhooks.tried(form.mapping(), form.cleaned_data["example"])
        context["told"] = [(IN_WORDS.get(key, key), value) for key, value in told.items()]
    except SalesdeskError as error:
        context["problem"] = error.message
    return _page(request, shown, **context)


@require_POST
def again(request: HttpRequest, endpoint_id: str, key: int) -> HttpResponse:
    """Take a delivery that failed again, by the mapping as it is now."""
    shown = get_endpoint_for(request.user, endpoint_id)
    delivery = shown.deliveries.select_related("endpoint__business").filter(pk=key).first()
    if delivery is None or not delivery.signature:
        raise NotFound("There is no such delivery.")
    if delivery.lead is not None:
        raise Conflict("It was taken already.")
    answer = webhooks.take(delivery)
    if answer.status >= 400:
        messages.error(request, answer.told["error"]["message"])
        return go_to(request, _address(shown))
    return go_to(request, _address(shown), "It became a lead.")


@require_POST
def delete(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    shown = get_endpoint_for(request.user, endpoint_id)
    where = f"{reverse('arriving:webhooks')}?business={shown.business.public_id}"
    shown.delete()
    return go_to(request, where, "Deleted; the leads that it brought stay.")


def _page(
    request: HttpRequest, shown: WebhookEndpoint, *, status: int = 200, **more: Any
) -> HttpResponse:
    deliveries = shown.deliveries.select_related("lead").order_by("-pk")
    last = deliveries.exclude(body="").first()
    context = {
        "endpoint": shown,
        "address": settings.PUBLIC_URL + reverse("lead_webhook", args=[shown.public_id]),
        "form": EndpointForm(instance=shown),
        "mapping_form": MappingForm(
            endpoint=shown, initial={"example": last.body if last else EXAMPLE}
        ),
        "page_obj": Paginator(deliveries, PAGE_SIZE).get_page(request.GET.get("page")),
        **more,
    }
    return page(
        request,
        shown.business,
        "webhook.html",
        context,
        partial="mapping" if wants_partial(request) else "",
        ability=Ability.CONFIGURE,
        status=status,
    )


EXAMPLE = json.dumps(
    {"id": "17", "name": "Maria Lopez", "phone": "(415) 555-0199", "message": "A quote, please."},
    indent=2,
)


def _address(shown: WebhookEndpoint) -> str:
    return reverse("arriving:webhook", args=[shown.public_id])
