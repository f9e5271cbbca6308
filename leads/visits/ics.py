"""Appointments as iCalendar (RFC 5545), by the ``icalendar`` library.

Times are in UTC: the one form that is right also in the hour which clocks show twice. What an
appointment is called stays, and its SEQUENCE grows with each change, so that calendars replace it.
"""

from collections.abc import Iterable
from datetime import UTC, timedelta

from icalendar import Calendar as Ics
from icalendar import Event

from leads.enums import AppointmentStatus
from leads.models import Appointment, Calendar
from salesdesk.lib.phone import for_people

PRODID = "-//salesdesk//appointments//EN"
REFRESH = timedelta(minutes=15)
STATUS = {
    AppointmentStatus.BOOKED: "TENTATIVE",
    AppointmentStatus.CANCELED: "CANCELLED",
}
"""All others are confirmed."""


def feed(calendar: Calendar, appointments: Iterable[Appointment]) -> bytes:
    """What a rep's calendar program subscribes to: with whom, where, and the number."""
    book = _empty("PUBLISH")
    book.add("x-wr-calname", f"{calendar.name} · {calendar.business}")
    book.add("x-wr-timezone", calendar.business.time_zone)
    book.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    book.add("x-published-ttl", REFRESH)
    for appointment in appointments:
        book.add_component(_for_rep(appointment))
    return bytes(book.to_ical())


def invitation(appointment: Appointment, link: str = "") -> bytes:
    """What a customer gets: nothing but what the message itself says."""
    is_off = appointment.status == AppointmentStatus.CANCELED
    book = _empty("CANCEL" if is_off else "PUBLISH")
    event = _event(appointment)
    event.add("summary", f"{appointment.purpose} · {appointment.business}")
    if link and not is_off:
        event.add("description", f"Confirm, move or cancel: {link}")
        event.add("url", link)
    book.add_component(event)
    return bytes(book.to_ical())


def _empty(method: str) -> Ics:
    book = Ics()
    book.add("prodid", PRODID)
    book.add("version", "2.0")
    book.add("method", method)
    return book


def _for_rep(appointment: Appointment) -> Event:
    event, lead = _event(appointment), appointment.lead
    event.add("summary", f"{appointment.purpose}: {lead}" if lead else appointment.purpose)
    told = [for_people(lead.phone) if lead else "", appointment.note]
    event.add("description", "\n".join(filter(None, told)))
    return event


def _event(appointment: Appointment) -> Event:
    event = Event()
    event.add("uid", f"{appointment.public_id}@salesdesk")
    event.add("dtstamp", appointment.updated_at.astimezone(UTC))
    event.add("last-modified", appointment.updated_at.astimezone(UTC))
    event.add("dtstart", appointment.starts_at.astimezone(UTC))
    event.add("dtend", appointment.ends_at.astimezone(UTC))
    event.add("sequence", sequence_of(appointment))
    event.add("status", STATUS.get(AppointmentStatus(appointment.status), "CONFIRMED"))
    if appointment.address:
        event.add("location", appointment.address)
    return event


def sequence_of(appointment: Appointment) -> int:
    """Seconds from the booking to the last change."""
    return int((appointment.updated_at - appointment.created_at).total_seconds())
