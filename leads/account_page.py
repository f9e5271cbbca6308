"""What the pages of accounts show: the reads behind their views."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from leads.contacts import entry_of_company
from leads.conversations import Conversation, conversations_with
from leads.models import Account, Appointment, Contact, Dial, Lead, LeadEvent
from leads.views.forms import AccountContactForm, AccountDetailsForm
from salesdesk.accounts.permissions import Visitor
from salesdesk.businesses.models import Business

PAGE_SIZE = 50
MOST_LEADS = 50
MOST_ASKED = 10
"""Leads whose calls and threads are looked for."""
MOST_APPOINTMENTS, MOST_DIALS, MOST_EVENTS, MOST_CONVERSATIONS = 10, 10, 30, 20
LONGEST_SEARCH = 120


def account_list(business: Business, search: str, page: str) -> Page[Account]:
    """Accounts by name, with how many leads and people each has."""
    found = Account.objects.filter(business=business).annotate(
        lead_count=_count(Lead), contact_count=_count(Contact)
    )
    words = search.strip()[:LONGEST_SEARCH]
    if words:
        found = found.filter(name__icontains=words) | found.filter(domain__icontains=words)
    return Paginator(found.order_by("name", "pk"), PAGE_SIZE).get_page(page)


def _count(model: type[Lead] | type[Contact]) -> Coalesce:
    rows: QuerySet[Any] = model._default_manager.filter(account=OuterRef("pk")).order_by()
    counted = rows.values("account").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def account_context(user: Visitor, account: Account) -> dict[str, Any]:
    """All of the page of one account."""
    leads = list(account.leads.select_related("owner").order_by("-rank", "pk")[: MOST_LEADS + 1])
    return {
        "account": account,
        "leads": leads[:MOST_LEADS],
        "has_more_leads": len(leads) > MOST_LEADS,
        "contacts": list(account.contacts.all()),
        "lead_contacts": list(_contacts_of_leads(account)),
        "suppression": entry_of_company(account.business, account.name),
        "appointments": _appointments_of(account),
        "conversations": conversations_of(user, leads),
        "dials": _dials_of(account),
        "events": _events_of(account),
        "form": AccountDetailsForm(initial=values_of(account)),
        "contact_form": AccountContactForm(auto_id="contact_%s"),
    }


def values_of(account: Account) -> dict[str, str]:
    return {name: getattr(account, name) for name in AccountDetailsForm.base_fields}


def conversations_of(user: Visitor, leads: list[Lead]) -> list[Conversation]:
    """Calls and threads with the first of these leads, the newest first."""
    found = {
        each.id: each for lead in leads[:MOST_ASKED] for each in conversations_with(user, lead, ())
    }
    return sorted(found.values(), key=lambda each: each.at, reverse=True)[:MOST_CONVERSATIONS]


def _contacts_of_leads(account: Account) -> QuerySet[Contact]:
    around = Contact.objects.filter(lead__account=account, is_lead=False)
    return around.select_related("lead")[:MOST_LEADS]


def _appointments_of(account: Account) -> list[Appointment]:
    rows = Appointment.objects.filter(lead__account=account).select_related("lead", "calendar")
    return list(rows.order_by("-starts_at")[:MOST_APPOINTMENTS])


def _dials_of(account: Account) -> list[Dial]:
    rows = Dial.objects.filter(lead__account=account).select_related("lead", "user")
    return list(rows.order_by("-created_at", "-pk")[:MOST_DIALS])


def _events_of(account: Account) -> list[LeadEvent]:
    rows = LeadEvent.objects.filter(lead__account=account).select_related("lead", "by")
    return list(rows.order_by("-created_at", "-pk")[:MOST_EVENTS])
