"""Messages to customers, by SMS and e-mail. Thin: whether one may write to somebody at all is
asked before, where consent and do-not-call are known; just before it goes out, the function that
the setting ``MESSAGE_OBJECTION`` names is asked whether anything has come in between."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.phone import to_e164
from salesdesk.notifications.delivering.plan import enqueue
from salesdesk.notifications.enums import Channel, Purpose
from salesdesk.notifications.models import Delivery
from salesdesk.notifications.wording import one_line

LONGEST_SMS = 1600
"""What Twilio takes in one message; error 21617 beyond."""
LONGEST_MAIL = 50_000
LONGEST_ATTACHMENT = 100_000
LONGEST_HEADER = 900
"""Characters; a line of a mail has 998 at most (RFC 5322, 2.1.1)."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A text file that comes with an e-mail, like ``appointment.ics`` of ``text/calendar``."""

    name: str
    type: str
    text: str


def send_sms(
    business: Business,
    to: str,
    text: str,
    *,
    sender: str = "",
    key: str = "",
    subject_type: str = "",
    subject_id: str = "",
) -> Delivery:
    """Put an SMS on its way; ``delivery_settled`` tells what became of it.

    ``sender`` is the number of the business that it goes out from. With a ``key`` (100 characters
    at most) that the business has used before, nothing is sent and the delivery of then comes
    back. Raises :class:`InvalidInput` for what is no phone number, and for a text that is empty or
    too long.
    """
    values = {"to": to_e164(to), "text": _text(text, LONGEST_SMS), "sender": sender}
    about = {"subject_type": subject_type, "subject_id": subject_id}
    return _put(
        Delivery(business=business, channel=Channel.SMS, key=key or None, **values, **about)
    )


def send_email(
    business: Business,
    to: str,
    subject: str,
    text: str,
    *,
    attachments: Sequence[Attachment] = (),
    headers: Mapping[str, str] | None = None,
    key: str = "",
    subject_type: str = "",
    subject_id: str = "",
) -> Delivery:
    """Put an e-mail on its way, in the business's name; otherwise as :func:`send_sms`.

    ``headers`` come besides the usual ones, each of one line.
    """
    try:
        validate_email(to)
    except ValidationError:
        raise InvalidInput("This is no e-mail address.") from None
    given = headers or {}
    if any(len(each.text) > LONGEST_ATTACHMENT for each in attachments):
        raise InvalidInput("An attachment is too long.")
    values = {
        "headers": {name: one_line(value, LONGEST_HEADER) for name, value in given.items()},
        "to": to,
        "subject": one_line(subject),
        "text": _text(text, LONGEST_MAIL),
        "attachments": [asdict(each) for each in attachments],
    }
    about = {"subject_type": subject_type, "subject_id": subject_id}
    return _put(
        Delivery(business=business, channel=Channel.EMAIL, key=key or None, **values, **about)
    )


def _text(text: str, longest: int) -> str:
    clean = text.replace("\0", "").strip()
    if not clean:
        raise InvalidInput("There is nothing to send: the text is empty.")
    if len(clean) > longest:
        raise InvalidInput(f"The text can have {longest} characters at most.")
    return clean


def _put(delivery: Delivery) -> Delivery:
    delivery.purpose = Purpose.CUSTOMER
    delivery.next_try = timezone.now()
    earlier = Delivery.objects.filter(business=delivery.business, key=delivery.key)
    try:
        with transaction.atomic():
            return enqueue([delivery])[0]
    except IntegrityError:
        if delivery.key is None:
            raise
        return earlier.get()
