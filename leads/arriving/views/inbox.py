"""The queue of messages for a person, and each message as it came."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.arriving.forms.mail import BY_HAND, HandForm
from leads.arriving.mail import reading
from leads.arriving.mail.message import parse
from leads.arriving.permissions import get_business_for, get_message_for
from leads.arriving.views.base import go_to, page, who
from leads.enums import MailStatus
from leads.models import InboxMessage, Mailbox
from salesdesk.lib.errors import SalesdeskError

PAGE_SIZE = 50


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """What needs a person first; the rest by its state."""
    business = get_business_for(request.user, request.GET.get("business", ""))
    status = request.GET.get("status", MailStatus.FAILED)
    shown = status if status in MailStatus.values else MailStatus.FAILED
    messages = InboxMessage.objects.filter(business=business)
    counts = dict(messages.order_by().values_list("status").annotate(Count("pk")))
    rows = messages.filter(status=shown).defer("raw").select_related("lead").order_by("-stored_at")
    context = {
        "status": shown,
        "tabs": [(value, label, counts.get(value, 0)) for value, label in MailStatus.choices],
        "page_obj": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "mailboxes": list(Mailbox.objects.filter(business=business, is_active=True)),
    }
    return page(request, business, "inbox.html", context)


@require_GET
def message(request: HttpRequest, message_id: str) -> HttpResponse:
    return _page(request, get_message_for(request.user, message_id))


@require_GET
def original(request: HttpRequest, message_id: str) -> HttpResponse:
    """The message as it came, to be kept as a file; never shown by a browser."""
    shown = get_message_for(request.user, message_id)
    response = HttpResponse(bytes(shown.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{shown.public_id}.eml"'
    return response


@require_POST
def retry(request: HttpRequest, message_id: str) -> HttpResponse:
    shown = get_message_for(request.user, message_id)
    reading.retry(shown)
    if shown.status == MailStatus.TAKEN:
        return go_to(request, _inbox(shown), "It became a lead.")
    return go_to(request, _address(shown), f"Not yet: {shown.reason}")


@require_POST
def ignore(request: HttpRequest, message_id: str) -> HttpResponse:
    shown = get_message_for(request.user, message_id)
    reading.ignore(shown, by=who(request))
    return go_to(request, _inbox(shown), "Left aside.")


@require_POST
def reopen(request: HttpRequest, message_id: str) -> HttpResponse:
    shown = get_message_for(request.user, message_id)
    reading.reopen(shown)
    return go_to(request, _address(shown), "Back in the queue.")


@require_http_methods(["POST"])
def make_lead(request: HttpRequest, message_id: str) -> HttpResponse:
    """A lead as a person has read it."""
    shown = get_message_for(request.user, message_id)
    form = HandForm(request.POST)
    if form.is_valid():
        try:
            reading.take_by_hand(shown, form.cleaned_data, by=who(request))
        except SalesdeskError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, _inbox(shown), "It became a lead.")
    return _page(request, shown, form=form, status=422)


def _page(
    request: HttpRequest, shown: InboxMessage, *, form: HandForm | None = None, status: int = 200
) -> HttpResponse:
    mail = parse(bytes(shown.raw))
    context: dict[str, Any] = {
        "message": shown,
        "mail": mail,
        "form": form or HandForm(initial=_guess(shown)),
        "is_open": shown.status in reading.OPEN,
    }
    return page(request, shown.business, "message.html", context, status=status)


def _guess(shown: InboxMessage) -> dict[str, str]:
    """What was read out of it, for the form."""
    told = shown.values
    name = f"{told.get('first_name', '')} {told.get('last_name', '')}".strip()
    return {
        **{key: str(told[key]) for key in BY_HAND if key in told},
        **({"name": name} if name else {}),
    }


def _address(shown: InboxMessage) -> str:
    return reverse("arriving:message", args=[shown.public_id])


def _inbox(shown: InboxMessage) -> str:
    return f"{reverse('arriving:inbox')}?business={shown.business.public_id}"
