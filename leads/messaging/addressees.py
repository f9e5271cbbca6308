"""To which businesses a text message was written."""

from django.conf import settings
from django.db.models import F, OuterRef, QuerySet, Subquery

from leads.enums import MessageChannel, MessageDirection, MessageMeaning
from leads.models import LeadMessage
from leads.services import find_number
from salesdesk.businesses.models import Business

OF_ALL = (
    MessageMeaning.STOP,
    MessageMeaning.START,
    MessageMeaning.NO_TEXTS,
    MessageMeaning.NO_CALLS,
)
"""What everybody must heed who has written from the number, closed or not."""


def addressees(from_: str, to: str, meaning: MessageMeaning) -> list[Business]:
    """Who must take a message of this meaning; nobody, where the number is nobody's.

    A number that is switched off is still its business's. From the shared number
    ``TWILIO_PHONE_NUMBER`` several may have written: an opt-out (or in again) is for all of
    them, a reply for whom the number belongs to, or else who wrote last. A business that was closed
    hears of opt-outs only.
    """
    meant = list(Business.objects.filter(numbers__number=to))
    if to and to == settings.TWILIO_PHONE_NUMBER:
        meant += _who_wrote_to(find_number(from_)).exclude(pk__in=[each.pk for each in meant])
    heard = meant if meaning in OF_ALL else meant[:1]
    return [each for each in heard if each.is_active or meaning in OF_ALL]


def _who_wrote_to(number: str) -> QuerySet[Business]:
    """Businesses that have written to it, the last one first."""
    written = LeadMessage.objects.filter(
        business=OuterRef("pk"),
        channel=MessageChannel.SMS,
        address=number,
        direction=MessageDirection.OUT,
    )
    last = Subquery(written.newest_first().values("created_at")[:1])
    businesses = Business.objects.alias(wrote_at=last).filter(wrote_at__isnull=False)
    return businesses.order_by(F("wrote_at").desc())
