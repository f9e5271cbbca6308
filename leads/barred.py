"""Whom a business must leave in peace: by number, address, person, company or imported list.

The gate alone decides about a contact; this is the same for many leads at once, for lists. Entries
count as :func:`leads.services.is_left_in_peace` has it for one lead: with every number of theirs,
and a closed address bars only who has none. Others get no e-mails and may be called.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    prefetch_related_objects,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce

from leads.company_keys import CompanyKey
from leads.enums import ConsentKind, ContactKind
from leads.models import (
    Account,
    Consent,
    Contact,
    DoNotCallEntry,
    DoNotCallList,
    Lead,
    LeadQuerySet,
    Suppression,
)
from leads.services import OTHER_PHONE, companies_of, numbers_of
from salesdesk.businesses.models import Business

ENTERED = "Must not be called or written to"
OF_COMPANY = "Nobody at their company must be contacted"
LISTED = "Their number is on a do-not-call list"

AGREED: Mapping[ContactKind, tuple[ConsentKind, ...]] = {
    ContactKind.AI: (ConsentKind.CALL, ConsentKind.AI_VOICE),
    ContactKind.REP: (ConsentKind.CALL,),
}
"""By which consents a number on a list may be called; the first that was ever told of counts."""


# ---------------------------------------------------------------- as queries


def barred_keys(business: Business) -> QuerySet[Any]:
    """Keys of the leads that must be left in peace, for ``pk__in``; each way has its index."""
    entries = Suppression.objects.filter(business=business)
    leads = Lead.objects.of(business).order_by()
    phones = entries.exclude(phone="").values("phone")
    closed = _without_number(leads).filter(email__in=entries.exclude(email="").values("email"))
    ways = (closed, _told(leads, phones), *_of_companies(business, leads), listed(leads))
    besides = Contact.objects.filter(business=business, is_lead=True, lead__isnull=False)
    keys = (
        entries.filter(lead__isnull=False).values("lead"),
        besides.filter(phone__in=phones).order_by().values("lead"),
        *(way.values("pk") for way in ways),
    )
    return leads.filter(phone__in=phones).values("pk").union(*keys, all=True)


def _told(leads: LeadQuerySet, phones: QuerySet[Any]) -> LeadQuerySet:
    """Those who gave one of these numbers besides their own."""
    told = leads.filter(facts__has_key=OTHER_PHONE).alias(other_phone=KT(f"facts__{OTHER_PHONE}"))
    return told.filter(other_phone__in=phones)


def _without_number(leads: LeadQuerySet) -> LeadQuerySet:
    besides = Contact.objects.filter(lead=OuterRef("pk"), is_lead=True).exclude(phone="")
    told = Q(facts__has_key=OTHER_PHONE) & Q(**{f"facts__{OTHER_PHONE}__startswith": "+"})
    return leads.filter(~Exists(besides), ~told, phone="")


def _of_companies(business: Business, leads: LeadQuerySet) -> Iterator[LeadQuerySet]:
    """Those whose company or account has an entry, however its name is spelled.

    The entries' keys are read first: with them at hand Postgres asks its indexes for each.
    """
    entries = Suppression.objects.filter(business=business).exclude(company="")
    keys = list(entries.values_list("company", flat=True))
    if keys:
        named = leads.exclude(company="").alias(company_key=CompanyKey("company"))
        yield named.filter(company_key__in=keys)
        accounts = Account.objects.filter(business=business).alias(company_key=CompanyKey("name"))
        yield leads.filter(account__in=accounts.filter(company_key__in=keys).order_by())


def listed(leads: LeadQuerySet, kind: ContactKind = ContactKind.AI) -> LeadQuerySet:
    """Those whose number is on one of the business's lists, and who did not agree to such calls.

    Who agreed may be called, registry or not, as the gate has it. Whom not even the agent may
    call, nobody may: without ``kind`` it is those.
    """
    entry = DoNotCallEntry.objects.filter(
        phone=OuterRef("phone"), list__business=OuterRef("business")
    )
    answers = (Subquery(_newest(consent)) for consent in AGREED[kind])
    on_list = leads.exclude(phone="").filter(Exists(entry))
    return on_list.alias(agrees=Coalesce(*answers, Value(False))).filter(agrees=False)


def _newest(kind: ConsentKind) -> QuerySet[Any]:
    told = Consent.objects.filter(lead=OuterRef("pk"), kind=kind)
    return told.order_by("-at", "-pk").values("is_given")[:1]


# ---------------------------------------------------------------- of leads at hand


@dataclass(frozen=True, slots=True)
class _Named:
    """What entries name: numbers, addresses, keys of companies and of leads; or nothing."""

    phones: set[str]
    emails: set[str]
    companies: set[str]
    leads: set[int | None]


def mark_barred(business: Business, leads: Sequence[Lead]) -> None:
    """Set ``barred_by`` of each, a sentence or nothing, and ``gets_no_mail``, by three queries.

    Who is barred needs no word about e-mails besides. The leads have account and facts at hand.
    """
    if not leads:
        return
    prefetch_related_objects(leads, "contacts")
    named = _named(business, leads)
    on_list = set(listed(_among(leads)).values_list("pk", flat=True))
    for lead in leads:
        reason = _reason(lead, named) or (LISTED if lead.pk in on_list else "")
        lead.barred_by = reason  # type: ignore[attr-defined]
        lead.gets_no_mail = not reason and _is_closed(lead, named)  # type: ignore[attr-defined]


def _among(leads: Sequence[Lead]) -> LeadQuerySet:
    return Lead.objects.filter(pk__in=[lead.pk for lead in leads])


def _reason(lead: Lead, named: _Named) -> str:
    numbers = numbers_of(lead)
    is_closed = not numbers and _is_closed(lead, named)
    if is_closed or lead.pk in named.leads or numbers & named.phones:
        return ENTERED
    return OF_COMPANY if named.companies & companies_of(lead) else ""


def _is_closed(lead: Lead, named: _Named) -> bool:
    return bool(lead.email) and lead.email in named.emails


def _named(business: Business, leads: Sequence[Lead]) -> _Named:
    entries = Suppression.objects.filter(business=business).filter(_concerning(leads))
    named = _Named(set(), set(), set(), set())
    for phone, email, company, key in entries.values_list("phone", "email", "company", "lead"):
        named.phones.add(phone)
        named.emails.add(email)
        named.companies.add(company)
        named.leads.add(key)
    return named


def _concerning(leads: Sequence[Lead]) -> Q:
    phones = {number for lead in leads for number in numbers_of(lead)}
    emails = {lead.email for lead in leads if lead.email}
    companies = {key for lead in leads for key in companies_of(lead)}
    by_name = Q(phone__in=phones) | Q(email__in=emails) | Q(company__in=companies)
    return by_name | Q(lead__in=[lead.pk for lead in leads])


# ---------------------------------------------------------------- of one lead


def entries_about(lead: Lead) -> list[Suppression]:
    """What stands on the do-not-call list about the lead, the newest first."""
    entries = lead.business.suppressions.filter(_concerning([lead]))
    return list(entries.order_by("-created_at"))


def list_with(lead: Lead, kind: ContactKind = ContactKind.AI) -> DoNotCallList | None:
    """The do-not-call list for which the lead must not be called so, the newest of several."""
    if not listed(_among([lead]), kind).exists():
        return None
    lists = DoNotCallList.objects.filter(business=lead.business_id, entries__phone=lead.phone)
    return lists.order_by("-as_of").first()
