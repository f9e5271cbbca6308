"""Out of everything, and in again."""

from django.db import transaction

from leads.consent import consents_of, record_consent
from leads.enums import ConsentKind, LeadEventKind, SuppressionSource
from leads.models import Lead, LeadMessage, Suppression
from leads.services import announce, is_suppressed, record_event, suppress
from salesdesk.businesses.models import Business
from salesdesk.notifications.channels.sms import UNSUBSCRIBED
from salesdesk.notifications.models import Delivery

NEVER_MORE = "Pressed “unsubscribe” in an e-mail."
LONGEST_QUOTE = 200


@transaction.atomic
def opt_out(message: LeadMessage) -> bool:
    """Whoever wrote this message is never called nor written to again; whether that is news.

    The number is suppressed as by an opt-out on the phone: for calls and messages of everybody, the
    agent too, from the moment at which this is committed. The lead's consent to text messages is
    withdrawn besides, in their own words.
    """
    if is_suppressed(message.business, message.address):
        return False
    suppress(
        message.business,
        phone=message.address,
        reason=f"Wrote “{message.text[:LONGEST_QUOTE]}”.",
        source=SuppressionSource.TEXT,
    )
    if message.lead is not None and consents_of(message.lead).get(ConsentKind.SMS) is not False:
        _consent(message.lead, message, ConsentKind.SMS, is_given=False)
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
