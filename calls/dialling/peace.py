"""Who opts out while their phone rings is hung up on."""

import logging

from calls.enums import CallStatus, Direction
from calls.models import Call
from calls.services import leave_in_peace
from leads.models import Lead, Suppression
from leads.services import companies_of
from salesdesk.lib.errors import SalesdeskError

log = logging.getLogger(__name__)

RINGING = (CallStatus.INITIATED, CallStatus.RINGING)


def hang_up_suppressed(suppression_id: int) -> None:
    """End the calls that ring at whom must be left in peace; those who talk already go on."""
    suppression = Suppression.objects.select_related("lead").filter(pk=suppression_id).first()
    if suppression is None:
        return
    ringing = Call.objects.filter(
        business=suppression.business_id, direction=Direction.OUTBOUND, status__in=RINGING
    )
    for call in ringing:
        if _concerns(suppression, call):
            _hang_up(call)


def _concerns(suppression: Suppression, call: Call) -> bool:
    if suppression.phone == call.to_number:
        return True
    if suppression.lead is not None:
        return suppression.lead.phone == call.to_number
    leads = Lead.objects.filter(business=call.business_id, phone=call.to_number)
    people = leads.select_related("account")
    return bool(suppression.company) and any(
        suppression.company in companies_of(lead) for lead in people
    )


def _hang_up(call: Call) -> None:
    try:
        leave_in_peace(call)
    except SalesdeskError as error:
        log.warning("a call to a suppressed number goes on: %s", error.message)
