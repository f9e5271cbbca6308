"""Telling reps what became of their appointments, and asking whether these took place."""

from django.urls import reverse

from leads.models import Appointment
from leads.visits.writing import when_in_words
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.notifications.enums import NotificationKind
from salesdesk.notifications.services import Action, notify, withdraw

SUBJECT = "appointment"
DONE, MISSED = "done", "missed"
NEWS = {
    "booked": "Booked",
    "moved": "Moved",
    "confirmed": "Confirmed",
    "canceled": "Canceled",
}
"""What reps are told when nobody of the business did it."""


def tell_rep(appointment: Appointment, event: str) -> None:
    """That a customer, or the agent for one, did this."""
    if event in NEWS:
        reason = f"Reason: {appointment.cancel_reason}" if appointment.cancel_reason else ""
        _notify(appointment, f"{NEWS[event]}: {in_words(appointment)}", reason)


def ask_rep(appointment: Appointment) -> None:
    """Whether it took place; the answer comes back as ``notification_answered``."""
    actions = (Action(DONE, "It took place"), Action(MISSED, "Nobody was there"))
    _notify(appointment, f"Did it take place? {in_words(appointment)}", "", actions)


def nobody_need_answer(appointment: Appointment) -> None:
    withdraw(appointment.business, subject_type=SUBJECT, subject_id=appointment.public_id)


def in_words(appointment: Appointment) -> str:
    """“Roof inspection with Maria Lopez, Tuesday, November 24 at 3:00 PM EST”."""
    who = f" with {appointment.lead}" if appointment.lead else ""
    local = appointment.starts_at.astimezone(appointment.business.tz)
    return f"{appointment.purpose}{who}, {when_in_words(local)}"


def people_of(appointment: Appointment) -> list[User] | Ability:
    """Whose calendar it is, or whose lead; else who looks after calendars."""
    lead = appointment.lead
    for user in (appointment.calendar.user, lead.owner if lead else None):
        if user is not None and user.memberships.filter(business=appointment.business).exists():
            return [user]
    return Ability.MANAGE_CALENDARS


def _notify(
    appointment: Appointment, title: str, body: str, actions: tuple[Action, ...] = ()
) -> None:
    notify(
        appointment.business,
        kind=NotificationKind.APPOINTMENT,
        title=title,
        body=body,
        url=reverse("appointments:detail", args=[appointment.public_id]),
        to=people_of(appointment),
        actions=actions,
        subject_type=SUBJECT,
        subject_id=appointment.public_id,
    )
