"""Tools about the lead: look it up, write down who it is, its history, notes, do not call."""

from typing import Any, ClassVar, Literal

from django.db import transaction
from django.db.models import Q
from pydantic import BaseModel, Field

from leads import services
from leads.customers import (
    business_of,
    customer_of,
    known_phone,
    origin_of,
    required_customer,
    source_of,
    user_of,
)
from leads.enums import SuppressionSource
from leads.models import Lead
from leads.tools.inputs import Email, Line, Name, Number, OfLead, Words
from leads.tools.telling import (
    NO_CUSTOMER,
    appointment_data,
    appointment_in_words,
    appointments_of,
    event_data,
    events_of,
    lead_data,
    lead_in_words,
)
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

MOST_NAMESAKES = 5


# ---------------------------------------------------------------- looking up


class WhoToLookUp(BaseModel):
    phone: Number = Field(default="", description="Staff only: the phone number of a lead.")
    email: Email = Field(default="", description="Staff only: the e-mail address of a lead.")
    name: Name = Field(default="", description="Staff only: the name of a lead.")


class LookUpLead:
    """A :class:`~salesdesk.lib.tools.Tool`: who the customer is.

    Callers get their own record, whatever they ask for.
    """

    name: ClassVar = "look_up_lead"
    description: ClassVar = (
        "Look up what is known of the customer of this conversation: name, phone, e-mail, address "
        "and facts. Give nothing for that. Only staff may look up somebody else."
    )
    input: ClassVar[type[BaseModel]] = WhoToLookUp
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: WhoToLookUp) -> ToolResult:
        asks_for_other = given.phone or given.email or given.name
        if context.trust < Trust.REP or not asks_for_other:
            return _told(customer_of(context))
        if given.phone or given.email:
            business = business_of(context)
            return _told(services.find_lead(business, phone=given.phone, email=given.email))
        return _by_name(context, given.name)


def _told(lead: Lead | None) -> ToolResult:
    if lead is None:
        return ToolResult(NO_CUSTOMER, data={"lead": None})
    return ToolResult(lead_in_words(lead), data={"lead": lead_data(lead)})


def _by_name(context: ToolContext, name: str) -> ToolResult:
    leads = Lead.objects.of(business_of(context)).newest_first()
    for word in name.split():
        leads = leads.filter(Q(first_name__icontains=word) | Q(last_name__icontains=word))
    found = list(leads[:MOST_NAMESAKES])
    if len(found) < 2:
        return _told(found[0] if found else None)
    words = "\n".join(lead_in_words(lead) for lead in found)
    asked = f"Several have this name; ask which one is meant:\n{words}"
    return ToolResult(asked, data={"lead": None}, is_clarification=True)


# ---------------------------------------------------------------- writing down


class LeadChange(OfLead):
    first_name: Name = ""
    last_name: Name = ""
    company: Line = ""
    email: Email = Field(default="", description="The customer's own e-mail address.")
    phone: Number = Field(default="", description="The number to reach the customer at.")
    address: Line = Field(default="", description="Street, town, and whatever else was said.")
    note: Words = Field(default="", description="What else is worth knowing.")


class UpdateLead:
    """A :class:`~salesdesk.lib.tools.Tool`: writes down who the customer is.

    What is left empty stays as it is. A number or an address that a caller gives is written into
    the lead only when it is nobody else's (:func:`leads.services.update_as_said`); the answer is
    the same either way, so that nobody learns who else is known.
    """

    name: ClassVar = "update_lead"
    description: ClassVar = (
        "Write down what the customer said of themselves: name, e-mail, phone, address, company. "
        "Give only what was said; all else stays as it is. Makes the record if there is none."
    )
    input: ClassVar[type[BaseModel]] = LeadChange
    timeout_s: ClassVar = 4.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    @transaction.atomic
    def run(self, context: ToolContext, given: LeadChange) -> ToolResult:
        lead, created = _lead_to_change(context, given)
        values = {
            field: getattr(given, field)
            for field in ("first_name", "last_name", "company", "email", "phone", "address")
            if getattr(given, field)
        }
        lead = _write(context, lead, values)
        if given.note:
            services.add_note(lead, given.note, **origin_of(context))
        data = {"lead": lead_data(lead), "created": created}
        return ToolResult(f"Written down. {lead_in_words(lead)}", data=data)


def _lead_to_change(context: ToolContext, given: LeadChange) -> tuple[Lead, bool]:
    """The lead, and whether it was made just now.

    Staff may name one by number or address; that is not whom the conversation is with.
    """
    if context.trust >= Trust.REP and not given.lead and (given.phone or given.email):
        return services.ensure_lead(
            business_of(context),
            source=source_of(context),
            phone=given.phone,
            email=given.email,
            by=user_of(context),
        )
    known = customer_of(context, given.lead)
    return required_customer(context, given.lead), known is None


def _write(context: ToolContext, lead: Lead, values: dict[str, Any]) -> Lead:
    write = services.update_lead if context.trust >= Trust.REP else services.update_as_said
    return write(lead, **values, **origin_of(context))


# ---------------------------------------------------------------- history


class CustomerHistory:
    """A :class:`~salesdesk.lib.tools.Tool`: the customer's appointments, and what happened."""

    name: ClassVar = "customer_history"
    description: ClassVar = (
        "The customer's appointments (those to come first) and what happened before. Use it "
        "before you speak of an appointment that they have."
    )
    input: ClassVar[type[BaseModel]] = OfLead
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: OfLead) -> ToolResult:
        lead = customer_of(context, given.lead)
        if lead is None:
            nothing: dict[str, Any] = {"appointments": [], "events": [], "lead": None}
            return ToolResult(NO_CUSTOMER, data=nothing)
        appointments = appointments_of(lead, context.now)
        events = events_of(lead, context)
        lines = [lead_in_words(lead), "Appointments:"]
        lines += [appointment_in_words(each) for each in appointments] or ["none"]
        lines += ["What happened, the latest first:"]
        lines += [f"{event.created_at:%Y-%m-%d}: {event.text}" for event in events]
        data = {
            "appointments": [appointment_data(each) for each in appointments],
            "events": [event_data(event) for event in events],
            "lead": lead_data(lead),
        }
        return ToolResult("\n".join(lines), data=data)


# ---------------------------------------------------------------- notes, do not call


class Note(OfLead):
    text: Words = Field(min_length=1, description="What a colleague should know.")


class WriteNote:
    """A :class:`~salesdesk.lib.tools.Tool`: leaves a note in the lead's history."""

    name: ClassVar = "write_note"
    description: ClassVar = (
        "Leave a note about the customer for colleagues: what they want, what was promised."
    )
    input: ClassVar[type[BaseModel]] = Note
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    @transaction.atomic
    def run(self, context: ToolContext, given: Note) -> ToolResult:
        lead = required_customer(context, given.lead)
        services.add_note(lead, given.text, **origin_of(context))
        return ToolResult("The note is written.", data={"written": True})


class WhatToSuppress(OfLead):
    reason: Line = Field(default="", description="What the customer said, in short.")
    channel: Literal["call", "email", "all"] = Field(
        default="all", description="call: no more calls; email: no more e-mails; all: neither."
    )


class Suppress:
    """A :class:`~salesdesk.lib.tools.Tool`: the customer must not be contacted any more."""

    name: ClassVar = "suppress"
    description: ClassVar = (
        "The customer does not want to be called or written to any more. Use it at once when they "
        "say so in whatever words, promise it, and say goodbye."
    )
    input: ClassVar[type[BaseModel]] = WhatToSuppress
    timeout_s: ClassVar = 3.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    @transaction.atomic
    def run(self, context: ToolContext, given: WhatToSuppress) -> ToolResult:
        lead = customer_of(context, given.lead)
        addresses = _addresses(context, lead, given)
        if not addresses:
            asked = "Ask for the number or the e-mail address that must not be used any more."
            return ToolResult(asked, data={"suppressed": False}, is_clarification=True)
        is_staff = context.trust >= Trust.REP
        for kind, address in addresses:
            named: dict[str, Any] = {kind: address}
            services.suppress(
                business_of(context),
                **named,
                reason=given.reason,
                source=SuppressionSource.STAFF if is_staff else SuppressionSource.CALLER,
                **origin_of(context),
            )
        told = "It is written down: the customer will not be contacted that way again."
        return ToolResult(told, data={"suppressed": True})


def _addresses(
    context: ToolContext, lead: Lead | None, given: WhatToSuppress
) -> list[tuple[str, str]]:
    """All numbers and addresses that are meant, each with what it is.

    Those that were only said count too: it is better to leave somebody in peace by mistake.
    """
    phones = [] if given.lead else [known_phone(context)]
    emails: list[str] = []
    if lead is not None:
        phones += [lead.phone, lead.facts.get(services.OTHER_PHONE, "")]
        emails = [lead.email, lead.facts.get(services.OTHER_EMAIL, "")]
    calls = phones if given.channel in ("call", "all") else []
    writes = emails if given.channel in ("email", "all") else []
    named = [*(("phone", each) for each in calls), *(("email", each) for each in writes)]
    return [pair for pair in dict.fromkeys(named) if pair[1]]
