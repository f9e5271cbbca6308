"""Messages to somebody who wants them no more: what waits is taken back, and what is about to leave
is asked about once more."""

from django.db.models import Q

from leads.enums import (
    ContactKind,
    GateReason,
    MessageChannel,
    MessageDirection,
    MessageMeaning,
    MessagePurpose,
    WrittenStatus,
)
from leads.gate import clock
from leads.gate.decide import decide
from leads.gate.reading import Contacting, read_facts
from leads.gate.services import IN_PEACE
from leads.messaging.sending import ANSWER
from leads.models import Lead, LeadMessage, Suppression
from leads.services import find_lead, find_number, left_in_peace_by
from salesdesk.businesses.models import Business
from salesdesk.notifications.delivering.attempt import cancel
from salesdesk.notifications.enums import DeliveryStatus
from salesdesk.notifications.models import Delivery

OPTED_OUT = "They opted out before it was sent."
AGAINST = IN_PEACE | {GateReason.DO_NOT_WRITE}
"""What holds back a message that was allowed when it was written; hours and the like do not."""


def hold_back(suppression: Suppression) -> None:
    """What waits to be written to whom it concerns is never sent, whichever address it is for."""
    named = {suppression.phone, suppression.email} - {""}
    whose = Q(address__in=named) | Q(lead__in=left_in_peace_by(suppression))
    _hold_back(suppression.business, whose)


def hold_back_from(lead: Lead) -> None:
    """What waits to be written to them by a way to which they no longer agree is never sent."""
    _hold_back(lead.business, Q(lead=lead))


def _hold_back(business: Business, whose: Q) -> None:
    out = LeadMessage.objects.filter(business=business, direction=MessageDirection.OUT)
    written = out.filter(whose, status=WrittenStatus.WAITING)
    waiting = Delivery.objects.filter(public_id__in=written.values("reference"))
    for delivery in waiting.filter(status=DeliveryStatus.WAITING).select_related("business"):
        if why := objection(delivery):
            cancel(delivery, error=why)


def objection(delivery: Delivery) -> str:
    """Why the message must not go out after all, or nothing: by now the gate has it that they must
    be left in peace. The one message that confirms an opt-out goes out nevertheless.

    The setting ``MESSAGE_OBJECTION`` names this; it is asked just before each attempt.
    """
    if _confirms_stop(delivery):
        return ""
    reasons = decide(read_facts(_contacting(delivery), clock.now())).reasons
    return OPTED_OUT if AGAINST & set(reasons) else ""


def _confirms_stop(delivery: Delivery) -> bool:
    asked = LeadMessage.objects.filter(public_id=delivery.subject_id, business=delivery.business)
    is_answer = delivery.subject_type == ANSWER
    return is_answer and asked.filter(meaning=MessageMeaning.STOP).exists()


def _contacting(delivery: Delivery) -> Contacting:
    """Whom it is to, by the lead that it was written to."""
    is_text = delivery.channel == MessageChannel.SMS
    number = find_number(delivery.to) if is_text else ""
    email = "" if is_text else delivery.to.lower()
    known = LeadMessage.objects.filter(reference=delivery.public_id, lead__isnull=False)
    message = known.select_related("lead__account").first()
    return Contacting(
        business=delivery.business,
        kind=ContactKind.SMS if is_text else ContactKind.EMAIL,
        number=number,
        email=email,
        lead=message.lead if message else find_lead(delivery.business, phone=number, email=email),
        purpose=MessagePurpose.SERVICE,
    )
