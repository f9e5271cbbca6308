"""Writing to a lead from its page, and the page behind “unsubscribe” for whoever was written to."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from leads.enums import MessageChannel
from leads.messaging import opting
from leads.messaging.forms import WriteForm
from leads.messaging.links import message_of
from leads.messaging.sending import write
from leads.models import Lead
from leads.permissions import get_lead_for
from leads.views.base import address_of, go_to, who
from salesdesk.accounts.enums import Ability
from salesdesk.lib.errors import InvalidInput, SalesdeskError
from salesdesk.lib.htmx import toast, trigger, wants_partial
from salesdesk.lib.rates import count_use

HAPPENED = "lead-changed"
LOOKS_A_MINUTE, CHANGES_A_MINUTE = 60, 30


@require_POST
def send(request: HttpRequest, lead_id: str) -> HttpResponse:
    """Write to the lead; what the gate or the form refuses is said at the form."""
    lead = get_lead_for(request.user, lead_id, Ability.WORK_LEADS)
    form = WriteForm(request.POST, lead=lead)
    if not form.is_valid():
        return _panel(request, lead, form, status=422)
    try:
        _write(request, lead, form)
    except SalesdeskError as error:
        form.add_error(None, error.message)
        return _panel(request, lead, form, status=error.status)
    if not wants_partial(request):
        return go_to(request, address_of(lead), "It is on its way.")
    response = _panel(request, lead, WriteForm(lead=lead))
    trigger(response, **{HAPPENED: {"id": lead.public_id}})
    return toast(response, "It is on its way.")


def _write(request: HttpRequest, lead: Lead, form: WriteForm) -> None:
    values = form.cleaned_data
    channel = MessageChannel(values["channel"])
    write(lead, channel, values["text"], subject=values["subject"], by=who(request))


def _panel(request: HttpRequest, lead: Lead, form: WriteForm, *, status: int = 200) -> HttpResponse:
    """The form for HTMX; a browser without it is told the refusal on a page of its own."""
    if status != 200 and not wants_partial(request):
        errors = [str(error) for errors in form.errors.values() for error in errors]
        raise InvalidInput(" ".join(errors))
    context = {"lead": lead, "write_form": form}
    return render(request, "leads/_write.html#panel", context, status=status)


# ---------------------------------------------------------------- for whoever was written to


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A GET asks, since mail programs follow links by themselves; a POST does it.

    Mail programs send that POST too, without a session and from few addresses (RFC 8058, 3.2): the
    signature in the link stands for the form's secret, and presses are counted by link. Nobody is
    told more than the business and the address that the e-mail was for.
    """
    try:
        response = _unsubscribe(request, token)
    except SalesdeskError as error:
        context = {"message": error.message}
        response = render(request, "messaging/refused.html", context, status=error.status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        count_use("unsubscribe", token, most=CHANGES_A_MINUTE)
    else:
        count_use("unsubscribe-page", _address(request), most=LOOKS_A_MINUTE)
    message = message_of(token)
    if request.method == "POST":
        opting.unsubscribe(message)
    context = {
        "token": token,
        "business": message.business,
        "address": message.address,
        "is_done": opting.is_unsubscribed(message.business, message.address),
    }
    return render(request, "messaging/unsubscribe.html", context)


def _address(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))
