"""What whoever wanted a call wants of it: the campaign's first words, and why it calls."""

from calls.models import Call
from calls.services import DECISION
from leads.campaigns.wishes import NONE, Wishes, wishes_of
from leads.dialing import services as dialing


def wishes_of_call(call_id: str) -> Wishes:
    """Of the call with this public id; nothing special for one that no campaign asked for."""
    call = Call.objects.filter(public_id=call_id).only("metadata").first()
    dial = dialing.dial_of_decision(call.metadata.get(DECISION, "")) if call else None
    return wishes_of(dial) if dial is not None else NONE


def instructed(prompt: str, wishes: Wishes) -> str:
    """The business's prompt, and why this call is placed."""
    return f"{prompt}\n\nWhy you call: {wishes.purpose}" if wishes.purpose else prompt
