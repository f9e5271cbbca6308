"""Calls in which the AI agent talks."""

from calls.models import Call
from calls.services import place_call
from leads.campaigns.wishes import wishes_of
from leads.dialing import services as dialing
from leads.gate.services import DialRefused
from leads.models import Dial


def place(dial: Dial, *, override_reason: str = "", caller: str = "") -> Call:
    """Ask the gate now, and dial where it allows; a claimed dial only.

    Raises :class:`~leads.gate.services.DialRefused` where it does not, and what
    :func:`calls.services.place_call` raises.
    """
    caller = caller or wishes_of(dial).caller
    decision = dialing.ask_gate(dial, override_reason=override_reason, caller=caller)
    if not decision.allowed:
        raise DialRefused(decision)
    call = place_call(decision, placed_by=dial.user)
    dialing.note_placed(dial, call_id=call.public_id)
    return call
