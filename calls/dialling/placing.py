"""Which hands place a dial, and what becomes of it when they cannot."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from calls.dialling import agent, rep
from calls.models import Call
from leads.dialing import services as dialing
from leads.enums import DialKind, DialResult
from leads.gate.services import DialRefused
from leads.models import Dial
from leads.ready import services as ready
from leads.services import find_lead
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured, SalesdeskError

log = logging.getLogger(__name__)

Placer = Callable[[Dial], object]
"""Takes a claimed dial, asks the gate when it dials, and notes that it is placed."""

PLACERS: Mapping[DialKind, Placer] = {DialKind.AI: agent.place, DialKind.REP: rep.place}


def place_dial(dial_id: str) -> None:
    """Place the dial with this public id, unless its time has not come or another one does it.

    Raises nothing of what refuses it: the dial then tells why.
    """
    dial = dialing.claim_dial(dial_id)
    if dial is None:
        return
    try:
        with _telling(dial):
            _placer_of(dial)(dial)
    except SalesdeskError:
        log.info("a dial was not placed", extra={"dial": dial.public_id})


def end_dial(dial_id: str) -> None:
    """End a rep's call at the rep's word. A carrier that refuses is told to the rep."""
    dial = Dial.objects.select_related("business").filter(public_id=dial_id).first()
    if dial is None or dial.kind != DialKind.REP:
        return
    try:
        rep.hang_up(dial)
    except SalesdeskError as error:
        log.warning("a call that a rep ended goes on", extra={"dial": dial_id})
        ready.note_not_hung_up(dial, error.message)


def dial_now(
    business: Business, number: str, *, user: User, caller: str = "", override_reason: str = ""
) -> Call:
    """Have the agent call a number at a person's word.

    Raises :class:`~leads.gate.services.DialRefused` with the reasons, ``NotAllowed`` when the user
    may not override them, ``InvalidInput`` for what is no number or no reason, ``ProviderError``
    when the carrier refuses.
    """
    lead = find_lead(business, phone=number)
    dial = dialing.dial_by_hand(business, number, user=user, lead=lead)
    with _telling(dial):
        return agent.place(dial, override_reason=override_reason, caller=caller)


def _placer_of(dial: Dial) -> Placer:
    placer = PLACERS.get(DialKind(dial.kind))
    if placer is None:
        raise NotConfigured(f"Nothing here places this kind of call: {dial.get_kind_display()}.")
    return placer


@contextmanager
def _telling(dial: Dial) -> Iterator[None]:
    """What refuses the dial is told by it, and goes on."""
    try:
        yield
    except DialRefused as refusal:
        dialing.note_blocked(dial, refusal.decision)
        raise
    except SalesdeskError as error:
        dialing.note_ended(dial, DialResult.FAILED, error=error.message)
        raise
