"""The one way in for forms, webhooks, programs and mail. Files have :mod:`leads.arriving.bulk`.

Who is known already is not made anew: it is a new inquiry of theirs, and what is known of them
stays; only what was empty is filled.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from leads import signals
from leads.arriving.values import IN_WORDS, Told, told_of
from leads.enums import LeadEventKind, LeadSource
from leads.models import Arrival, Lead
from leads.models.arriving import LONGEST_ORIGIN
from leads.services import (
    OTHER,
    create_lead,
    find_lead,
    lock_addresses,
    merge_facts,
    record_event,
    update_lead,
)
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

NOT_FILLED = ("stage", "time_zone")
"""What a new inquiry leaves as it is; the time zone follows the address and the number."""
LONGEST_SUMMARY = 1000


@dataclass(frozen=True, slots=True)
class Arrived:
    """``is_new``: the lead was made by this; ``was_taken``: this origin had been taken before."""

    lead: Lead
    is_new: bool
    was_taken: bool = False


@transaction.atomic
def take_lead(
    business: Business,
    *,
    source: LeadSource,
    values: Mapping[str, Any],
    origin: str,
    raw: Any = None,
    by: User | None = None,
    refuse_known: bool = False,
) -> Arrived:
    """The lead who came in from ``origin``, made or found. Sends ``lead_arrived``.

    ``values`` have the keys of :data:`leads.arriving.values.IN_WORDS`; all others become facts.
    The same origin is taken once: a second time the same lead comes back and nothing happens.
    Raises ``InvalidInput`` when a value cannot be used or nothing says who it is, ``Conflict`` when
    the lead was deleted since, or is known and ``refuse_known`` is set.
    """
    if not origin or len(origin) > LONGEST_ORIGIN:
        raise InvalidInput(f"Say where it comes from, in {LONGEST_ORIGIN} characters at most.")
    lock_addresses(business, origin=f"origin:{origin}")
    before = Arrival.objects.filter(business=business, origin=origin).select_related("lead").first()
    if before is not None:
        return _again(before)
    told = told_of(values)
    lead, is_new = _made_or_found(business, source, told, by, refuse_known)
    Arrival.objects.create(
        business=business,
        lead=lead,
        source=source,
        origin=origin,
        is_new=is_new,
        values=told.as_json(),
        raw=raw,
    )
    announce_arrival(lead, source, is_new)
    return Arrived(lead, is_new)


def announce_arrival(lead: Lead, source: str, is_new: bool) -> None:
    signals.send_after_commit(
        signals.lead_arrived,
        lead_id=lead.public_id,
        business_id=lead.business_id,
        source=str(source),
        is_new=is_new,
    )


def _again(before: Arrival) -> Arrived:
    if before.lead is None:
        raise Conflict("This was taken before, and the lead has been deleted since.")
    return Arrived(before.lead, is_new=False, was_taken=True)


def _made_or_found(
    business: Business, source: LeadSource, told: Told, by: User | None, refuse_known: bool
) -> tuple[Lead, bool]:
    phone, email = told.own.get("phone", ""), told.own.get("email", "")
    lock_addresses(business, phone=phone, email=email)
    lead = find_lead(business, phone=phone, email=email)
    if lead is None or refuse_known:
        lead = create_lead(business, source=source, by=by, **told.own)
        lead = merge_facts(lead, told.facts, by=by)
        _note_message(lead, source, told, by)
        return lead, True
    return _inquire_again(lead, source, told, by), False


def _note_message(lead: Lead, source: str, told: Told, by: User | None) -> None:
    if told.message:
        told_json = {"source": str(source), "message": told.message}
        record_event(lead, LeadEventKind.INQUIRY, told.message, told_json, by=by)


def _inquire_again(lead: Lead, source: str, told: Told, by: User | None) -> Lead:
    news = what_is_new(lead, told, taken=_taken(lead, told))
    lead = update_lead(lead, by=by, **news.own)
    lead = merge_facts(lead, news.facts, by=by)
    record_event(lead, LeadEventKind.INQUIRY, summary(told), inquiry_data(source, told), by=by)
    return lead


def _taken(lead: Lead, told: Told) -> set[str]:
    """Of number and address, those that are another lead's."""
    others = Lead.objects.of(lead.business).exclude(pk=lead.pk)
    return {
        name
        for name in ("phone", "email")
        if told.own.get(name) and others.filter(**{name: told.own[name]}).exists()
    }


def what_is_new(lead: Lead, told: Told, *, taken: set[str]) -> Told:
    """What an inquiry adds to what is known of the lead: nothing known is replaced.

    Another number or address than the known one, or one that is another lead's (``taken``), is kept
    among the facts. Pure but for reading ``lead``.
    """
    own = {
        key: value
        for key, value in told.own.items()
        if key not in (*NOT_FILLED, *taken) and getattr(lead, key) in ("", None)
    }
    if not lead.time_zone and "time_zone" in told.own:
        own["time_zone"] = told.own["time_zone"]
    others = {
        OTHER[key]: str(told.own[key])
        for key in ("phone", "email")
        if key in told.own and key not in own and told.own[key] != getattr(lead, key)
    }
    facts = {**told.facts, **others}
    return Told(own, {key: text for key, text in facts.items() if key not in lead.facts})


def summary(told: Told) -> str:
    """What the history says of an inquiry."""
    if told.message:
        return told.message[:LONGEST_SUMMARY]
    named = [f"{IN_WORDS.get(key, key)}: {value}" for key, value in told.as_json().items()]
    return ("; ".join(named) or "A new inquiry.")[:LONGEST_SUMMARY]


def inquiry_data(source: str, told: Told) -> dict[str, Any]:
    return {"source": str(source), "told": told.as_json()}
