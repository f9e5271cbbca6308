"""What was captured in a conversation, told to the lead when it is over."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.customers import required_customer
from leads.models import Lead
from leads.services import merge_facts, update_as_said
from salesdesk.assistant.enums import FactStatus
from salesdesk.assistant.models import CapturedFact, Thread
from salesdesk.lib.tools import ToolContext

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

    A fact that should be read back counts when the customer has confirmed it; where it is required
    it is kept among the lead's facts all the same, but fills no column. What is confirmed replaces
    what a column had, what was only heard fills an empty one; a number that is known is not
    touched, and nobody gets another lead's number or address. A customer of whom there is no lead
    becomes one. Told twice, nothing changes.
    """
    thread = Thread.objects.select_for_update(of=("self",)).select_related("lead").get(pk=thread.pk)
    facts = [fact for fact in _facts_of(thread) if is_worth_keeping(fact)]
    if not facts:
        return None
    lead = thread.lead or required_customer(_context_of(thread))
    told = {fact.field.key: fact.value for fact in facts}
    lead = merge_facts(lead, told, conversation=thread.conversation)
    columns: dict[str, Any] = {}
    for fact in filter(is_sure, facts):
        columns.update(_columns(lead, fact))
    lead = update_as_said(lead, conversation=thread.conversation, **columns)
    Thread.objects.filter(pk=thread.pk, lead=None).update(lead=lead)
    return lead


def is_sure(fact: CapturedFact) -> bool:
    return fact.status == FactStatus.CONFIRMED or not fact.field.reads_back


def is_worth_keeping(fact: CapturedFact) -> bool:
    return is_sure(fact) or fact.field.is_required


def _facts_of(thread: Thread) -> list[CapturedFact]:
    captured = thread.captured.filter(field__is_active=True)
    return list(captured.select_related("field").order_by("field__position", "field_id"))


def _context_of(thread: Thread) -> ToolContext:
    return ToolContext(
        thread.business_id,
        thread.conversation,
        timezone.now(),
        channel=thread.channel,
        customer_phone=thread.customer_phone,
        thread_id=thread.pk,
    )


def _columns(lead: Lead, fact: CapturedFact) -> Iterator[tuple[str, str]]:
    """The columns that the fact may fill, with their new values."""
    name, value = fact.field.lead_field, fact.value
    if name not in LEAD_FIELDS or not isinstance(value, str):
        return
    if name == "name":
        yield from _names(lead, value, is_confirmed=_is_confirmed(fact))
    elif not getattr(lead, name) or _is_confirmed(fact):
        yield name, _cut(name, value)


def _names(lead: Lead, value: str, *, is_confirmed: bool) -> Iterator[tuple[str, str]]:
    """First and last name; of somebody with another first name nothing is taken unconfirmed."""
    first, _, last = value.partition(" ")
    if not is_confirmed and lead.name and lead.first_name.casefold() != first.casefold():
        return
    yield "first_name", _cut("first_name", first)
    if last and (is_confirmed or not lead.last_name):
        yield "last_name", _cut("last_name", last)


def _is_confirmed(fact: CapturedFact) -> bool:
    return fact.status == FactStatus.CONFIRMED


def _cut(column: str, value: str) -> str:
    longest: int = Lead._meta.get_field(column).max_length  # type: ignore[union-attr,assignment]
    return value[:longest]
