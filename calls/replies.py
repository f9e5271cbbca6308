"""Leads that call by themselves: nobody need try to reach them any more."""

from calls.models import Call
from leads.enums import ContactHow
from leads.services import find_lead
from leads.speed.answers import replied


def tell_of_reply(call_id: str) -> None:
    """An inbound call that was answered, of a number that is a lead's."""
    call = Call.objects.select_related("business").get(public_id=call_id)
    if not call.is_inbound or call.business is None or call.answered_at is None:
        return
    lead = find_lead(call.business, phone=call.from_number)
    if lead is not None:
        replied(lead, ContactHow.CALL_IN, call.answered_at)
