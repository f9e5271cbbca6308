"""Everything that is written to leads goes out here: kept, told in their history, and with what
the law wants in it. Whether it may go out the gate is asked before, by who writes.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from leads.enums import (
    ContactKind,
    LeadEventKind,
    MessageChannel,
    MessageDirection,
    MessageMeaning,
    MessagePurpose,
    WrittenStatus,
)
from leads.gate.services import permit_message
from leads.messaging.links import unsubscribe_link
from leads.messaging.wording import advertising_mail, first_text
from leads.models import DialDecision, Lead, LeadMessage
from leads.models.messaging import LONGEST_ERROR
from leads.services import announce, record_event
from leads.speed.services import note_attempt
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.notifications import messages
from salesdesk.notifications.enums import DeliveryStatus
from salesdesk.notifications.models import Delivery

ABOUT_MESSAGE = "lead_message"
ANSWER = "answer"
"""What the answers to keywords are about."""
ANSWERED_WITHIN = timedelta(days=7)
"""So long somebody who wrote waits for an answer, which is then no advertising."""
LONGEST_BY_HAND = {MessageChannel.SMS: 1000, MessageChannel.EMAIL: 20_000}
STANDS_FOR = {
    DeliveryStatus.SENT: WrittenStatus.SENT,
    DeliveryStatus.DELIVERED: WrittenStatus.DELIVERED,
    DeliveryStatus.FAILED: WrittenStatus.FAILED,
    DeliveryStatus.CANCELED: WrittenStatus.CANCELED,
}
KINDS = {MessageChannel.SMS: ContactKind.SMS, MessageChannel.EMAIL: ContactKind.EMAIL}


class MessageRefused(Conflict):
    """The gate has something against it; ``decision`` is its line in the ledger."""

    code = "message_refused"

    def __init__(self, decision: DialDecision) -> None:
        super().__init__(" ".join(decision.sentences))
        self.decision = decision


# ---------------------------------------------------------------- by hand


def write(
    lead: Lead, channel: MessageChannel, text: str, *, subject: str = "", by: User
) -> LeadMessage:
    """What a user writes to the lead, put on its way. Asks the gate first.

    An answer to somebody who wrote within the last week is ``SERVICE``; all else is ``MARKETING``,
    with its hours and consent. Raises :class:`MessageRefused` with the gate's sentences, and
    ``InvalidInput`` for words that cannot be sent.
    """
    text, subject = _checked(channel, text, subject)
    written = _written(lead, channel, text, subject, by)
    if isinstance(written, DialDecision):
        raise MessageRefused(written)
    return written


@transaction.atomic
def _written(
    lead: Lead, channel: MessageChannel, text: str, subject: str, by: User
) -> LeadMessage | DialDecision:
    """The message, or the gate's refusal. It decides and the message is stored under one lock, so
    that whoever opts out meanwhile comes before the decision or after the message, which is then
    held back."""
    purpose = MessagePurpose.SERVICE if awaits_answer(lead, channel) else MessagePurpose.MARKETING
    decision = permit_message(
        lead.business,
        lead=lead,
        phone=lead.phone,
        email=lead.email,
        kind=KINDS[channel],
        user=by,
        purpose=purpose,
    )
    if not decision.allowed:
        return decision
    message = _sent(lead, channel, text, subject, purpose, by)
    note_attempt(lead, message.created_at)
    return message


def _sent(
    lead: Lead,
    channel: MessageChannel,
    text: str,
    subject: str,
    purpose: MessagePurpose,
    by: User,
) -> LeadMessage:
    if channel == MessageChannel.SMS:
        return send_text(lead.business, lead.phone, text, lead=lead, purpose=purpose, by=by)
    return send_mail(lead.business, lead.email, subject, text, lead=lead, purpose=purpose, by=by)


def _checked(channel: MessageChannel, text: str, subject: str) -> tuple[str, str]:
    text, subject = text.replace("\0", "").strip(), " ".join(subject.replace("\0", "").split())
    if not text or len(text) > LONGEST_BY_HAND[channel]:
        raise InvalidInput(f"A text has from 1 to {LONGEST_BY_HAND[channel]} characters.")
    if channel == MessageChannel.EMAIL and not 0 < len(subject) <= 200:
        raise InvalidInput("An e-mail needs a subject, of 200 characters at most.")
    return text, subject


def awaits_answer(lead: Lead, channel: MessageChannel) -> bool:
    """Whether they wrote over this channel, from where the answer goes, within the last week.

    What a portal wrote about them, or they from another number, is no question at this address.
    """
    since = timezone.now() - ANSWERED_WITHIN
    if channel == MessageChannel.EMAIL:
        return lead.mail.filter(sender=lead.email, stored_at__gte=since).exclude(sender="").exists()
    came = lead.messages.filter(direction=MessageDirection.IN, channel=channel, address=lead.phone)
    talk = (MessageMeaning.REPLY, MessageMeaning.NO_CALLS)
    return came.filter(meaning__in=talk, created_at__gte=since).exists()


# ---------------------------------------------------------------- by whoever may


@transaction.atomic
def send_text(
    business: Business,
    to: str,
    text: str,
    *,
    lead: Lead | None = None,
    purpose: MessagePurpose = MessagePurpose.MARKETING,
    by: User | None = None,
    key: str = "",
    subject_type: str = ABOUT_MESSAGE,
    subject_id: str = "",
) -> LeadMessage:
    """Put an SMS on its way, from the number that they last wrote to. Arguments as
    :func:`salesdesk.notifications.messages.send_sms` takes them; raises as it does.

    The first advertising one to a number says from whom it is, and how to opt out.
    """
    is_first = purpose == MessagePurpose.MARKETING and _is_first(business, to)
    words = first_text(text, business.name) if is_first else text
    sender = _own_number(business, to)
    about = {"key": key, "subject_type": subject_type, "subject_id": subject_id}
    delivery = messages.send_sms(business, to, words, sender=sender, **about)
    message = LeadMessage(channel=MessageChannel.SMS, own=sender, text=words)
    return _kept(message, delivery, lead, purpose, by)


@transaction.atomic
def send_mail(
    business: Business,
    to: str,
    subject: str,
    text: str,
    *,
    lead: Lead | None = None,
    purpose: MessagePurpose = MessagePurpose.MARKETING,
    by: User | None = None,
    attachments: Sequence[messages.Attachment] = (),
    key: str = "",
    subject_type: str = ABOUT_MESSAGE,
    subject_id: str = "",
) -> LeadMessage:
    """Put an e-mail on its way; otherwise as :func:`send_text`.

    Advertising carries a link to unsubscribe, for people and for mail programs (RFC 8058).
    Answers go to the business's mailbox, where it has one that is watched.
    """
    message = LeadMessage(channel=MessageChannel.EMAIL, subject=subject[:200], text=text)
    headers, words = _answers_to(business), text
    if purpose == MessagePurpose.MARKETING:
        link = unsubscribe_link(message)
        words = advertising_mail(text, business.name, business.postal_address, link)
        headers["List-Unsubscribe"] = f"<{link}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    about = {"key": key, "subject_type": subject_type, "subject_id": subject_id}
    delivery = messages.send_email(
        business, to, subject, words, attachments=attachments, headers=headers, **about
    )
    return _kept(message, delivery, lead, purpose, by)


def _is_first(business: Business, number: str) -> bool:
    """Whether no advertising SMS to the number has left the house before."""
    sent = LeadMessage.objects.with_address(business, MessageChannel.SMS, number)
    never_left = (WrittenStatus.FAILED, WrittenStatus.CANCELED)
    return not sent.filter(purpose=MessagePurpose.MARKETING).exclude(status__in=never_left).exists()


def _own_number(business: Business, number: str) -> str:
    """The business's number that they last wrote to, while it has it; or nothing."""
    came = LeadMessage.objects.with_address(business, MessageChannel.SMS, number)
    last = came.filter(direction=MessageDirection.IN).newest_first().first()
    own = business.numbers.filter(is_active=True)
    return last.own if last is not None and own.filter(number=last.own).exists() else ""


def _answers_to(business: Business) -> dict[str, str]:
    """The header by which answers come back to us."""
    for address in business.mailboxes.filter(is_active=True).values_list("username", flat=True):
        try:
            validate_email(address)
        except ValidationError:  # a user name that is no address; nobody knows where its mail goes
            continue
        return {"Reply-To": str(address)}
    return {}


def _kept(
    message: LeadMessage,
    delivery: Delivery,
    lead: Lead | None,
    purpose: MessagePurpose,
    by: User | None,
) -> LeadMessage:
    """Stored with its delivery, once, and told in the lead's history."""
    known = LeadMessage.objects.filter(reference=delivery.public_id).first()
    if known is not None:
        return known
    message.business, message.lead, message.by = delivery.business, lead, by
    message.direction, message.purpose = MessageDirection.OUT, purpose
    message.address, message.reference = delivery.to.lower(), delivery.public_id
    message.save()
    if lead is not None:
        tell(lead, message)
    return message


def tell(lead: Lead, message: LeadMessage) -> None:
    """Put the message into the lead's history."""
    told = {
        "message": message.public_id,
        "direction": message.direction,
        "channel": message.channel,
        "subject": message.subject,
    }
    record_event(lead, LeadEventKind.MESSAGE, message.text, told, by=message.by)
    announce(lead, "noted")


# ---------------------------------------------------------------- what became of it


def note_delivery(delivery: Delivery) -> None:
    """How far the message of a delivery has got. Hearing it twice changes nothing."""
    status = STANDS_FOR.get(DeliveryStatus(delivery.status))
    if status is not None:
        mine = LeadMessage.objects.filter(reference=delivery.public_id)
        mine.update(status=status, error=delivery.error[:LONGEST_ERROR])
