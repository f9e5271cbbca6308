"""Reads the facts of the moment. Everything is asked anew: a decision is of now."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from leads.enums import ContactKind, MessagePurpose
from leads.gate.facts import Consents, Facts, Rules
from leads.gate.places import holidays_at, place_of, states_at, zones_at
from leads.gate.snapshot import Asked, Snapshot, take_snapshot
from leads.models import DialRules, Lead
from leads.services import companies_of, numbers_of
from salesdesk.businesses.models import Business


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
    known = take_snapshot(_asked(whom), now)
    return Facts(
        kind=whom.kind,
        now=now,
        purpose=whom.purpose,
        rules=_rules(whom.business, known),
        number=whom.number,
        email=whom.email,
        caller=whom.caller,
        is_active=known.is_active,
        has_postal_address=known.has_postal_address,
        is_own=known.is_own,
        consents=Consents(**known.consents),
        **_place(whom, now.date()),
        number_suppressed=known.number_suppressed,
        email_suppressed=known.email_suppressed,
        person_suppressed=known.person_suppressed,
        company_suppressed=known.company_suppressed,
        lists=tuple(known.lists),
        has_list=known.has_list,
        oldest_list=known.oldest_list,
        attempts_today=known.attempts_today,
        attempts_this_week=known.attempts_this_week,
        last_attempt=known.last_attempt,
        is_on_the_line=known.is_on_the_line,
        caller_attempts=known.caller_attempts,
    )


def _asked(whom: Contacting) -> Asked:
    return Asked(
        business=whom.business.pk,
        number=whom.number,
        numbers=_numbers(whom),
        email=whom.email,
        companies=sorted(companies_of(whom.lead)) if whom.lead else [],
        lead=whom.lead.pk if whom.lead else None,
        caller=whom.caller,
    )


def _numbers(whom: Contacting) -> list[str]:
    """The number, and all others of the same person."""
    if whom.lead is None:
        return [whom.number] if whom.number else []
    return sorted(({whom.number} | numbers_of(whom.lead)) - {""})


def _rules(business: Business, known: Snapshot) -> Rules:
    usual = DialRules(business=business)
    values: dict[str, Any] = {
        field.name: known.rules.get(field.name, getattr(usual, field.name))
        for field in fields(Rules)
    }
    return Rules(**values | {name: tuple(values[name]) for name in ("days", "countries")})


def _place(whom: Contacting, day: date) -> dict[str, Any]:
    place = place_of(whom.number)
    address = whom.lead.address if whom.lead else ""
    states = states_at(whom.number, address)
    return {
        "is_callable": place.is_callable,
        "country": place.country,
        "zones": zones_at(whom.number, address, whom.lead.time_zone if whom.lead else ""),
        "states": states,
        "holidays": holidays_at(place.country, states, day),
    }
