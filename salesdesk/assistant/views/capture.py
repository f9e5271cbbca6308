"""What the agent asks for: the business's fields, and a box to try them out."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import has_ability
from salesdesk.assistant.capture import fields as services
from salesdesk.assistant.capture.defaults import add_default_fields
from salesdesk.assistant.capture.facts import spec_of, today_of
from salesdesk.assistant.capture.lead import LEAD_FIELDS
from salesdesk.assistant.forms.capture import CaptureFieldForm, TryForm
from salesdesk.assistant.models import CaptureField
from salesdesk.assistant.permissions import businesses_where, get_business_for
from salesdesk.assistant.reading.result import Setting
from salesdesk.assistant.reading.shown import shown
from salesdesk.assistant.reading.values import read_value
from salesdesk.assistant.views.base import go_to, who
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound
from salesdesk.lib.htmx import wants_partial


@require_GET
def field_list(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    return _page(request, business, "list.html")


@require_http_methods(["GET", "HEAD", "POST"])
def new_field(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    if request.method != "POST":
        return _form(request, business, CaptureFieldForm())
    form = CaptureFieldForm(request.POST)
    if not form.is_valid():
        return _form(request, business, form, status=422)
    try:
        field = services.add_field(business, **form.cleaned_data)
    except Conflict as error:
        form.add_error(None, error.message)
        return _form(request, business, form, status=error.status)
    return go_to(request, _address(business), f"The agent asks for “{field.label}” from now on.")


@require_http_methods(["GET", "HEAD", "POST"])
def edit_field(request: HttpRequest, key: str) -> HttpResponse:
    business = _managed(request)
    field = _field(business, key)
    if request.method != "POST":
        return _form(request, business, CaptureFieldForm.of(field), field)
    form = CaptureFieldForm(request.POST)
    if not form.is_valid():
        return _form(request, business, form, field, status=422)
    services.change_field(field, **form.cleaned_data)
    return go_to(request, _address(business), f"“{field.label}” saved.")


@require_POST
def move_field(request: HttpRequest, key: str) -> HttpResponse:
    business = _managed(request)
    by = {"up": -1, "down": 1}.get(request.POST.get("to", ""))
    if by is None:
        raise InvalidInput("It can be moved up or down.")
    services.move_field(_field(business, key), by)
    return _list(request, business, "Moved.")


@require_POST
def set_active(request: HttpRequest, key: str) -> HttpResponse:
    """Ask for it (``active=yes``), or put it away."""
    business = _managed(request)
    field, is_active = _field(business, key), request.POST.get("active") == "yes"
    services.set_active(field, is_active)
    what = "is asked for again" if is_active else "is put away"
    return _list(request, business, f"“{field.label}” {what}.")


@require_POST
def add_defaults(request: HttpRequest) -> HttpResponse:
    business = _managed(request)
    if not add_default_fields(business):
        raise Conflict("There are fields already.")
    return go_to(request, _address(business), "These are the usual fields; change what you like.")


@require_POST
def try_field(request: HttpRequest) -> HttpResponse:
    """What a sentence would be read as. A POST, so that words stay out of addresses."""
    business = get_business_for(request.user, request.GET.get("business", ""))
    context = _context(request, business)
    form = TryForm(request.POST, fields=context["labels"])
    context |= {"try_form": form, **(_tried(business, form) if form.is_valid() else {})}
    piece = "#try" if wants_partial(request) else ""
    status = 200 if form.is_valid() else 422
    return render(request, f"assistant/capture/list.html{piece}", context, status=status)


# ---------------------------------------------------------------- helpers


def _managed(request: HttpRequest) -> Business:
    chosen = request.GET.get("business", "")
    return get_business_for(request.user, chosen, Ability.MANAGE_ASSISTANT)


def _field(business: Business, key: str) -> CaptureField:
    field = business.capture_fields.filter(key=key).first()
    if field is None:
        raise NotFound("There is no such field.")
    field.business = business
    return field


def _tried(business: Business, form: TryForm) -> dict[str, Any]:
    field = _field(business, form.cleaned_data["field"])
    setting = Setting(today_of(business))
    reading = read_value(spec_of(field), form.cleaned_data["sentence"], setting)
    value = "" if reading.problem else shown(field.type, reading.value)
    return {"reading": reading, "reading_value": value}


def _context(request: HttpRequest, business: Business) -> dict[str, Any]:
    fields = list(business.capture_fields.order_by("position", "pk"))
    labels = {field.key: field.label for field in fields}
    return {
        "business": business,
        "businesses": list(businesses_where(who(request), Ability.VIEW_ASSISTANT_LOG)),
        "rows": [(field, LEAD_FIELDS.get(field.lead_field, "").lower()) for field in fields],
        "labels": labels,
        "try_form": TryForm(fields=labels),
        "may_manage": has_ability(who(request), business.pk, Ability.MANAGE_ASSISTANT),
    }


def _page(request: HttpRequest, business: Business, template: str) -> HttpResponse:
    return render(request, f"assistant/capture/{template}", _context(request, business))


def _list(request: HttpRequest, business: Business, sentence: str) -> HttpResponse:
    """The list alone, for HTMX; for others the page, with the sentence."""
    if wants_partial(request):
        return _page(request, business, "list.html#fields")
    return go_to(request, _address(business), sentence)


def _form(
    request: HttpRequest,
    business: Business,
    form: CaptureFieldForm,
    field: CaptureField | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"business": business, "form": form, "field": field}
    return render(request, "assistant/capture/field.html", context, status=status)


def _address(business: Business) -> str:
    query = urlencode({"business": business.public_id})
    return f"{reverse('assistant:capture')}?{query}"
