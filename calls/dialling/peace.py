"""Who opts out while their phone rings is hung up on."""

import logging

from calls.enums import CallStatus, Direction
from calls.models import Call
from calls.services import leave_in_peace
from leads.models import Suppression
from leads.services import leads_with_number, left_in_peace_by
from salesdesk.lib.errors import SalesdeskError

log = logging.getLogger(__name__)

RINGING = (CallStatus.INITIATED, CallStatus.RINGING)


def hang_up_suppressed(suppression_id: int) -> None:
    """End the calls that ring at whom must be left in peace; those who talk already go on."""
    suppression = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if suppression is None:
        return
    ringing = Call.objects.filter(
        business=suppression.business_id, direction=Direction.OUTBOUND, status__in=RINGING
    )
    for call in ringing:
        if _concerns(suppression, call.to_number):
            _hang_up(call)


def _concerns(suppression: Suppression, number: str) -> bool:
    if suppression.phone == number:
        return True
    at_number = leads_with_number(suppression.business, number)
    return left_in_peace_by(suppression).filter(pk__in=at_number.values("pk")).exists()


def _hang_up(call: Call) -> None:
    try:
        leave_in_peace(call)
    except SalesdeskError as error:
        log.warning("a call to a suppressed number goes on: %s", error.message)
