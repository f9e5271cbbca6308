"""Who opts out while their phone rings is hung up on."""

import logging

from calls.enums import CallStatus, Direction
from calls.models import Call
from calls.services import leave_in_peace
from leads.models import Lead, Suppression
from leads.services import leads_with_number, left_in_peace_by
from salesdesk.lib.errors import SalesdeskError

log = logging.getLogger(__name__)

RINGING = (CallStatus.INITIATED, CallStatus.RINGING)


def hang_up_suppressed(suppression_id: int) -> None:
    """End the calls that ring at whom must be left in peace; those who talk already go on."""
    suppression = Suppression.objects.select_related("business").filter(pk=suppression_id).first()
    if suppression is None:
        return
    business = suppression.business
    outbound = Call.objects.filter(business=business, direction=Direction.OUTBOUND)
    ringing = list(outbound.filter(status__in=RINGING))
    people = left_in_peace_by(suppression) if ringing else Lead.objects.none()
    for call in ringing:
        number = call.to_number
        if suppression.phone == number or (people & leads_with_number(business, number)).exists():
            _hang_up(call)


def _hang_up(call: Call) -> None:
    try:
        leave_in_peace(call)
    except SalesdeskError as error:
        log.warning("a call to a suppressed number goes on: %s", error.message)
