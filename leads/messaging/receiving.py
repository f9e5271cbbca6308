"""A text message came in: kept once, understood, answered where it must be, told to people."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.db import transaction

from leads.arriving.arrivals import take_lead
from leads.enums import (
    ContactHow,
    LeadSource,
    MessageChannel,
    MessageDirection,
    MessageMeaning,
    MessagePurpose,
    WrittenStatus,
)
from leads.gate.services import permit_message
from leads.messaging import opting, wording
from leads.messaging.addressees import addressees
from leads.messaging.sending import ANSWER, send_text, tell
from leads.messaging.understanding import understood
from leads.models import LeadMessage
from leads.services import find_lead, find_number, is_suppressed
from leads.speed.answers import replied
from leads.speed.services import ABOUT_LEAD, path_of
from leads.speed.telling import TAKE, whom
from salesdesk.businesses.models import Business
from salesdesk.lib.phone import for_people
from salesdesk.notifications.enums import NotificationKind
from salesdesk.notifications.services import notify, withdraw

log = logging.getLogger(__name__)

LONGEST_TEXT = 4000
IN_PEACE = "They must be left in peace: nothing can be sent to them."


@dataclass(frozen=True, slots=True)
class Text:
    """A text message as the carrier tells it. ``sid`` is its name of it, ``media`` how many files
    came along. ``keyword`` is what the carrier took it for and has answered itself, if it did.
    """

    sid: str
    from_: str
    to: str
    body: str
    media: int = 0
    keyword: str = ""


def take(text: Text) -> list[LeadMessage]:
    """Have everybody take the message to whom it was written; see :func:`take_text`."""
    businesses = addressees(text.from_, text.to, _meaning(text))
    return [take_text(each, _to(each, text)) for each in businesses]


def _to(business: Business, text: Text) -> Text:
    """Of a number that several share, each keeps the message by a name of its own."""
    if business.numbers.filter(number=text.to).exists():
        return text
    return replace(text, sid=f"{text.sid}:{business.pk}")


@transaction.atomic
def take_text(business: Business, text: Text) -> LeadMessage:
    """Keep the message, and do what it asks for; sent again, nothing more happens.

    STOP and whatever means it opts out of everything, with one message that confirms it. START
    takes a STOP back. HELP is answered. All else is a reply: the cadence stops, and the lead's
    owner (or the reps) are told; who wants texts instead of calls, or calls instead of texts,
    opts out of the other way besides. Who was not known becomes a lead, unless they only opted out
    or asked for help.
    """
    number = find_number(text.from_)
    lead = find_lead(business, phone=number) if number else None
    message, is_new = LeadMessage.objects.get_or_create(
        sid=text.sid,
        defaults={
            "business": business,
            "lead": lead,
            "direction": MessageDirection.IN,
            "channel": MessageChannel.SMS,
            "address": number or text.from_[:40],
            "own": text.to,
            "text": _words(text),
            "meaning": _meaning(text),
            "status": WrittenStatus.RECEIVED,
        },
    )
    if is_new and number:
        is_answered = bool(text.keyword) or not business.is_active
        _FOLLOWS[MessageMeaning(message.meaning)](message, is_answered)
    return message


def _words(text: Text) -> str:
    files = "1 picture or file" if text.media == 1 else f"{text.media} pictures or files"
    parts = [text.body.replace("\0", "").strip()[:LONGEST_TEXT], f"({files})" if text.media else ""]
    return "\n".join(part for part in parts if part)


def _meaning(text: Text) -> MessageMeaning:
    """What the carrier took it for counts, since it acts on that."""
    if text.keyword.lower() in (MessageMeaning.STOP, MessageMeaning.START, MessageMeaning.HELP):
        return MessageMeaning(text.keyword.lower())
    return understood(text.body)


# ---------------------------------------------------------------- what follows


def _stop(message: LeadMessage, is_answered: bool) -> None:
    _tell_history(message)
    if opting.opt_out(message) and not is_answered:
        _answer(message, wording.stop_text(message.business.name))


def _start(message: LeadMessage, is_answered: bool) -> None:
    _tell_history(message)
    opting.opt_in(message)
    if not _may_be_written_to(message):
        _tell_people(message, f"{message.text}\n\n{IN_PEACE}")
    elif not is_answered:
        _answer(message, wording.start_text(message.business.name))


def _help(message: LeadMessage, is_answered: bool) -> None:
    """Who must be left in peace gets no answer, as with the carriers."""
    _tell_history(message)
    if not is_answered and _may_be_written_to(message):
        _answer(message, wording.help_text(message.business.name, for_people(message.own)))


def _reply(message: LeadMessage, is_answered: bool) -> None:
    if message.lead is None:
        _become_lead(message)
        return
    _tell_history(message)
    replied(message.lead, ContactHow.SMS, message.created_at)
    peace = is_suppressed(message.business, message.address)
    _tell_people(message, f"{message.text}\n\n{IN_PEACE}" if peace else message.text)


def _no_calls(message: LeadMessage, is_answered: bool) -> None:
    _reply(message, is_answered)
    opting.no_calls(message)


def _no_texts(message: LeadMessage, is_answered: bool) -> None:
    """People are told that they are to call."""
    _reply(message, is_answered)
    opting.no_texts(message)


_FOLLOWS: Mapping[MessageMeaning, Callable[[LeadMessage, bool], None]] = {
    MessageMeaning.STOP: _stop,
    MessageMeaning.START: _start,
    MessageMeaning.HELP: _help,
    MessageMeaning.REPLY: _reply,
    MessageMeaning.NO_CALLS: _no_calls,
    MessageMeaning.NO_TEXTS: _no_texts,
}


def _become_lead(message: LeadMessage) -> None:
    """Somebody who is not known asks for something: an arrival like any other."""
    arrived = take_lead(
        message.business,
        source=LeadSource.TEXT,
        values={"phone": message.address, "message": message.text},
        origin=f"sms:{message.sid}",
    )
    message.lead = arrived.lead
    message.save(update_fields=["lead"])


def _may_be_written_to(message: LeadMessage) -> bool:
    """Asks the gate, whose line is then in the ledger."""
    return permit_message(
        message.business,
        lead=message.lead,
        phone=message.address,
        purpose=MessagePurpose.SERVICE,
    ).allowed


def _answer(message: LeadMessage, text: str) -> None:
    """To a keyword. For a STOP the gate has not been asked: see :func:`wording.stop_text`."""
    if settings.TWILIO_ANSWERS_KEYWORDS:
        return
    send_text(
        message.business,
        message.address,
        text,
        lead=message.lead,
        purpose=MessagePurpose.SERVICE,
        key=f"{ANSWER}:{message.public_id}",
        subject_type=ANSWER,
        subject_id=message.public_id,
    )


def _tell_history(message: LeadMessage) -> None:
    if message.lead is not None:
        tell(message.lead, message)


def _tell_people(message: LeadMessage, body: str) -> None:
    """The owner is told; where there is none, whoever of the reps takes the lead answers."""
    lead = message.lead
    if lead is None:
        return
    actions = () if lead.owner else (TAKE,)
    if actions:
        withdraw(lead.business, subject_type=ABOUT_LEAD, subject_id=lead.public_id)
    notify(
        lead.business,
        kind=NotificationKind.LEAD_REPLIED,
        title=f"{lead} wrote",
        body=body,
        url=path_of(lead),
        to=whom(lead),
        actions=actions,
        subject_type=ABOUT_LEAD,
        subject_id=lead.public_id,
    )
