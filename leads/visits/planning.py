"""Which messages an appointment brings about, written down with it in one transaction.

What is planned for a time that no longer holds is dropped at once, and looked at once more when it
is due: so nobody is reminded of an appointment that was moved or canceled.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from leads.enums import MessageChannel, MessageState, VisitNews
from leads.models import Appointment, VisitMessage, VisitRules
from leads.visits.writing import USUAL, Words
from salesdesk.businesses.models import Business


def rules_of(business: Business) -> VisitRules:
    """The business's rules, or the usual ones (not stored)."""
    return VisitRules.objects.filter(business=business).first() or VisitRules(business=business)


def words_of(business: Business, kind: VisitNews, channel: MessageChannel) -> Words | None:
    """What is sent; ``None`` for what the business does not want to be sent."""
    own = business.visit_templates.filter(kind=kind, channel=channel).first()
    if own is None:
        return USUAL[kind, channel]
    return Words(own.text, own.subject) if own.is_active else None


def plan_booked(appointment: Appointment, now: datetime) -> None:
    _plan(appointment, VisitNews.BOOKED, now)


def plan_moved(appointment: Appointment, now: datetime) -> None:
    drop_waiting(appointment, "The appointment was moved.")
    _plan(appointment, VisitNews.MOVED, now)


def plan_canceled(appointment: Appointment, now: datetime) -> None:
    drop_waiting(appointment, "The appointment was canceled.")
    _plan(appointment, VisitNews.CANCELED, now)


def drop_waiting(appointment: Appointment, why: str) -> None:
    appointment.messages.filter(state=MessageState.WAITING).update(
        state=MessageState.DROPPED, why=why
    )


def _plan(appointment: Appointment, kind: VisitNews, now: datetime) -> None:
    """What was planned before for the same time is planned again: it may move back and forth."""
    rules = rules_of(appointment.business)
    channels = _channels(appointment)
    if not rules.writes or not channels:
        return
    planned = list(_messages(appointment, kind, rules.reminders, now))
    off = set(
        appointment.business.visit_templates.filter(is_active=False).values_list("kind", "channel")
    )
    rows = [
        VisitMessage(appointment=appointment, channel=channel, **each)
        for each in planned
        for channel in channels
        if (each["kind"], channel) not in off
    ]
    _store(appointment, rows)


def _messages(
    appointment: Appointment, kind: VisitNews, reminders: Iterable[int], now: datetime
) -> Iterator[dict[str, object]]:
    about = {"about": appointment.starts_at}
    yield {"kind": kind, "due_at": now, **about}
    if kind == VisitNews.CANCELED:
        return
    for minutes in reminders:
        due = appointment.starts_at - timedelta(minutes=minutes)
        if due > now:
            told = {"kind": VisitNews.REMINDER, "ahead_minutes": minutes}
            yield {**told, "due_at": due, **about}


def _channels(appointment: Appointment) -> list[MessageChannel]:
    lead = appointment.lead
    if lead is None:
        return []
    given = {MessageChannel.EMAIL: lead.email, MessageChannel.SMS: lead.phone}
    return [channel for channel, address in given.items() if address]


def _store(appointment: Appointment, rows: list[VisitMessage]) -> None:
    VisitMessage.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["appointment", "kind", "channel", "about", "ahead_minutes"],
        update_fields=["due_at", "state", "why", "sent_at", "reference"],
    )
