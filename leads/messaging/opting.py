"""Out of everything, and in again."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from leads.consent import consents_of, record_consent
from leads.enums import (
    ConsentKind,
    LeadEventKind,
    MessageChannel,
    MessageMeaning,
    SuppressionSource,
)
from leads.gate.locking import lock_for_suppression
from leads.messaging.understanding import understood
from leads.messaging.wording import wrote
from leads.models import Lead, LeadMessage, Suppression
from leads.services import (
    announce,
    find_lead,
    is_suppressed,
    numbers_of,
    record_event,
    suppress,
)
from salesdesk.businesses.models import Business
from salesdesk.notifications.channels.sms import UNSUBSCRIBED
from salesdesk.notifications.models import Delivery

NEVER_MORE = "Pressed “unsubscribe” in an e-mail."
READ_OF_MAIL = 200
_OF_MAIL = re.compile(r"\be-?mail|\bmail(?:ing|s)?\b|newsletter|unsubscribe", re.I)


@transaction.atomic
def opt_out(message: LeadMessage) -> bool:
    """Whoever wrote this message is never called nor written to again; whether that is news.

    The number is suppressed as by an opt-out on the phone: for calls and messages of everybody, the
    agent too, from the moment at which this is committed. The lead's consent to text messages is
    withdrawn besides, in their own words, also where the number was suppressed before.
    """
    lock_for_suppression(message.business_id)
    no_texts(message)
    if is_suppressed(message.business, message.address):
        return False
    suppress(
        message.business,
        phone=message.address,
        reason=wrote(message.text),
        source=SuppressionSource.TEXT,
    )
    return True


@transaction.atomic
def opt_in(message: LeadMessage) -> None:
    """START takes back what STOP did, and nothing else.

    An opt-out by text message closed calls and messages with one word, so the word that is its
    opposite opens both. What was said on the phone, entered by staff or imported stays: nobody
    gives consent to calls by asking for texts, and a do-not-call request is honoured for five years
    (47 CFR 64.1200(d)(6)). Consent to text messages is put down in any case, since it was given.
    """
    lifted = Suppression.objects.filter(
        business=message.business, phone=message.address, source=SuppressionSource.TEXT
    ).delete()[0]
    if message.lead is not None:
        _consent(message.lead, message, ConsentKind.SMS, is_given=True)
        if lifted:
            text = "May be called and written to again."
            record_event(message.lead, LeadEventKind.CHANGED, text, {})
            announce(message.lead, "changed")


def no_calls(message: LeadMessage) -> None:
    """They want text messages and no calls: consent to calls is withdrawn."""
    if message.lead is not None:
        _consent(message.lead, message, ConsentKind.CALL, is_given=False)


def no_texts(message: LeadMessage) -> None:
    """They want no text messages: consent to them is withdrawn, unless it was before."""
    if message.lead is not None and consents_of(message.lead).get(ConsentKind.SMS) is not False:
        _consent(message.lead, message, ConsentKind.SMS, is_given=False)


def _consent(lead: Lead, message: LeadMessage, kind: ConsentKind, *, is_given: bool) -> None:
    proof = f"Text message {message.sid}"
    record_consent(lead, kind, is_given=is_given, wording=message.text, proof=proof)


def note_unsubscribed(delivery: Delivery) -> None:
    """The carrier refuses a message since it knows of a STOP that may not have reached us."""
    if delivery.error == UNSUBSCRIBED:
        suppress(
            delivery.business,
            phone=delivery.to,
            reason=UNSUBSCRIBED,
            source=SuppressionSource.TEXT,
        )


@transaction.atomic
def heed_mail(business: Business, sender: str, text: str) -> bool:
    """Whether somebody we know asks in an e-mail (without what it quotes) to be left in peace; then
    they are: no more e-mails, and no calls either unless they speak of e-mails only.

    Only the beginning counts, since many a signature has a word about unsubscribing in it, and
    only of leads and of addresses that were written to: all else is no answer to us.
    """
    lead = find_lead(business, email=sender)
    written = LeadMessage.objects.with_address(business, MessageChannel.EMAIL, sender)
    begin = text.strip()[:READ_OF_MAIL]
    if not begin or (lead is None and not written.exists()):
        return False
    if understood(begin) != MessageMeaning.STOP:
        return False
    why: dict[str, Any] = {"reason": wrote(begin), "source": SuppressionSource.CALLER}
    suppress(business, email=sender, **why)
    if lead is not None:
        _leave_in_peace(lead, why, calls=not _OF_MAIL.search(begin))
    return True


def _leave_in_peace(lead: Lead, why: Mapping[str, Any], *, calls: bool) -> None:
    """Who writes from a further address means their own as well, and any number of theirs."""
    number = (lead.phone or min(numbers_of(lead), default="")) if calls else ""
    if lead.email or number:
        suppress(lead.business, email=lead.email, phone=number, **why)


def unsubscribe(message: LeadMessage) -> None:
    """The address of this e-mail is never written to again; doing it twice changes nothing."""
    suppress(
        message.business,
        email=message.address,
        reason=NEVER_MORE,
        source=SuppressionSource.LINK,
    )


def is_unsubscribed(business: Business, email: str) -> bool:
    return is_suppressed(business, email=email)
