"""Whom a business must leave in peace: by number, address, person, company or imported list.

The gate alone decides about a contact; this is the same for many leads at once, for lists.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from leads.company_keys import CompanyKey
from leads.enums import ConsentKind
from leads.models import (
    Account,
    Consent,
    DoNotCallEntry,
    DoNotCallList,
    Lead,
    LeadQuerySet,
    Suppression,
)
from leads.services import companies_of
from salesdesk.businesses.models import Business

ENTERED = "Must not be called or written to"
OF_COMPANY = "Nobody at their company must be contacted"
LISTED = "Their number is on a do-not-call list"


def barred_keys(business: Business) -> QuerySet[Any]:
    """Keys of the leads that must be left in peace, for ``pk__in``; each way has its index."""
    entries = Suppression.objects.filter(business=business)
    leads = Lead.objects.of(business).order_by()
    by_phone = leads.filter(phone__in=entries.exclude(phone="").values("phone"))
    by_email = leads.filter(email__in=entries.exclude(email="").values("email"))
    in_person = entries.filter(lead__isnull=False).values("lead")
    ways = (by_email, *_of_companies(business, leads), listed(leads))
    keys = (way.values("pk") for way in ways)
    return by_phone.values("pk").union(in_person, *keys, all=True)


def _of_companies(business: Business, leads: LeadQuerySet) -> Iterator[LeadQuerySet]:
    """Those whose company or account has an entry, however its name is spelled.

    The keys are read first: with them at hand Postgres asks its indexes for each.
    """
    entries = Suppression.objects.filter(business=business).exclude(company="")
    keys = list(entries.values_list(CompanyKey("company"), flat=True))
    if keys:
        named = leads.exclude(company="").alias(company_key=CompanyKey("company"))
        yield named.filter(company_key__in=keys)
        accounts = Account.objects.filter(business=business).alias(company_key=CompanyKey("name"))
        yield leads.filter(account__in=accounts.filter(company_key__in=keys).order_by())


def listed(leads: LeadQuerySet) -> LeadQuerySet:
    """Those whose number is on one of the business's lists, and who did not agree to calls.

    Who agreed may be called, registry or not, as the gate has it.
    """
    entry = DoNotCallEntry.objects.filter(
        phone=OuterRef("phone"), list__business=OuterRef("business")
    )
    told = Consent.objects.filter(lead=OuterRef("pk"), kind=ConsentKind.CALL)
    newest = told.order_by("-at", "-pk").values("is_given")[:1]
    on_list = leads.exclude(phone="").filter(Exists(entry))
    return on_list.alias(agrees=Coalesce(Subquery(newest), False)).filter(agrees=False)


def mark_barred(business: Business, leads: Sequence[Lead]) -> None:
    """Set ``barred_by`` of each, a sentence or nothing, by two queries."""
    reasons = _entered(business, leads) if leads else {}
    on_list = listed(Lead.objects.filter(pk__in=[lead.pk for lead in leads])) if leads else ()
    for lead in on_list:
        reasons.setdefault(lead.pk, LISTED)
    for lead in leads:
        lead.barred_by = reasons.get(lead.pk, "")  # type: ignore[attr-defined]


def _entered(business: Business, leads: Sequence[Lead]) -> dict[int, str]:
    entries = Suppression.objects.filter(business=business).filter(_concerning(leads))
    found = set(entries.values_list("phone", "email", "company", "lead"))
    names = {name for entry in found for name in entry[:2] if name}
    companies = {entry[2] for entry in found if entry[2]}
    keys = {entry[3] for entry in found}
    reasons = {lead.pk: OF_COMPANY for lead in leads if companies & companies_of(lead)}
    told = (lead for lead in leads if {lead.phone, lead.email} & names or lead.pk in keys)
    return {**reasons, **dict.fromkeys((lead.pk for lead in told), ENTERED)}


def _concerning(leads: Sequence[Lead]) -> Q:
    phones = {lead.phone for lead in leads if lead.phone}
    emails = {lead.email for lead in leads if lead.email}
    companies = {key for lead in leads for key in companies_of(lead)}
    keys = [lead.pk for lead in leads]
    by_name = Q(phone__in=phones) | Q(email__in=emails) | Q(company__in=companies)
    return by_name | Q(lead__in=keys)


def entries_about(lead: Lead) -> list[Suppression]:
    """Why the lead must not be called or written to, the newest first."""
    entries = lead.business.suppressions.filter(_concerning([lead]))
    return list(entries.order_by("-created_at"))


def list_with(lead: Lead) -> DoNotCallList | None:
    """The do-not-call list for which the lead must not be called, the newest of several."""
    if not listed(Lead.objects.filter(pk=lead.pk)).exists():
        return None
    lists = DoNotCallList.objects.filter(business=lead.business_id, entries__phone=lead.phone)
    return lists.order_by("-as_of").first()
