"""Companies, and the people around them: their list, their pages, and what is done there."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from leads import contacts
from leads.account_page import account_context, account_list
from leads.enums import SuppressionSource
from leads.models import Account, Contact
from leads.permissions import get_account_for, get_contact_for, get_desk_for
from leads.services import suppress
from leads.views.base import address_of, go_to, refused, who
from leads.views.forms import AccountContactForm, AccountDetailsForm, ContactForm, SuppressForm
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import abilities_in, has_ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, SalesdeskError

MANAGE = Ability.MANAGE_LEADS


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""))
    search = request.GET.get("search", "")
    context = {
        "page": account_list(business, search, request.GET.get("page", "")),
        "search": search,
        "business": business,
        "businesses": Business.objects.where(who(request), Ability.VIEW_LEADS).order_by("name"),
        "may_manage": has_ability(who(request), business.pk, MANAGE),
    }
    return render(request, "leads/accounts/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    business = get_desk_for(request.user, request.GET.get("business", ""), MANAGE)
    form = AccountDetailsForm(request.POST if request.method == "POST" else None)
    made: list[Account] = []
    if _done(form, lambda: made.append(contacts.create_account(business, **form.cleaned_data))):
        return go_to(request, page_of(made[0]), f"{made[0]} is an account now.")
    context = {"form": form, "business": business}
    status = 422 if form.is_bound else 200
    return render(request, "leads/accounts/new.html", context, status=status)


@require_GET
def account(request: HttpRequest, account_id: str) -> HttpResponse:
    shown = get_account_for(request.user, account_id)
    return _page(request, shown)


@require_POST
def edit(request: HttpRequest, account_id: str) -> HttpResponse:
    shown = get_account_for(request.user, account_id, MANAGE)
    form = AccountDetailsForm(request.POST)
    changed = _done(
        form, lambda: contacts.update_account(shown, by=who(request), **form.cleaned_data)
    )
    if changed:
        return go_to(request, page_of(shown), _saved(shown, form.cleaned_data["name"]))
    return _page(request, shown, form=form)


def _saved(account: Account, name: str) -> str:
    """The account as it was, and its name by now."""
    is_in_peace = contacts.entry_of_company(account.business, name) is not None
    if name != account.name and is_in_peace:
        return f"Saved. Nobody there is contacted by the name “{name}” either."
    return "Saved."


@require_POST
def remove(request: HttpRequest, account_id: str) -> HttpResponse:
    shown = get_account_for(request.user, account_id, MANAGE)
    contacts.delete_account(shown)
    address = f"{reverse('leads:accounts')}?business={shown.business.public_id}"
    return go_to(request, address, f"{shown} was taken away.")


@require_POST
def never_call(request: HttpRequest, account_id: str) -> HttpResponse:
    """Nobody at the company is contacted again."""
    shown = get_account_for(request.user, account_id, MANAGE)
    form = SuppressForm(request.POST)
    if not form.is_valid():
        raise InvalidInput("A reason has 300 characters at most.")
    suppress(
        shown.business,
        company=shown.name,
        reason=form.cleaned_data["reason"],
        source=SuppressionSource.STAFF,
        by=who(request),
    )
    return go_to(request, page_of(shown), "Nobody there is contacted from now on.")


# ---------------------------------------------------------------- people


@require_POST
def add_contact(request: HttpRequest, account_id: str) -> HttpResponse:
    shown = get_account_for(request.user, account_id, MANAGE)
    form = AccountContactForm(request.POST, auto_id="contact_%s")
    if _done(form, lambda: contacts.add_contact(shown, by=who(request), **form.values())):
        return go_to(request, page_of(shown), "Added.")
    return _page(request, shown, contact_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_contact(request: HttpRequest, contact_id: str) -> HttpResponse:
    """Of a lead or an account."""
    contact = get_contact_for(request.user, contact_id, MANAGE)
    initial = {name: getattr(contact, name) for name in contacts.CONTACT_FIELDS}
    form_class = ContactForm if contact.lead else AccountContactForm
    form = form_class(request.POST if request.method == "POST" else None, initial=initial)
    back = _home_of(contact)
    if _done(form, lambda: contacts.update_contact(contact, by=who(request), **form.values())):
        return go_to(request, back, "Saved.")
    context = {"form": form, "contact": contact, "back": back}
    status = 422 if form.is_bound else 200
    return render(request, "leads/accounts/contact.html", context, status=status)


@require_POST
def remove_contact(request: HttpRequest, contact_id: str) -> HttpResponse:
    contact = get_contact_for(request.user, contact_id, MANAGE)
    back = _home_of(contact)
    contacts.remove_contact(contact, by=who(request))
    return go_to(request, back, "Taken away.")


# ---------------------------------------------------------------- helpers


def page_of(account: Account) -> str:
    return reverse("leads:account_page", args=[account.public_id])


def _home_of(contact: Contact) -> str:
    """The page on which the contact stands."""
    if contact.lead is not None:
        return address_of(contact.lead)
    assert contact.account is not None, "a contact is somebody's"
    return page_of(contact.account)


def _page(request: HttpRequest, shown: Account, **bound: forms.Form) -> HttpResponse:
    """The page of the account; with a form that was refused, status 422."""
    context = {
        **account_context(who(request), shown),
        "may_manage": MANAGE in abilities_in(who(request), shown.business_id),
        **bound,
    }
    return render(request, "leads/accounts/account.html", context, status=422 if bound else 200)


def _done(form: forms.Form, change: Callable[[], object]) -> bool:
    """Whether the form was sent, is right, and the services took it; if not, it says why."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        change()
    except SalesdeskError as error:
        refused(form, error)
        return False
    return True
