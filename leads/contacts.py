"""Companies that leads belong to, and the other people around a lead or a company."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from leads.enums import LeadEventKind, SuppressionSource
from leads.gate.locking import lock_for_suppression
from leads.gate.places import company_key
from leads.models import Account, Contact, Lead, Suppression
from leads.services import (
    announce,
    normal_email,
    normal_phone,
    record_event,
    suppress,
    update_lead,
)
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

ACCOUNT_FIELDS = ("name", "phone", "domain", "address")
CONTACT_FIELDS = ("name", "role", "phone", "email", "is_lead")
EVERYBODYS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com me.com aol.com"
    " proton.me protonmail.com gmx.com gmx.net mail.com msn.com comcast.net att.net".split()
)
"""Domains of e-mail addresses that say nothing about a company."""
MOST_CONTACTS = 50
"""Of one lead or account."""
MOST_TOLD = 200
"""Leads whose history tells of a change of their account."""

# ---------------------------------------------------------------- accounts


@transaction.atomic
def create_account(business: Business, **values: Any) -> Account:
    """A new account with ``values`` of :data:`ACCOUNT_FIELDS`.

    Raises ``Conflict`` when the business has one with the same name and domain, ``InvalidInput``
    when a value cannot be used.
    """
    account = Account(business=business)
    _set(account, ACCOUNT_FIELDS, values)
    _refuse_twin(account)
    account.save()
    return account


@transaction.atomic
def update_account(account: Account, *, by: User | None = None, **values: Any) -> Account:
    """Set ``values`` of :data:`ACCOUNT_FIELDS`; raises as :func:`create_account` does.

    What changes stands in the history of its leads. A company that must be left in peace must be so
    by its new name too: the entry is made again for it, with the reason of the old one.
    """
    account = (
        Account.objects.select_related("business")
        .select_for_update(of=("self",))
        .get(pk=account.pk)
    )
    before = {field: getattr(account, field) for field in values}
    _set(account, ACCOUNT_FIELDS, values)
    changed = [field for field in values if getattr(account, field) != before[field]]
    if not changed:
        return account
    _refuse_twin(account)
    account.save()
    if "name" in changed:
        keep_in_peace(account, before["name"], by)
    told = {f"account {field}": [before[field], getattr(account, field)] for field in changed}
    for lead in account.leads.order_by("pk")[:MOST_TOLD]:
        text = f"Changed of their account: {', '.join(changed)}."
        record_event(lead, LeadEventKind.CHANGED, text, told, by=by)
    return account


def keep_in_peace(account: Account, old_name: str, by: User | None) -> None:
    """Nobody at a renamed company is contacted if nobody was by its old name.

    Whoever suppresses the old name meanwhile is waited for.
    """
    lock_for_suppression(account.business_id)
    entry = entry_of_company(account.business, old_name)
    if entry is not None and company_key(account.name) != entry.company:
        suppress(
            account.business,
            company=account.name,
            reason=entry.reason,
            source=SuppressionSource(entry.source),
            by=by,
        )


def entry_of_company(business: Business, name: str) -> Suppression | None:
    """For which nobody at the company is contacted, however its name is spelled there."""
    entries = Suppression.objects.filter(business=business).select_related("by")
    return entries.filter(company=company_key(name)).exclude(company="").first()


@transaction.atomic
def delete_account(account: Account) -> None:
    """Take an account away, with the people around it. Raises ``Conflict`` while it has leads."""
    account = Account.objects.select_for_update().get(pk=account.pk)
    if account.leads.exists():
        raise Conflict("Leads belong to this account; put them into another one first.")
    account.delete()


def find_account(business: Business, *, name: str = "", email: str = "") -> Account | None:
    """The account with this name, or else with the domain of this address, if it is a company's."""
    accounts = Account.objects.filter(business=business).order_by("pk")
    by_name = accounts.filter(name__iexact=name.strip()).first() if name.strip() else None
    domain = email.strip().lower().partition("@")[2]
    if by_name is not None or not domain or domain in EVERYBODYS:
        return by_name
    return accounts.filter(domain=domain).first()


@transaction.atomic
def put_into_account(lead: Lead, name: str, *, by: User | None = None) -> Lead:
    """Put the lead into the account of this name, made if need be; no name: into none."""
    if not name.strip():
        return update_lead(lead, account=None, by=by)
    account = find_account(lead.business, name=name) or create_account(lead.business, name=name)
    return update_lead(lead, account=account, by=by)


def _refuse_twin(account: Account) -> None:
    others = Account.objects.filter(business=account.business).exclude(pk=account.pk)
    if others.filter(name__iexact=account.name, domain=account.domain).exists():
        raise Conflict("There is already an account with this name and domain.")


# ---------------------------------------------------------------- contacts


@transaction.atomic
def add_contact(
    of: Lead | Account, *, by: User | None = None, conversation: str = "", **values: Any
) -> Contact:
    """Somebody else at the lead or the account, with ``values`` of :data:`CONTACT_FIELDS`.

    Writes the lead's history and sends ``lead_changed``. Raises ``InvalidInput`` when a value
    cannot be used, nothing says who it is, or there are fifty already.
    """
    if of.contacts.count() >= MOST_CONTACTS:
        raise InvalidInput(f"There can be {MOST_CONTACTS} people at most.")
    owner = {"lead": of} if isinstance(of, Lead) else {"account": of}
    contact = Contact(business=of.business, **owner)
    _set(contact, CONTACT_FIELDS, values)
    _check(contact)
    contact.save()
    _tell(contact, "Added to the people", conversation, by)
    return contact


@transaction.atomic
def update_contact(contact: Contact, *, by: User | None = None, **values: Any) -> Contact:
    """Set ``values`` of :data:`CONTACT_FIELDS`; otherwise like :func:`add_contact`."""
    contact = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    _set(contact, CONTACT_FIELDS, values)
    _check(contact)
    contact.save()
    _tell(contact, "Changed among the people", "", by)
    return contact


@transaction.atomic
def remove_contact(contact: Contact, *, by: User | None = None) -> None:
    """Take somebody away again; the history keeps that they were there."""
    _tell(contact, "Taken away from the people", "", by)
    contact.delete()


def _check(contact: Contact) -> None:
    if not (contact.name or contact.phone or contact.email):
        raise InvalidInput("Give a name, a phone number or an e-mail address.")
    if contact.is_lead and contact.lead is None:
        raise InvalidInput("Only a lead has further numbers and addresses of their own.")
    if contact.is_lead:
        _refuse_others_addresses(contact)


def _refuse_others_addresses(contact: Contact) -> None:
    """What leads to this lead must not lead to another."""
    others = Lead.objects.of(contact.business)
    if contact.lead is not None:
        others = others.exclude(pk=contact.lead.pk)
    same = models.Q(pk__in=())
    if contact.phone:
        same |= models.Q(phone=contact.phone)
    if contact.email:
        same |= models.Q(email=contact.email)
    if others.filter(same).exists():
        raise Conflict("This number or address is another lead's; merge the two instead.")


def _tell(contact: Contact, what: str, conversation: str, by: User | None) -> None:
    if contact.lead is None:
        return
    told = {"contact": contact.public_id}
    text = f"{what}: {contact}{f', {contact.role}' if contact.role else ''}."
    record_event(contact.lead, LeadEventKind.CHANGED, text, told, conversation, by)
    announce(contact.lead, "changed")


# ---------------------------------------------------------------- both


def _set(row: Account | Contact, fields: tuple[str, ...], values: dict[str, Any]) -> None:
    for field, value in values.items():
        assert field in fields, f"{field} is no field to be set"
        setattr(row, field, value.strip() if isinstance(value, str) else value)
    row.phone = normal_phone(row.phone)
    if isinstance(row, Contact):
        row.email = normal_email(row.email)
    else:
        row.domain = row.domain.lower().removeprefix("www.")
    others = {field.name for field in row._meta.fields} - set(values)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        field, [message, *_] = next(iter(error.message_dict.items()))
        raise InvalidInput(f"{field.replace('_', ' ').capitalize()}: {message}") from error
