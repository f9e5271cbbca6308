"""Messages about appointments, handed over when they are due.

A message is taken, permitted and handed to notifications in one transaction: workers pass over
what another one has, and a worker that dies leaves it waiting. Notifications send what they were
given once, try again what may do better later, and tell what became of it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from leads import signals
from leads.enums import (
    AppointmentStatus,
    MessageChannel,
    MessagePurpose,
    MessageState,
    VisitNews,
)
from leads.gate.services import permit_message
from leads.messaging import sending
from leads.models import TAKES_TIME, Appointment, Lead, VisitMessage
from leads.visits.ics import invitation
from leads.visits.links import link_of
from leads.visits.planning import words_of
from leads.visits.writing import (
    Told,
    Words,
    day_in_words,
    filled,
    time_in_words,
    when_in_words,
)
from salesdesk.lib.errors import SalesdeskError
from salesdesk.notifications import messages
from salesdesk.notifications.enums import DeliveryStatus
from salesdesk.notifications.models import Delivery

MOST_AT_ONCE = 200
SUBJECT = "visit_message"
STANDS_FOR = {
    DeliveryStatus.SENT: MessageState.SENT,
    DeliveryStatus.DELIVERED: MessageState.SENT,
    DeliveryStatus.FAILED: MessageState.FAILED,
    DeliveryStatus.CANCELED: MessageState.DROPPED,
}


def send_due(now: datetime) -> int:
    """Hand over what is due; how many messages were looked at."""
    for count in range(MOST_AT_ONCE):
        if not send_next(now):
            return count
    return MOST_AT_ONCE


@transaction.atomic
def send_next(now: datetime) -> bool:
    """The oldest that is due and that nobody else has; says whether there was one."""
    due = VisitMessage.objects.due(now).select_for_update(of=("self",), skip_locked=True)
    with_all = due.select_related("appointment__business", "appointment__calendar__user")
    message = with_all.select_related("appointment__lead").first()
    if message is None:
        return False
    _settle(message, *_decided(message, now))
    return True


Decided = tuple[MessageState, str, str]
"""The state, why, and the public id of the delivery."""


def _decided(message: VisitMessage, now: datetime) -> Decided:
    why = why_no_longer(message, now)
    if why:
        return MessageState.DROPPED, why, ""
    appointment, lead = message.appointment, message.appointment.lead
    assert lead is not None, "what has no lead is dropped"
    channel = MessageChannel(message.channel)
    words = words_of(appointment.business, VisitNews(message.kind), channel)
    if words is None:
        return MessageState.DROPPED, "It is no longer sent.", ""
    to = address_of(lead, channel)
    if not to:
        return MessageState.DROPPED, "There is no longer an address to write to.", ""
    decision = permit_message(
        appointment.business,
        lead=lead,
        phone=to if channel == MessageChannel.SMS else "",
        email=to if channel == MessageChannel.EMAIL else "",
        purpose=MessagePurpose.SERVICE,
    )
    if not decision.allowed:
        return MessageState.REFUSED, " ".join(decision.sentences), ""
    return _handed_over(message, filled(words, told_of(appointment)), to)


def _handed_over(message: VisitMessage, words: Words, to: str) -> Decided:
    business = message.appointment.business
    lead = message.appointment.lead
    about: dict[str, Any] = {
        "lead": lead,
        "purpose": MessagePurpose.SERVICE,
        "key": f"visit:{message.pk}:{int(message.due_at.timestamp())}",
        "subject_type": SUBJECT,
        "subject_id": str(message.pk),
    }
    try:
        if message.channel == MessageChannel.SMS:
            sent = sending.send_text(business, to, words.text, **about)
        else:
            attachments = attachments_of(message)
            sent = sending.send_mail(
                business, to, words.subject, words.text, attachments=attachments, **about
            )
    except SalesdeskError as error:
        return MessageState.FAILED, error.message[:300], ""
    return MessageState.SENDING, "", sent.reference


def attachments_of(message: VisitMessage) -> list[messages.Attachment]:
    """The appointment for the customer's own calendar, except with reminders: there it is."""
    if message.kind == VisitNews.REMINDER:
        return []
    appointment = message.appointment
    text = invitation(appointment, link_of(appointment)).decode()
    return [messages.Attachment("appointment.ics", "text/calendar", text)]


def _settle(message: VisitMessage, state: MessageState, why: str, reference: str) -> None:
    VisitMessage.objects.filter(pk=message.pk).update(
        state=state, why=why[:300], reference=reference
    )
    _announce(message.appointment)


# ---------------------------------------------------------------- whether, and in which words


def why_no_longer(message: VisitMessage, now: datetime) -> str:
    """In a sentence why it need not be sent any more, or nothing."""
    appointment = message.appointment
    if appointment.lead is None:
        return "There is nobody to be told."
    if appointment.starts_at != message.about:
        return "The appointment was moved."
    if message.kind == VisitNews.CANCELED:
        is_off = appointment.status == AppointmentStatus.CANCELED
        return "" if is_off else "The appointment holds again."
    if appointment.status not in TAKES_TIME:
        return f"The appointment is {appointment.get_status_display().lower()}."
    if appointment.starts_at <= now:
        return "The appointment has begun."
    return "A later reminder is due as well." if _is_overtaken(message, now) else ""


def _is_overtaken(message: VisitMessage, now: datetime) -> bool:
    """After an outage nobody is reminded twice in a row."""
    later = VisitMessage.objects.due(now).filter(
        appointment=message.appointment,
        kind=VisitNews.REMINDER,
        channel=message.channel,
        ahead_minutes__lt=message.ahead_minutes,
    )
    return message.kind == VisitNews.REMINDER and later.exists()


def address_of(lead: Lead, channel: MessageChannel) -> str:
    return lead.email if channel == MessageChannel.EMAIL else lead.phone


def told_of(appointment: Appointment) -> Told:
    lead, user = appointment.lead, appointment.calendar.user
    local = appointment.starts_at.astimezone(appointment.business.tz)
    length = appointment.ends_at - appointment.starts_at
    return Told(
        business=appointment.business.name,
        name=(lead.name if lead else "") or "there",
        first_name=(lead.first_name if lead else "") or "there",
        purpose=appointment.purpose,
        when=when_in_words(local),
        day=day_in_words(local),
        time=time_in_words(local),
        minutes=str(length // timedelta(minutes=1)),
        rep=str(user.get_short_name()) if user else appointment.calendar.name,
        address=appointment.address,
        link=link_of(appointment),
    )


# ---------------------------------------------------------------- what became of it


def note_delivery(delivery_id: str) -> None:
    """A delivery has come to an end: so has its message. Hearing it twice changes nothing."""
    delivery = Delivery.objects.filter(public_id=delivery_id).first()
    state = STANDS_FOR.get(DeliveryStatus(delivery.status)) if delivery else None
    if delivery is None or state is None:
        return
    message = VisitMessage.objects.filter(reference=delivery_id).first()
    if message is None or message.state == state:
        return
    sent_at = (delivery.sent_at or timezone.now()) if state == MessageState.SENT else None
    VisitMessage.objects.filter(pk=message.pk).update(
        state=state, why=delivery.error[:300], sent_at=sent_at
    )
    _announce(message.appointment)


def _announce(appointment: Appointment) -> None:
    signals.send_after_commit(
        signals.appointment_changed,
        appointment_id=appointment.public_id,
        lead_id=appointment.lead.public_id if appointment.lead else "",
        business_id=appointment.business_id,
        event="written",
    )
