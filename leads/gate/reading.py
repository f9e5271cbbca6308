"""Reads the facts of the moment. Everything is asked anew: a decision is of now."""

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q

from leads.consent import consents_of
from leads.enums import ContactKind, ListKind, MessagePurpose
from leads.gate.facts import Consents, Facts, Rules
from leads.gate.places import holidays_at, place_of, states_at, zones_at
from leads.models import (
    Attempt,
    Contact,
    Dial,
    DialRules,
    DoNotCallEntry,
    DoNotCallList,
    Lead,
)
from leads.services import OTHER_PHONE, companies_of, find_number
from salesdesk.businesses.models import Business

DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)
LONGEST_CALL = timedelta(hours=4)
"""A call that is said to go on for longer does not keep the number busy."""


@dataclass(frozen=True, slots=True)
class Contacting:
    """Whom to contact, and how. Numbers in E.164, addresses in lower case, or nothing."""

    business: Business
    kind: ContactKind
    number: str = ""
    email: str = ""
    lead: Lead | None = None
    caller: str = ""
    purpose: MessagePurpose = MessagePurpose.MARKETING


def rules_of(business: Business) -> DialRules:
    """The business's own, or the usual ones, which are not stored."""
    return DialRules.objects.filter(business=business).first() or DialRules(business=business)


def read_facts(whom: Contacting, now: datetime) -> Facts:
    """All that counts at ``now``."""
    return Facts(
        kind=whom.kind,
        now=now,
        purpose=whom.purpose,
        rules=_rules(whom.business),
        is_active=whom.business.is_active,
        number=whom.number,
        email=whom.email,
        caller=whom.caller,
        consents=_consents(whom.lead),
        **_place(whom, now.date()),
        **_suppressions(whom),
        **_lists(whom),
        **_attempts(whom, now),
    )


def _rules(business: Business) -> Rules:
    stored = rules_of(business)
    values: dict[str, Any] = {field.name: getattr(stored, field.name) for field in fields(Rules)}
    return Rules(**values | {name: tuple(values[name]) for name in ("days", "countries")})


def _place(whom: Contacting, day: date) -> dict[str, Any]:
    place = place_of(whom.number)
    address = whom.lead.address if whom.lead else ""
    states = states_at(whom.number, address)
    return {
        "is_callable": place.is_callable,
        "is_own": whom.business.numbers.filter(number=whom.number).exists(),
        "country": place.country,
        "zones": zones_at(whom.number, address, whom.lead.time_zone if whom.lead else ""),
        "states": states,
        "holidays": holidays_at(place.country, states, day),
    }


def _suppressions(whom: Contacting) -> dict[str, Any]:
    companies = companies_of(whom.lead) if whom.lead else set()
    wanted = Q(phone__in=_numbers(whom)) | Q(company__in=companies)
    if whom.email:
        wanted |= Q(email=whom.email)
    if whom.lead:
        wanted |= Q(lead=whom.lead)
    rows = whom.business.suppressions.filter(wanted).values_list("phone", "email", "company")
    found = list(rows)
    others = set(_numbers(whom)) - {whom.number}
    return {
        "number_suppressed": any(phone and phone == whom.number for phone, _, _ in found),
        "email_suppressed": any(email and email == whom.email for _, email, _ in found),
        "company_suppressed": any(company for _, _, company in found),
        "person_suppressed": any(
            phone in others or not (phone or email or company) for phone, email, company in found
        ),
    }


def _numbers(whom: Contacting) -> list[str]:
    """The number, and all others of the same person."""
    if whom.lead is None:
        return [whom.number] if whom.number else []
    besides = Contact.objects.filter(lead=whom.lead, is_lead=True).exclude(phone="")
    told = find_number(str(whom.lead.facts.get(OTHER_PHONE, "")))
    known = (whom.number, whom.lead.phone, told, *besides.values_list("phone", flat=True))
    return [number for number in known if number]


def _lists(whom: Contacting) -> dict[str, Any]:
    own = DoNotCallList.objects.filter(business=whom.business)
    entries = DoNotCallEntry.objects.filter(phone=whom.number, list__in=own)
    known = own.exclude(kind=ListKind.OWN).aggregate(
        oldest=Min("as_of"), national=Count("pk", filter=Q(kind=ListKind.NATIONAL))
    )
    return {
        "lists": tuple(entries.order_by("list__name").values_list("list__name", flat=True)),
        "oldest_list": known["oldest"],
        "has_list": bool(known["national"]),
    }


def _consents(lead: Lead | None) -> Consents:
    return Consents(**consents_of(lead)) if lead else Consents()


def _attempts(whom: Contacting, now: datetime) -> dict[str, Any]:
    attempts = Attempt.objects.filter(business=whom.business, phone=whom.number)
    counted = attempts.filter(at__gt=now - WEEK).aggregate(
        today=Count("pk", filter=Q(at__gt=now - DAY)), week=Count("pk"), last=Max("at")
    )
    dials = Dial.objects.filter(business=whom.business, phone=whom.number).on_the_line()
    calls = Attempt.objects.filter(caller=whom.caller, at__gt=now - HOUR)
    return {
        "attempts_today": counted["today"],
        "attempts_this_week": counted["week"],
        "last_attempt": counted["last"],
        "is_on_the_line": dials.filter(placed_at__gt=now - LONGEST_CALL).exists(),
        "caller_attempts": calls.count() if whom.caller else 0,
    }
