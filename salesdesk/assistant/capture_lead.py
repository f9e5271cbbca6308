"""What was captured in a conversation, told to the lead when it is over."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from leads.enums import LeadEventKind, LeadSource
from leads.models import Lead, LeadEvent
from salesdesk.assistant.enums import Channel, FactStatus
from salesdesk.assistant.models import CapturedFact, Thread
from salesdesk.assistant.reading.shown import shown

LEAD_FIELDS: Mapping[str, str] = {
    "name": "First and last name",
    "first_name": "First name",
    "last_name": "Last name",
    "company": "Company",
    "email": "E-mail address",
    "phone": "Phone number",
    "address": "Address",
}
"""What of a lead a field can fill."""


@transaction.atomic
def write_to_lead(thread: Thread) -> Lead | None:
    """Tell the thread's lead what was captured; returns it, or nothing where nothing was.

    A fact that should be read back counts when the customer has confirmed it. One that is required
    is kept among the lead's facts all the same, but fills no field of the lead. A caller of whom
    there is no lead becomes one. Told twice, nothing changes.
    """
    thread = Thread.objects.select_for_update(of=("self",)).select_related("lead").get(pk=thread.pk)
    facts = [fact for fact in _facts_of(thread) if is_worth_keeping(fact)]
    if not facts:
        return None
    lead = _lead_of(thread)
    changes = _changes(lead, facts)
    if changes:
        for name, value in changes.items():
            setattr(lead, name, value)
        lead.save()
        _note(lead, thread, facts)
    if thread.lead_id != lead.pk:
        Thread.objects.filter(pk=thread.pk).update(lead=lead)
    return lead


def is_sure(fact: CapturedFact) -> bool:
    return fact.status == FactStatus.CONFIRMED or not fact.field.reads_back


def is_worth_keeping(fact: CapturedFact) -> bool:
    return is_sure(fact) or fact.field.is_required


def _facts_of(thread: Thread) -> list[CapturedFact]:
    captured = thread.captured.filter(field__is_active=True)
    return list(captured.select_related("field").order_by("field__position", "field_id"))


def _lead_of(thread: Thread) -> Lead:
    """The thread's lead, else the one with the number of whoever calls, else a new one.

    Nothing that was only said decides whose record is changed: anybody can name any number.
    """
    if thread.lead is not None:
        return thread.lead
    mine = Lead.objects.filter(business_id=thread.business_id, phone=thread.customer_phone)
    known = mine.order_by("pk").first() if thread.customer_phone else None
    return known or Lead(
        business_id=thread.business_id,
        phone=thread.customer_phone,
        source=LeadSource.CALL_IN if thread.channel == Channel.PHONE else LeadSource.TEXT,
    )


def _changes(lead: Lead, facts: Sequence[CapturedFact]) -> dict[str, Any]:
    """The lead's columns that are to have another value."""
    wanted: dict[str, Any] = {"facts": {**lead.facts, **{_key(fact): fact.value for fact in facts}}}
    for fact in facts:
        if is_sure(fact):
            wanted.update(_columns(fact.field.lead_field, fact.value))
    return {name: value for name, value in wanted.items() if getattr(lead, name) != value}


def _key(fact: CapturedFact) -> str:
    return fact.field.key


def _columns(lead_field: str, value: Any) -> dict[str, str]:
    if lead_field not in LEAD_FIELDS or not isinstance(value, str):
        return {}
    if lead_field != "name":
        return {lead_field: _cut(lead_field, value)}
    first, _, last = value.partition(" ")
    names = {"first_name": first, "last_name": last}
    return {name: _cut(name, part) for name, part in names.items() if part}


def _cut(column: str, value: str) -> str:
    longest = Lead._meta.get_field(column).max_length  # type: ignore[union-attr]
    return value[:longest]


def _note(lead: Lead, thread: Thread, facts: Sequence[CapturedFact]) -> None:
    told = (f"{fact.field.label}: {shown(fact.field.type, fact.value)}" for fact in facts)
    LeadEvent.objects.create(
        lead=lead,
        kind=LeadEventKind.CONVERSATION,
        text="\n".join(told),
        data={"facts": {_key(fact): fact.value for fact in facts}},
        conversation=thread.conversation,
    )
