"""Setting up mailboxes and the rules by which their messages are read."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads.arriving.forms.mail import MailboxForm, RuleForm
from leads.arriving.mail import reading, watching
from leads.arriving.mail.imap import MailboxError
from leads.arriving.mail.message import Mail, parse
from leads.arriving.mail.rules import fits
from leads.arriving.permissions import (
    get_business_for,
    get_mailbox_for,
    get_message_for,
    get_rule_for,
)
from leads.arriving.values import IN_WORDS
from leads.arriving.views.base import go_to, page
from leads.models import InboxMessage, Mailbox, MailRule
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import SalesdeskError

MOST_TO_TRY = 30

# ---------------------------------------------------------------- mailboxes


@require_GET
def mailbox_list(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""), Ability.CONFIGURE)
    rows = list(Mailbox.objects.filter(business=business))
    return page(request, business, "mailboxes.html", {"mailboxes": rows}, ability=Ability.CONFIGURE)


@require_http_methods(["GET", "HEAD", "POST"])
def new_mailbox(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""), Ability.CONFIGURE)
    form = MailboxForm(request.POST or None)
    if request.method == "POST":
        if form.is_valid():
            try:
                added = watching.add_mailbox(business, **form.values())
            except SalesdeskError as error:
                form.add_error(None, error.message)
            else:
                told = "The mailbox is watched." if added.is_active else "Saved; it is not watched."
                return go_to(request, _list("mailboxes", business), told)
        return page(request, business, "mailbox.html", {"form": form}, status=422)
    return page(request, business, "mailbox.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def mailbox(request: HttpRequest, mailbox_id: str) -> HttpResponse:
    shown = get_mailbox_for(request.user, mailbox_id)
    if request.method != "POST":
        return _mailbox_page(request, shown, MailboxForm(instance=shown))
    form = MailboxForm(request.POST, instance=get_mailbox_for(request.user, mailbox_id))
    if form.is_valid():
        try:
            watching.change_mailbox(shown, **form.values())
        except SalesdeskError as error:
            form.add_error(None, error.message)
        else:
            return go_to(request, _list("mailboxes", shown.business), "Mailbox saved.")
    return _mailbox_page(request, shown, form, status=422)


@require_POST
def try_mailbox(request: HttpRequest, mailbox_id: str) -> HttpResponse:
    """Sign in, and say how many messages there are."""
    shown = get_mailbox_for(request.user, mailbox_id)
    address = reverse("arriving:mailbox", args=[shown.public_id])
    try:
        count = watching.try_mailbox(shown)
    except MailboxError as error:
        messages.error(request, error.message)
        return go_to(request, address)
    sentence = f"It works: {count} message{'' if count == 1 else 's'} in {shown.folder}."
    return go_to(request, address, sentence)


@require_POST
def delete_mailbox(request: HttpRequest, mailbox_id: str) -> HttpResponse:
    shown = get_mailbox_for(request.user, mailbox_id)
    business = shown.business
    shown.delete()
    return go_to(request, _list("mailboxes", business), "Mailbox deleted; its messages stay.")


def _mailbox_page(
    request: HttpRequest, shown: Mailbox, form: MailboxForm, *, status: int = 200
) -> HttpResponse:
    context = {"form": form, "mailbox": shown}
    return page(request, shown.business, "mailbox.html", context, status=status)


# ---------------------------------------------------------------- rules


@require_GET
def rule_list(request: HttpRequest) -> HttpResponse:
    business = get_business_for(request.user, request.GET.get("business", ""))
    rows = list(MailRule.objects.filter(business=business))
    return page(request, business, "rules.html", {"rules": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def new_rule(request: HttpRequest) -> HttpResponse:
    """``?message=`` begins with the sender of that message."""
    business = get_business_for(request.user, request.GET.get("business", ""))
    form = RuleForm(request.POST or None, initial=_beginning(request))
    if request.method == "POST":
        return _saved(request, business, MailRule(business=business), form)
    return _rule_page(request, business, None, form)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, key: int) -> HttpResponse:
    shown = get_rule_for(request.user, key)
    if request.method != "POST":
        return _rule_page(request, shown.business, shown, RuleForm(instance=shown))
    form = RuleForm(request.POST, instance=get_rule_for(request.user, key))
    return _saved(request, shown.business, shown, form)


@require_POST
def delete_rule(request: HttpRequest, key: int) -> HttpResponse:
    shown = get_rule_for(request.user, key)
    business = shown.business
    shown.delete()
    return go_to(request, _list("rules", business), "Rule deleted.")


def _saved(
    request: HttpRequest, business: Business, shown: MailRule, form: RuleForm
) -> HttpResponse:
    """Keep the rule; with ``try`` only say what it makes of the message that was chosen."""
    known = shown if shown.pk else None
    if not form.is_valid():
        return _rule_page(request, business, known, form, status=422)
    if "try" in request.POST:
        return _rule_page(request, business, known, form, **_tried(request, business, form))
    for name, value in form.values().items():
        setattr(shown, name, value)
    shown.save()
    return go_to(request, _list("rules", business), "Rule saved; it counts from the next message.")


def _tried(request: HttpRequest, business: Business, form: RuleForm) -> dict[str, Any]:
    messages = InboxMessage.objects.filter(business=business)
    message = messages.filter(public_id=request.POST.get("message", "")).first()
    if message is None:
        return {"problem": "Choose a message to try it on."}
    mail = parse(bytes(message.raw))
    values = form.values()
    found = reading.try_rule(values["patterns"], mail)
    told = [(IN_WORDS.get(key, key), value) for key, value in found.values.items()]
    return {"told": told, "problem": found.problem or _does_not_fit(values, mail)}


def _does_not_fit(values: dict[str, Any], mail: Mail) -> str:
    is_for_it = fits(values["sender"], values["subject"], mail)
    return "" if is_for_it else "The rule is not for this sender and subject."


def _beginning(request: HttpRequest) -> dict[str, str]:
    if not request.GET.get("message"):
        return {}
    message = get_message_for(request.user, request.GET["message"])
    domain = message.sender.partition("@")[2]
    return {"name": domain, "sender": message.sender}


def _rule_page(
    request: HttpRequest,
    business: Business,
    shown: MailRule | None,
    form: RuleForm,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    messages = InboxMessage.objects.filter(business=business).defer("raw").order_by("-pk")
    chosen = request.POST.get("message") or request.GET.get("message", "")
    context = {
        "form": form,
        "rule": shown,
        "messages": messages[:MOST_TO_TRY],
        "chosen": chosen,
        **more,
    }
    return page(request, business, "rule.html", context, status=status)


def _list(name: str, business: Business) -> str:
    return f"{reverse(f'arriving:{name}')}?business={business.public_id}"
