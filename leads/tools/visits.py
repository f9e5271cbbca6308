"""Tools about appointments: find free times, book, move, cancel and confirm."""

from datetime import datetime
from typing import Any, ClassVar, Literal

from django.db import transaction
from pydantic import BaseModel, Field

from leads import services
from leads.customers import business_of, customer_of, link_known, origin_of, required_customer
from leads.models import TAKES_TIME, Appointment, Lead
from leads.tools.inputs import START, Clock, Day, Id, Line, Moment, Name, OfLead, Purpose, Words
from leads.tools.telling import appointment_data, appointment_in_words, slot_data
from leads.visits import appointments
from leads.visits.appointments import SENTENCES
from leads.visits.diaries import find_free
from leads.visits.scheduling import Found, Why, at_local
from leads.visits.wanted import Wanted
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotFound
from salesdesk.lib.tools import ToolContext, ToolResult, Trust

NONE_TO_COME = "The customer has no appointment to come."
NOTHING_FREE = "Nothing is free at all. Offer that a colleague calls back."


# ---------------------------------------------------------------- finding


class WishedTime(BaseModel):
    purpose: Line = Field(default="", description="What the appointment is for.")
    earliest: Day | None = Field(default=None, description="First day that suits, 2026-11-24.")
    latest: Day | None = Field(
        default=None, description="Last day that suits; the same as earliest for one day."
    )
    around: Clock | None = Field(
        default=None, description="The time of day that was asked for, 15:00."
    )
    part_of_day: Literal["", "morning", "afternoon", "evening"] = ""
    not_before: Clock | None = Field(default=None, description="“after four”: 16:00.")
    not_after: Clock | None = Field(default=None, description="“before noon”: 12:00.")


class FindSlots:
    """A :class:`~salesdesk.lib.tools.Tool`: free times for a wish, or the nearest to it."""

    name: ClassVar = "find_slots"
    description: ClassVar = (
        "Find free times for an appointment. Give the days and times that the customer wishes, by "
        "the business's local time; leave out what was not said. Offer only times that this tells."
    )
    input: ClassVar[type[BaseModel]] = WishedTime
    timeout_s: ClassVar = 5.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = False

    def run(self, context: ToolContext, given: WishedTime) -> ToolResult:
        wanted = Wanted(**given.model_dump(exclude={"purpose"}))
        found = find_free(business_of(context), wanted, context.now)
        data = {
            "slots": [slot_data(slot) for slot in found.slots],
            "exact": found.exact,
            "why": found.why.value,
        }
        return ToolResult(_in_words(found), data=data)


def _in_words(found: Found) -> str:
    if not found.slots:
        return NOTHING_FREE
    head = "This is free:"
    if found.why is not Why.FREE:
        head = f"{SENTENCES[found.why]} Free instead:"
    lines = (f"- {slot.spoken} (start {slot.start.isoformat()})" for slot in found.slots)
    return "\n".join([head, *lines])


# ---------------------------------------------------------------- booking


class Booking(OfLead):
    start: Moment = Field(description=START)
    purpose: Purpose = Field(default="", description="What it is for, like “Roof inspection”.")
    name: Name = Field(default="", description="The customer's name, if they said it.")
    address: Line = Field(default="", description="Where the visit takes place.")
    note: Words = Field(default="", description="What whoever comes should know.")


class BookAppointment:
    """A :class:`~salesdesk.lib.tools.Tool`: books a time for the customer.

    The same start for the same customer is booked once, however often it is asked for.
    """

    name: ClassVar = "book_appointment"
    description: ClassVar = (
        "Book an appointment for the customer of this conversation, at a time that find_slots "
        "told and that the customer agreed to. To change one that they have, use move_appointment."
    )
    input: ClassVar[type[BaseModel]] = Booking
    timeout_s: ClassVar = 5.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    @transaction.atomic
    def run(self, context: ToolContext, given: Booking) -> ToolResult:
        start = _local(business_of(context), given.start)
        lead = required_customer(context, given.lead)
        made = appointments.book(
            lead,
            start,
            purpose=given.purpose,
            address=given.address,
            note=given.note,
            **_about(context),
        )
        _keep_name(context, lead, given.name)
        return _done("Booked", made)


def _keep_name(context: ToolContext, lead: Lead, name: str) -> None:
    """The name of a lead that has none; another name than its own is noted."""
    if not name or name.casefold() in lead.name.casefold():
        return
    if lead.name:
        services.add_note(lead, f"Gave the name {name}.", **origin_of(context))
        return
    first, _, last = name.partition(" ")
    services.update_lead(lead, first_name=first, last_name=last, **origin_of(context))


# ---------------------------------------------------------------- changing


class WhichAppointment(BaseModel):
    appointment: Id = Field(
        default="", description="Its id, as customer_history told; empty for the next one."
    )


class NewTime(WhichAppointment):
    start: Moment = Field(description=START)


class Reason(WhichAppointment):
    reason: Line = Field(default="", description="Why, in the customer's words.")


class MoveAppointment:
    """A :class:`~salesdesk.lib.tools.Tool`: moves an appointment; if that fails it stays."""

    name: ClassVar = "move_appointment"
    description: ClassVar = (
        "Move the customer's appointment to another time that find_slots told and the customer "
        "agreed to. The old time is kept when the new one cannot be had."
    )
    input: ClassVar[type[BaseModel]] = NewTime
    timeout_s: ClassVar = 5.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    @transaction.atomic
    def run(self, context: ToolContext, given: NewTime) -> ToolResult:
        start = _local(business_of(context), given.start)
        # Asked again without an id, the next one may already be another one than before.
        there = None if given.appointment else _own(context).filter(starts_at=start).first()
        meant = there or _meant(context, given.appointment)
        return _done("Moved", appointments.move(meant, start, **_about(context)))


class CancelAppointment:
    """A :class:`~salesdesk.lib.tools.Tool`: cancels an appointment."""

    name: ClassVar = "cancel_appointment"
    description: ClassVar = (
        "Cancel the customer's appointment, when they have said clearly that they want that."
    )
    input: ClassVar[type[BaseModel]] = Reason
    timeout_s: ClassVar = 4.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    @transaction.atomic
    def run(self, context: ToolContext, given: Reason) -> ToolResult:
        canceled = None if given.appointment else _canceled_here(context)
        if canceled is not None:
            return _done("Canceled", canceled, others=_own(context).ahead_of(context.now))
        meant = _meant(context, given.appointment)
        about = _about(context)
        return _done("Canceled", appointments.cancel(meant, reason=given.reason, **about))


class ConfirmAppointment:
    """A :class:`~salesdesk.lib.tools.Tool`: the customer says that the appointment holds."""

    name: ClassVar = "confirm_appointment"
    description: ClassVar = "Note that the customer has confirmed an appointment that they have."
    input: ClassVar[type[BaseModel]] = WhichAppointment
    timeout_s: ClassVar = 4.0
    role: ClassVar = Trust.CALLER
    question_field: ClassVar = ""
    changes: ClassVar = True

    @transaction.atomic
    def run(self, context: ToolContext, given: WhichAppointment) -> ToolResult:
        meant = _meant(context, given.appointment)
        return _done("Confirmed", appointments.confirm(meant, **_about(context)))


# ---------------------------------------------------------------- what they share


def _own(context: ToolContext) -> Any:
    """The appointments of the conversation's customer that take up time."""
    lead = customer_of(context)
    own = Appointment.objects.select_related("calendar", "business", "lead")
    return own.filter(lead=lead).taking_time() if lead else own.none()


def _meant(context: ToolContext, appointment_id: str) -> Appointment:
    """The appointment with this id, else the next one. Callers have their own only."""
    lead = customer_of(context)
    if lead is not None:
        link_known(context, lead)
    known = Appointment.objects.select_related("calendar", "business", "lead")
    known = known.filter(business_id=context.business_id)
    if context.trust < Trust.REP or not appointment_id:
        known = known.filter(lead=lead) if lead else known.none()
    found = (
        known.filter(public_id=appointment_id) if appointment_id else known.ahead_of(context.now)
    )
    appointment = found.first()
    if appointment is None:
        missing = "The customer has no such appointment." if appointment_id else NONE_TO_COME
        raise NotFound(missing)
    return appointment


def _canceled_here(context: ToolContext) -> Appointment | None:
    """What was canceled in this conversation: asked again, not the next one is canceled too."""
    lead = customer_of(context)
    if lead is None or not context.conversation_id:
        return None
    told = lead.events.filter(conversation=context.conversation_id, data__event="canceled")
    ids = [event.data["appointment"] for event in told.order_by("-pk")[:1]]
    return lead.appointments.filter(public_id__in=ids).exclude(status__in=TAKES_TIME).first()


def _about(context: ToolContext) -> dict[str, Any]:
    return {**origin_of(context), "now": context.now}


def _local(business: Business, start: datetime) -> datetime:
    """Without an offset it is the business's local time."""
    if start.tzinfo is not None:
        return start
    local = at_local(start.date(), start.time(), business.tz)
    if local is None:
        raise InvalidInput("There is no such time on that day: clocks are put forward.")
    return local


def _done(what: str, appointment: Appointment, *, others: Any = ()) -> ToolResult:
    words = [f"{what}: {appointment_in_words(appointment)}."]
    words += [f"Still booked: {appointment_in_words(each)}." for each in others]
    return ToolResult(" ".join(words), data={"appointment": appointment_data(appointment)})
