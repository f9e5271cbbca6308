"""Booking, moving and settling appointments: the only writer of them.

Postgres has the last word: no two appointments of one calendar take up the same time. Who wants a
time that another one gets is refused with other times that are free.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from leads import services, signals, tasks
from leads.enums import AppointmentStatus, CalendarProvider, LeadEventKind
from leads.models import TAKES_TIME, Appointment, Calendar, Lead
from leads.visits import planning, telling
from leads.visits.diaries import diaries_of
from leads.visits.scheduling import Diary, Slot, Why, blocked_by, find, why_at, why_not
from leads.visits.wanted import Wanted
from leads.wording import either, spoken
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, InvalidTransition, NotConfigured

NEVER_DOUBLE = "appointment_never_double"
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 12 * 60
SENTENCES = {
    Why.TAKEN: "That time is already taken.",
    Why.TOO_SOON: "That is too soon to be arranged.",
    Why.HOLIDAY: "That day is a holiday.",
    Why.CLOSED: "That is outside of the working hours.",
    Why.TOO_FAR: "That is too far ahead to be booked yet.",
    Why.PAST: "That time is over.",
}


class NotFree(Conflict):
    """The wished time cannot be had. ``why`` says why, ``alternatives`` are free instead."""

    code = "not_free"

    def __init__(self, why: Why, alternatives: Sequence[Slot]) -> None:
        super().__init__(f"{SENTENCES[why]} {instead(alternatives)}".strip())
        self.why = why
        self.alternatives = tuple(alternatives)


def instead(slots: Sequence[Slot]) -> str:
    return f"Free instead: {either([slot.spoken for slot in slots])}." if slots else ""


def add_calendar(business: Business, name: str, **fields: Any) -> Calendar:
    """A calendar that can be booked. Raises ``ValidationError`` for a value that cannot be."""
    calendar = Calendar(business=business, name=name, **fields)
    calendar.full_clean()
    calendar.save()
    return calendar


# ---------------------------------------------------------------- booking and moving


@transaction.atomic
def book(
    lead: Lead,
    start: datetime,
    *,
    purpose: str,
    address: str = "",
    note: str = "",
    conversation: str = "",
    calendar: Calendar | None = None,
    minutes: int = 0,
    by: User | None = None,
    now: datetime | None = None,
) -> Appointment:
    """Book ``start`` for the lead, in ``calendar`` or the free one with the least to do that day.

    It takes ``minutes``, or as long as visits of the calendar do. A lead that has an appointment
    at this very time keeps it, so that asking twice books once. The customer is written to, and
    ``appointment_changed`` is sent. Raises :class:`NotFree` when no calendar is free, and
    ``NotConfigured`` when there is none.
    """
    now, start = now or timezone.now(), _checked(start)
    lead = _locked(lead)
    known = lead.appointments.taking_time().filter(starts_at=start).first()
    if known is not None:
        return known
    appointment = Appointment(
        business=lead.business,
        lead=lead,
        purpose=purpose.strip()[:120] or "Appointment",
        address=(address or lead.address)[:300],
        note=note,
        conversation=conversation,
    )
    _place(appointment, start, now, calendar=calendar, minutes=minutes)
    services.reach_appointment(lead)
    planning.plan_booked(appointment, now)
    _tell(appointment, "booked", conversation, by)
    return appointment


@transaction.atomic
def move(
    appointment: Appointment,
    start: datetime,
    *,
    conversation: str = "",
    calendar: Calendar | None = None,
    by: User | None = None,
    now: datetime | None = None,
) -> Appointment:
    """Move it to ``start``: into ``calendar``, or its own if that is free, else another one.

    It stays as long as it is. The old time is given up only when the new one is had. At another
    time it is to be confirmed again, and the customer is written to. Sends
    ``appointment_changed``. Raises :class:`NotFree`; ``InvalidTransition`` when it is over.
    """
    now, start = now or timezone.now(), _checked(start)
    appointment = _locked_appointment(appointment)
    _refuse_settled(appointment, now)
    old, is_later = appointment.starts_at, appointment.starts_at != start
    if not is_later and calendar in (None, appointment.calendar):
        return appointment
    if is_later:
        appointment.status = AppointmentStatus.BOOKED
    _place(appointment, start, now, calendar=calendar)
    if is_later:
        planning.plan_moved(appointment, now)
    _tell(appointment, "moved", conversation, by, was=old.isoformat())
    return appointment


@transaction.atomic
def resize(
    appointment: Appointment, minutes: int, *, by: User | None = None, now: datetime | None = None
) -> Appointment:
    """Let it take ``minutes`` from its beginning on; what is confirmed stays so.

    Sends ``appointment_changed``. Raises as :func:`move` does.
    """
    now = now or timezone.now()
    appointment = _locked_appointment(appointment)
    _refuse_settled(appointment, now)
    if appointment.ends_at - appointment.starts_at == timedelta(minutes=minutes):
        return appointment
    own = appointment.calendar
    _place(appointment, appointment.starts_at, now, calendar=own, minutes=minutes)
    _tell(appointment, "resized", "", by, minutes=str(minutes))
    return appointment


def _place(
    appointment: Appointment,
    start: datetime,
    now: datetime,
    *,
    calendar: Calendar | None = None,
    minutes: int = 0,
) -> None:
    """Give the appointment this time, in whichever calendar is free. Raises :class:`NotFree`."""
    diaries = _diaries_for(appointment, now, calendar, minutes)
    free = [diary for diary in diaries if why_not(diary, start, now) is Why.FREE]
    if not free:
        raise _not_free(diaries, why_at(diaries, start, now), start, now)
    calendars = {each.public_id: each for each in appointment.business.calendars.all()}
    own = appointment.calendar.public_id if appointment.pk else ""
    for diary in sorted(free, key=lambda each: _burden(each, start, own)):
        if _take(appointment, calendars[diary.calendar], diary, start):
            return
    raise _not_free(_diaries_for(appointment, now, calendar, minutes), Why.TAKEN, start, now)


def _diaries_for(
    appointment: Appointment, now: datetime, calendar: Calendar | None, minutes: int
) -> list[Diary]:
    """The diaries it may go into. Raises ``NotConfigured`` for a calendar that is out of use."""
    diaries = diaries_of(appointment.business, now, without=_if_stored(appointment))
    if calendar is not None:
        diaries = [diary for diary in diaries if diary.calendar == calendar.public_id]
    if not diaries:
        raise NotConfigured(f"The calendar “{calendar}” cannot be booked at the moment.")
    if not minutes:
        return diaries
    if not SHORTEST_MINUTES <= minutes <= LONGEST_MINUTES:
        raise InvalidInput("An appointment takes from five minutes to twelve hours.")
    return [replace(diary, visit=timedelta(minutes=minutes)) for diary in diaries]


def _take(appointment: Appointment, calendar: Calendar, diary: Diary, start: datetime) -> bool:
    """Write the time down; says whether it was still to be had.

    The lock makes those who want the same calendar wait in line: two that insert at once would
    each wait for the other, which Postgres ends with a deadlock. It is given back with the
    savepoint when the time is taken, so that nobody holds two calendars.
    """
    begins, ends = blocked_by(diary, start)
    appointment.calendar = calendar
    appointment.starts_at, appointment.ends_at = begins, begins + diary.visit
    appointment.blocked = DateTimeTZRange(begins, ends)
    try:
        with transaction.atomic():
            Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk)
            appointment.save()
    except IntegrityError as error:
        if NEVER_DOUBLE not in str(error):
            raise
        return False
    return True


def _not_free(diaries: Sequence[Diary], why: Why, start: datetime, now: datetime) -> NotFree:
    local = start.astimezone(diaries[0].tz)
    wanted = Wanted(local.date(), local.date(), local.time())
    return NotFree(why, [slot for slot in find(diaries, wanted, now).slots if slot.start != start])


def _burden(diary: Diary, start: datetime, own: str) -> tuple[bool, int]:
    day = start.astimezone(diary.tz).date()
    return diary.calendar != own, diary.loads()[day]


# ---------------------------------------------------------------- settling


@transaction.atomic
def cancel(
    appointment: Appointment,
    *,
    reason: str = "",
    conversation: str = "",
    by: User | None = None,
    now: datetime | None = None,
) -> Appointment:
    """Give the time free again; one that is canceled stays so. Sends ``appointment_changed``.

    Raises ``InvalidTransition`` when it is over.
    """
    appointment = _locked_appointment(appointment)
    if appointment.status == AppointmentStatus.CANCELED:
        return appointment
    now = now or timezone.now()
    _refuse_settled(appointment, now)
    appointment.cancel_reason = reason.strip()[:300]
    planning.plan_canceled(appointment, now)
    return _settle(appointment, AppointmentStatus.CANCELED, "canceled", conversation, by)


@transaction.atomic
def confirm(
    appointment: Appointment,
    *,
    conversation: str = "",
    by: User | None = None,
    now: datetime | None = None,
) -> Appointment:
    """The customer says that it holds; saying it twice changes nothing. Raises as ``cancel``."""
    appointment = _locked_appointment(appointment)
    if appointment.status == AppointmentStatus.CONFIRMED:
        return appointment
    _refuse_settled(appointment, now or timezone.now())
    return _settle(appointment, AppointmentStatus.CONFIRMED, "confirmed", conversation, by)


@transaction.atomic
def close(
    appointment: Appointment,
    status: AppointmentStatus,
    *,
    by: User | None = None,
    now: datetime | None = None,
) -> Appointment:
    """It took place (``DONE``) or the customer was not there (``MISSED``).

    Raises ``InvalidTransition`` before it has begun, and for one that is settled otherwise.
    """
    assert status in (AppointmentStatus.DONE, AppointmentStatus.MISSED)
    appointment = _locked_appointment(appointment)
    if appointment.status == status:
        return appointment
    if appointment.status not in TAKES_TIME or appointment.starts_at > (now or timezone.now()):
        raise InvalidTransition("Only an appointment that has begun is done or missed.")
    planning.drop_waiting(appointment, "The appointment is over.")
    telling.nobody_need_answer(appointment)
    return _settle(appointment, status, status.value, "", by)


def _settle(
    appointment: Appointment,
    status: AppointmentStatus,
    event: str,
    conversation: str,
    by: User | None,
) -> Appointment:
    appointment.status = status
    appointment.save(update_fields=["status", "cancel_reason", "updated_at"])
    _tell(appointment, event, conversation, by)
    return appointment


def _refuse_settled(appointment: Appointment, now: datetime) -> None:
    if appointment.status not in TAKES_TIME:
        told = appointment.get_status_display().lower()
        raise InvalidTransition(f"This appointment is {told} and can no longer be changed.")
    if appointment.starts_at <= now:
        raise InvalidTransition("This appointment is over.")


# ---------------------------------------------------------------- what all share


def local_start(appointment: Appointment) -> datetime:
    """When it begins, by the clock of the business."""
    return appointment.starts_at.astimezone(appointment.business.tz)


def _checked(start: datetime) -> datetime:
    if start.tzinfo is None:
        raise InvalidInput("Say in which time zone the appointment begins.")
    if start.second or start.microsecond:
        raise InvalidInput("An appointment begins at a full minute.")
    if not 2000 <= start.year < 3000:
        raise InvalidInput("This year cannot be meant.")
    return start


def _locked(lead: Lead) -> Lead:
    leads = Lead.objects.select_related("business")
    return leads.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)


def _locked_appointment(appointment: Appointment) -> Appointment:
    known = Appointment.objects.select_related("business", "calendar", "lead")
    return known.select_for_update(of=("self",), no_key=True).get(pk=appointment.pk)


def _if_stored(appointment: Appointment) -> Appointment | None:
    return appointment if appointment.pk else None


def _tell(
    appointment: Appointment, event: str, conversation: str, by: User | None, **more: str
) -> None:
    """Into the lead's history, into the calendar outside, and to whom it may concern."""
    if appointment.lead is not None:
        services.record_event(
            appointment.lead,
            LeadEventKind.APPOINTMENT,
            f"{event.capitalize()}: {appointment.purpose}, {spoken(local_start(appointment))}.",
            {"appointment": appointment.public_id, "event": event, **more},
            conversation,
            by,
        )
    if appointment.outside_id or appointment.calendar.provider != CalendarProvider.INTERNAL:
        key = appointment.pk
        transaction.on_commit(lambda: tasks.sync_appointment.delay(key), robust=True)
    if by is None:
        telling.tell_rep(appointment, event)
    signals.send_after_commit(
        signals.appointment_changed,
        appointment_id=appointment.public_id,
        lead_id=appointment.lead.public_id if appointment.lead else "",
        business_id=appointment.business_id,
        event=event,
    )
