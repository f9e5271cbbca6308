"""SMS by Twilio's Messages API. Source: twilio.com/docs/messaging/api/message-resource."""

from django.conf import settings
from django.urls import reverse
from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioRestException

from salesdesk.businesses.queries import caller_id_of
from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.lib.twilio import twilio_client
from salesdesk.notifications.models import Delivery
from salesdesk.notifications.wording import text_of

SENTENCES = {
    20003: "Twilio refused the account's credentials. Check the SID and the token.",
    20429: "Twilio is busy with too many requests. Try again in a moment.",
    21211: "Twilio says that this is no phone number.",
    21212: "The sending number cannot be used for messages.",
    21408: "The Twilio account may not send messages to this country.",
    21606: "The sending number cannot be used for messages.",
    21608: "A Twilio trial account may only write to verified numbers.",
    21610: "The person has answered STOP and gets no more messages.",
    21612: "This number cannot be reached from the sending number.",
    21614: "This is no mobile number.",
    21617: "The message is too long.",
    21659: "The sending number does not belong to the Twilio account.",
    30003: "The phone is switched off or out of reach.",
    30004: "The person has blocked messages.",
    30005: "The number is not known to its network.",
    30006: "This is a landline, or its network cannot be reached.",
    30007: "The network filtered the message out.",
    30008: "The network did not deliver the message and gave no reason.",
    30034: "The sending number is not registered for messages to US phones (10DLC).",
}

UNSUBSCRIBED = SENTENCES[21610]
"""Why a delivery failed whose addressee has opted out: twilio.com/docs/api/errors/21610."""


def sentence_for(code: int | None) -> str:
    """What Twilio's error number means for people."""
    if code in SENTENCES:
        return SENTENCES[code]
    return f"Twilio did not deliver the message (error {code})." if code else SENTENCES[30008]


class TwilioMessages:
    def send(self, delivery: Delivery) -> str:
        own = delivery.sender or caller_id_of(delivery.business)
        sender = own or settings.TWILIO_PHONE_NUMBER
        if not sender:
            raise NotConfigured("The business has no number to send from.")
        if not delivery.to:
            raise NotConfigured("There is no phone number to send to.")
        try:
            message = twilio_client().messages.create(
                to=delivery.to,
                from_=sender,
                body=text_of(delivery),
                status_callback=status_url(delivery),
            )
        except (TwilioRestException, RequestException) as error:
            raise _translated(error) from error
        return str(message.sid)


def status_url(delivery: Delivery) -> str:
    path = reverse("twilio_message_status", args=[delivery.public_id])
    return f"{settings.PUBLIC_URL}{path}"


def _translated(error: TwilioRestException | RequestException) -> ProviderError:
    if not isinstance(error, TwilioRestException):
        return ProviderError("Twilio could not be reached. Try again in a moment.", retryable=True)
    status = int(error.status)
    if status == 429 or status >= 500:
        return ProviderError("Twilio is out of order at the moment.", retryable=True)
    return ProviderError(sentence_for(error.code), retryable=False)
