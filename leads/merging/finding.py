"""Leads that may be one and the same person: they share a phone number or an e-mail address.

What counts is a lead's own number and address, what was captured as another one of theirs, and
the contacts that are the lead in person; all as they are compared (E.164, lower case).
"""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Q

from leads.models import Contact, Lead
from leads.search import words_in
from leads.services import OTHER_EMAIL, OTHER_PHONE
from salesdesk.businesses.models import Business

MOST_GROUPS = 50
MOST_OF_ONE = 10
MOST_DOUBLES = 5
MOST_CANDIDATES = 50

_ADDRESSES = """
WITH addresses AS (
    SELECT id, phone AS address FROM leads_lead WHERE business_id = %(business)s AND phone <> ''
    UNION ALL
    SELECT id, email FROM leads_lead WHERE business_id = %(business)s AND email <> ''
    UNION ALL
    SELECT id, facts ->> 'callback_phone' FROM leads_lead
    WHERE business_id = %(business)s AND facts ? 'callback_phone'
    UNION ALL
    SELECT id, lower(facts ->> 'other_email') FROM leads_lead
    WHERE business_id = %(business)s AND facts ? 'other_email'
    UNION ALL
    SELECT lead_id, phone FROM leads_contact
    WHERE business_id = %(business)s AND is_lead AND phone <> ''
    UNION ALL
    SELECT lead_id, email FROM leads_contact
    WHERE business_id = %(business)s AND is_lead AND email <> ''
)
SELECT address, (array_agg(DISTINCT id ORDER BY id))[:%(most)s] FROM addresses
WHERE address <> '' GROUP BY address HAVING count(DISTINCT id) > 1
ORDER BY max(id) DESC LIMIT %(groups)s"""


@dataclass(frozen=True, slots=True)
class Group:
    """Leads that share ``address``, the oldest first; two at least."""

    address: str
    leads: tuple[Lead, ...]


def groups_of(business: Business) -> list[Group]:
    """Fifty groups at most, those with the newest leads first. The same leads come once."""
    values = {"business": business.pk, "most": MOST_OF_ONE, "groups": MOST_GROUPS}
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, values)
        rows: list[tuple[str, list[int]]] = cursor.fetchall()
    keys = {key for _, group in rows for key in group}
    leads = Lead.objects.of(business).select_related("owner").in_bulk(keys)
    told: dict[tuple[int, ...], Group] = {}
    for address, group in rows:
        members = tuple(leads[key] for key in group if key in leads)
        told.setdefault(tuple(group), Group(address, members))
    return [group for group in told.values() if len(group.leads) > 1]


def doubles_of(lead: Lead) -> list[Lead]:
    """Other leads that share a number or an address with this one, five at most."""
    phones, emails = addresses_of(lead)
    if not phones and not emails:
        return []
    besides = Contact.objects.filter(business=lead.business_id, is_lead=True)
    by_contact = besides.filter(Q(phone__in=phones) | Q(email__in=emails))
    named = Lead.objects.of(lead.business).exclude(pk=lead.pk)
    found = named.filter(_named(phones, emails) | Q(pk__in=by_contact.values("lead")))
    candidates = found.prefetch_related("contacts").order_by("pk")[:MOST_CANDIDATES]
    doubles = [other for other in candidates if _share(addresses_of(other), (phones, emails))]
    return doubles[:MOST_DOUBLES]


def _named(phones: set[str], emails: set[str]) -> Q:
    """By the words of leads, which an index has; what is found is looked at more closely."""
    numbers = [f"'{phone.lstrip('+')}'" for phone in sorted(phones)]
    addresses = [" & ".join(f"'{word}'" for word in words_in(email)) for email in sorted(emails)]
    either = [*numbers, *(f"({words})" for words in addresses if words)]
    return Q(words=SearchQuery(" | ".join(either), config="simple", search_type="raw"))


def _share(one: tuple[set[str], set[str]], other: tuple[set[str], set[str]]) -> bool:
    return bool(one[0] & other[0] or one[1] & other[1])


def addresses_of(lead: Lead) -> tuple[set[str], set[str]]:
    """All phone numbers and all e-mail addresses of the lead in person."""
    own = [(lead.phone, lead.email)]
    own.append((str(lead.facts.get(OTHER_PHONE, "")), str(lead.facts.get(OTHER_EMAIL, "")).lower()))
    own += [(each.phone, each.email) for each in lead.contacts.all() if each.is_lead]
    phones, emails = zip(*own, strict=True)
    return {phone for phone in phones if phone}, {email for email in emails if email}
