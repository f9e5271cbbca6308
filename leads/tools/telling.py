"""Leads and appointments as models and programs are told of them."""

from datetime import datetime
from typing import Any

from leads.enums import LeadEventKind
from leads.models import Appointment, Lead, LeadEvent
from leads.services import OTHER_EMAIL, OTHER_PHONE
from leads.visits.appointments import local_start
from leads.visits.scheduling import Slot
from leads.wording import spoken
from salesdesk.lib.phone import for_people
from salesdesk.lib.tools import ToolContext, Trust

MOST_EVENTS, MOST_APPOINTMENTS = 20, 10
NO_CUSTOMER = "Nothing is known of this customer yet."
NOT_FOR_CALLERS = (LeadEventKind.CRM,)


def lead_data(lead: Lead) -> dict[str, Any]:
    return {
        "id": lead.public_id,
        "name": lead.name,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "company": lead.company,
        "phone": lead.phone or lead.facts.get(OTHER_PHONE, ""),
        "email": lead.facts.get(OTHER_EMAIL) or lead.email,
        "address": lead.address,
        "stage": lead.stage,
        "facts": lead.facts,
    }


def lead_in_words(lead: Lead) -> str:
    """“Maria Lopez; phone: +1 415-555-0199; …”, an id for staff's tools included."""
    data = lead_data(lead)
    known = {
        "company": data["company"],
        "phone": for_people(data["phone"]),
        "e-mail": data["email"],
        "address": data["address"],
        "stage": lead.get_stage_display(),
        **{key.replace("_", " "): value for key, value in lead.facts.items()},
        "id": lead.public_id,
    }
    told = (f"{name}: {value}" for name, value in known.items() if value not in ("", None))
    return "; ".join([lead.name or "Name unknown", *told])


def appointment_data(appointment: Appointment) -> dict[str, Any]:
    start = local_start(appointment)
    return {
        "id": appointment.public_id,
        "start": start.isoformat(),
        "end": appointment.ends_at.astimezone(start.tzinfo).isoformat(),
        "spoken": spoken(start),
        "purpose": appointment.purpose,
        "status": appointment.status,
        "calendar_name": appointment.calendar.name,
    }


def appointment_in_words(appointment: Appointment) -> str:
    told = appointment.get_status_display().lower()
    when = spoken(local_start(appointment))
    return f"{appointment.purpose}, {when}, {told} (id {appointment.public_id})"


def slot_data(slot: Slot) -> dict[str, Any]:
    return {
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "calendar": slot.calendar,
        "spoken": slot.spoken,
    }


def appointments_of(lead: Lead, now: datetime) -> list[Appointment]:
    """Those to come, the next one first, and then what was, the latest first."""
    known = lead.appointments.select_related("calendar", "business")
    ahead = list(known.ahead_of(now)[:MOST_APPOINTMENTS])
    others = known.exclude(pk__in=[each.pk for each in ahead]).order_by("-starts_at", "-pk")
    return [*ahead, *others[: MOST_APPOINTMENTS - len(ahead)]]


def events_of(lead: Lead, context: ToolContext) -> list[LeadEvent]:
    """The newest first. What staff wrote among themselves is not for callers."""
    events = lead.events.order_by("-created_at", "-pk")
    if context.trust < Trust.REP:
        events = events.exclude(kind__in=NOT_FOR_CALLERS)
        events = events.exclude(kind=LeadEventKind.NOTE, by__isnull=False)
    return list(events[:MOST_EVENTS])


def event_data(event: LeadEvent) -> dict[str, str]:
    return {"kind": event.kind, "text": event.text, "at": event.created_at.isoformat()}
