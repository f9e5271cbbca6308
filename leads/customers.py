"""Whom a conversation is with.

On a caller's behalf nobody else's record is ever touched. The carrier's caller id, and a program
that tells who writes, are believed; a number or an address that was only said is not: it never
leads to a record that was there before.
"""

from typing import Any

from django.db.models import QuerySet

from leads.enums import LeadEventKind, LeadSource
from leads.models import Lead, LeadEvent, LeadQuerySet
from leads.services import (
    VOUCHED,
    begin_lead,
    ensure_lead,
    find_lead,
    link_conversation,
    lock_addresses,
    normal_phone,
)
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotFound
from salesdesk.lib.tools import ToolContext, Trust

NOT_THIS_CUSTOMER = "There is no such customer in this conversation."
WHICH_LEAD = "Say which lead is meant: look it up, and give its id."
SOURCES = {"phone": LeadSource.CALL_IN, "api": LeadSource.API}
"""By channel; all others are written words."""


def customer_of(context: ToolContext, lead_id: str = "") -> Lead | None:
    """The lead of the conversation, or for staff the one with the id ``lead_id``.

    Raises ``NotFound`` for an id that is not there, or not the caller's own.
    """
    own = _by_phone(context) or _vouched(context) or _made_here(context)
    if not lead_id or (own is not None and own.public_id == lead_id):
        return own
    if context.trust < Trust.REP:
        raise NotFound(NOT_THIS_CUSTOMER)
    lead = _leads(context).filter(public_id=lead_id).first()
    if lead is None:
        raise NotFound("There is no lead with this id.")
    return lead


def required_customer(context: ToolContext, lead_id: str = "") -> Lead:
    """The lead of the conversation, made if need be; staff must say which.

    Must run in a transaction, so that a conversation makes one lead only.
    """
    lead = customer_of(context, lead_id)
    if lead is not None:
        link_known(context, lead)
        return lead
    if context.trust >= Trust.REP:
        raise InvalidInput(WHICH_LEAD)
    return _made(context)


def link_known(context: ToolContext, lead: Lead) -> None:
    """Note that the caller whose number the carrier told talked in this conversation."""
    if context.trust < Trust.REP and lead.phone and lead.phone == known_phone(context):
        link_conversation(lead, context.conversation_id)


def business_of(context: ToolContext) -> Business:
    return Business.objects.get(pk=context.business_id)


def user_of(context: ToolContext) -> User | None:
    return User.objects.filter(pk=context.user_id).first() if context.user_id else None


def origin_of(context: ToolContext) -> dict[str, Any]:
    """In which conversation and by whom, as services want to know it."""
    return {"conversation": context.conversation_id, "by": user_of(context)}


def source_of(context: ToolContext) -> LeadSource:
    if context.trust >= Trust.REP:
        return LeadSource.MANUAL
    return SOURCES.get(context.channel, LeadSource.TEXT)


def known_phone(context: ToolContext) -> str:
    """The number that the carrier told, or nothing where it was withheld."""
    try:
        return normal_phone(context.customer_phone)
    except InvalidInput:  # “anonymous”, for instance
        return ""


def _made(context: ToolContext) -> Lead:
    business, phone = business_of(context), known_phone(context)
    source, conversation = source_of(context), context.conversation_id
    if phone:
        return ensure_lead(business, source=source, phone=phone, conversation=conversation)[0]
    lock_addresses(business, conversation=f"conversation:{conversation}")
    return _made_here(context) or begin_lead(business, source=source, conversation=conversation)


def _by_phone(context: ToolContext) -> Lead | None:
    phone = known_phone(context)
    return find_lead(business_of(context), phone=phone) if phone else None


def _vouched(context: ToolContext) -> Lead | None:
    return _leads(context).filter(events__in=_events(context).filter(**VOUCHED)).first()


def _made_here(context: ToolContext) -> Lead | None:
    """The lead made in this conversation, as long as nobody was heard of it in another one.

    Somebody who gave another person's number must not go on to read that person's record.
    """
    elsewhere = LeadEvent.objects.exclude(conversation__in=("", context.conversation_id))
    made = _leads(context).filter(events__in=_events(context).filter(kind=LeadEventKind.CREATED))
    return made.exclude(events__in=elsewhere).first()


def _leads(context: ToolContext) -> LeadQuerySet:
    return Lead.objects.filter(business_id=context.business_id).order_by("-pk")


def _events(context: ToolContext) -> QuerySet[LeadEvent]:
    events = LeadEvent.objects.filter(lead__business_id=context.business_id)
    return events.filter(conversation=context.conversation_id).exclude(conversation="")
