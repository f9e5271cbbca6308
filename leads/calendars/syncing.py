"""Appointments are put into the calendars outside, after they are agreed here.

The desk has the last word: what an outside calendar refuses still holds, and the reason stands in
the appointment's ``sync_error``.
"""

from django.db import connection, transaction

from leads.calendars.base import Visit
from leads.enums import AppointmentStatus, CalendarProvider
from leads.models import Appointment, Calendar
from leads.outside.integrations import outside_calendar
from leads.signals import appointment_changed, send_after_commit
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.phone import for_people


def sync_appointment(appointment_id: int) -> None:
    """Make the outside calendar agree with the appointment as it is now.

    Doing it again changes nothing; two at once wait for one another. An error is stored in the
    appointment, and then raised.
    """
    error = _synced(appointment_id)
    if error is not None:
        raise error


@transaction.atomic
def _synced(appointment_id: int) -> SalesdeskError | None:
    _wait_for_turn(appointment_id)
    known = Appointment.objects.select_related("calendar__business", "outside__business", "lead")
    appointment = known.filter(pk=appointment_id).first()
    if appointment is None:
        return None
    try:
        _bring(appointment)
    except SalesdeskError as error:
        _keep(appointment, sync_error=error.message[:300])
        return error
    _keep(appointment, sync_error="", synced_at=appointment.updated_at)
    return None


def _bring(appointment: Appointment) -> None:
    """Take it out of the calendar where it is no more, and put it where it is now.

    Sets ``external_id`` and ``outside`` step by step, so that they are true also after an error.
    """
    wanted = _wanted(appointment)
    if appointment.outside is not None and appointment.outside != wanted:
        before = outside_calendar(appointment.outside)
        if before is not None:
            before.remove(appointment.external_id)
        appointment.external_id, appointment.outside = "", None
    there = outside_calendar(wanted) if wanted else None
    if there is None:
        return
    visit, key = visit_of(appointment), appointment.external_id
    appointment.external_id = there.change(key, visit) if key else there.put(visit)
    appointment.outside = wanted


def _wanted(appointment: Appointment) -> Calendar | None:
    """The calendar in which it should stand outside."""
    is_off = appointment.status == AppointmentStatus.CANCELED
    is_inside = appointment.calendar.provider == CalendarProvider.INTERNAL
    return None if is_off or is_inside else appointment.calendar


def visit_of(appointment: Appointment) -> Visit:
    lead = appointment.lead
    who = [str(lead), for_people(lead.phone)] if lead else []
    notes = [", ".join(dict.fromkeys(filter(None, who))), appointment.note]
    return Visit(
        appointment.public_id,
        f"{appointment.purpose}: {lead}" if lead else appointment.purpose,
        appointment.starts_at,
        appointment.ends_at,
        appointment.address,
        "\n".join(filter(None, notes)),
    )


def _keep(appointment: Appointment, *, sync_error: str, **values: object) -> None:
    """Only what is of the outside calendar: all else may have changed meanwhile."""
    where = {"external_id": appointment.external_id, "outside": appointment.outside}
    Appointment.objects.filter(pk=appointment.pk).update(sync_error=sync_error, **where, **values)
    if sync_error != appointment.sync_error:
        send_after_commit(
            appointment_changed,
            appointment_id=appointment.public_id,
            lead_id=appointment.lead.public_id if appointment.lead else "",
            business_id=appointment.business_id,
            event="synced",
        )


def _wait_for_turn(appointment_id: int) -> None:
    """Until the transaction ends; the row itself stays free for whoever moves the appointment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            [f"appointment-outside:{appointment_id}"],
        )
