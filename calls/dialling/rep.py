"""Calls in which a rep talks: the rep's phone is rung, then the lead's, and both are connected.

The rep's phone is rung first. Whoever answers it hears who is to be called and presses a key, so
that no lead ever meets the voicemail of a rep's phone. Then the gate is asked, and the lead is
dialled; both meet in a conference that ends when either hangs up. A bridge moves by conditional
UPDATE: what the carrier tells twice, late or out of order changes nothing.
"""

import logging

from django.conf import settings
from django.utils import timezone

from calls import services
from calls.carriers.base import Dial as Ringing
from calls.carriers.base import get_carrier
from calls.enums import BridgeStatus, CallStatus, EndReason, LegRole
from calls.models import Bridge, Call, Leg
from leads.dialing import services as dialing
from leads.enums import DialResult, DialStatus, LeadSource
from leads.gate.callers import caller_of
from leads.gate.reading import rules_of
from leads.gate.services import DialRefused
from leads.models import Dial
from salesdesk.accounts.services import rep_of
from salesdesk.lib.errors import Conflict, NotConfigured, SalesdeskError

log = logging.getLogger(__name__)

REP_RINGS_FOR = 25
"""Seconds: less than most voicemails of mobile phones wait."""
ASKED_TIMES, KEY_SECONDS = 2, 8
NOT_ANSWERED = "Your phone was not answered."
NO_KEY = (
    "Your phone was answered, but no key was pressed; perhaps its voicemail took the call. "
    "The lead is back in the queue."
)
NO_KEY_HEARD = "No key was pressed, so nobody is called. Goodbye."
HUNG_UP = "You ended the call before the lead was rung."
BUSY = "Your phone was busy."
NO_PHONE = "The rep has no phone number; it is given in the settings of Ready mode."
RUNG_BEFORE = "It was being connected when a process ended."

SPOKEN_SOURCES = {
    LeadSource.CALL_IN: "a call to us",
    LeadSource.CALL_OUT: "a call of ours",
    LeadSource.TEXT: "a text message",
    LeadSource.WEB_FORM: "the web form",
    LeadSource.EMAIL: "an e-mail",
    LeadSource.WEBHOOK: "a partner",
    LeadSource.IMPORT: "an imported list",
    LeadSource.API: "another program",
    LeadSource.CRM: "the CRM",
    LeadSource.MANUAL: "your team",
}
NOT_JOINED = (BridgeStatus.RINGING, BridgeStatus.ASKED)
BRIDGING = (*NOT_JOINED, BridgeStatus.JOINED)
REP_NOT_REACHED = {
    CallStatus.BUSY: BUSY,
    CallStatus.NO_ANSWER: NOT_ANSWERED,
    CallStatus.CANCELED: NOT_ANSWERED,
    CallStatus.COMPLETED: NOT_ANSWERED,
    CallStatus.FAILED: "Your phone could not be reached. Check its number in the settings.",
}
UNREACHED = {
    CallStatus.BUSY: "The line is busy.",
    CallStatus.NO_ANSWER: "Nobody answered.",
    CallStatus.CANCELED: "Nobody answered.",
    CallStatus.FAILED: "The number could not be reached.",
}
"""What the rep hears when the lead was not reached, by what became of the lead's call."""


# ---------------------------------------------------------------- the rep's phone


def place(dial: Dial) -> None:
    """Ring the phone of the dial's rep; a claimed dial only.

    Raises ``NotConfigured`` where there is no rep, no phone or no number to call from,
    ``ProviderError`` when the carrier refuses.
    """
    if dial.user is None:
        raise NotConfigured("A call by a rep needs a rep.")
    if Bridge.objects.filter(dial=dial).exists():
        raise Conflict(RUNG_BEFORE)
    number, caller = rep_of(dial.user, dial.business_id).phone, caller_of(dial.business)
    if not number or not caller:
        raise NotConfigured(NO_PHONE if caller else "The business has no active number.")
    bridge = Bridge.objects.create(dial=dial, rep_number=number)
    try:
        sid = get_carrier().place(
            Ringing(
                to=number,
                from_=caller,
                answer_url=url_of(bridge, "answer"),
                status_url=url_of(bridge, "status"),
                ring_seconds=REP_RINGS_FOR,
            )
        )
    except SalesdeskError:
        _close(bridge)
        raise
    identify(bridge, sid)
    if not _is_wanted(bridge):
        _hang_up_rep(bridge)


def _is_wanted(bridge: Bridge) -> bool:
    """Whether nobody has ended it while the carrier was asked."""
    waiting = Bridge.objects.filter(pk=bridge.pk, dial__status=DialStatus.QUEUED)
    return waiting.exclude(status=BridgeStatus.OVER).exists()


def identify(bridge: Bridge, sid: str) -> None:
    """Note the carrier's id of the rep's leg; both its answer and its webhooks tell it."""
    if Bridge.objects.filter(pk=bridge.pk, rep_sid=None).update(rep_sid=sid):
        bridge.rep_sid = sid


def url_of(bridge: Bridge, path: str) -> str:
    return f"{settings.PUBLIC_URL}/twilio/rep/{path}/?bridge={bridge.public_id}"


# ---------------------------------------------------------------- the rep answers


def wants_key(bridge: Bridge) -> bool:
    """Somebody or something answered the rep's phone: whether a key is to be pressed first."""
    if not rules_of(bridge.dial.business).rep_presses_key:
        return False
    ringing = Bridge.objects.filter(pk=bridge.pk, status=BridgeStatus.RINGING)
    if ringing.update(status=BridgeStatus.ASKED, answered_at=timezone.now()):
        bridge.refresh_from_db()
    return bridge.status == BridgeStatus.ASKED


def question(bridge: Bridge) -> str:
    """What the rep hears before they press a key."""
    lead = bridge.dial.lead
    if lead is None:
        return "A call for you. Press 1 to be connected."
    name, source = lead.name or "A lead", SPOKEN_SOURCES[LeadSource(lead.source)]
    return f"{name}, from {source}. Press 1 to be connected."


def connect(bridge: Bridge) -> str:
    """The rep is at their phone: dial the lead, once. The sentence that the rep hears.

    Empty means that the lead's phone rings. Raises nothing of what refuses it: the dial tells why.
    """
    here = Bridge.objects.filter(pk=bridge.pk, status__in=NOT_JOINED)
    answered_at = bridge.answered_at or timezone.now()
    if not here.update(status=BridgeStatus.JOINED, answered_at=answered_at):
        return ""
    bridge.refresh_from_db()
    dial = bridge.dial
    if dial.status != DialStatus.QUEUED:
        return "This call is not wanted any more."
    try:
        _dial_lead(bridge, dial)
    except DialRefused as refusal:
        dialing.note_blocked(dial, refusal.decision)
        return f"This call is not allowed. {' '.join(refusal.decision.sentences)}"
    except SalesdeskError as error:
        dialing.note_ended(dial, DialResult.FAILED, error=error.message)
        return f"The call could not be placed. {error.message}"
    return ""


def _dial_lead(bridge: Bridge, dial: Dial) -> None:
    """The gate decides at this moment, and the call is placed by its decision."""
    decision = dialing.ask_gate(dial)
    if not decision.allowed:
        raise DialRefused(decision)
    call = services.place_call(decision, placed_by=dial.user, answers="rep/lead")
    Call.objects.filter(pk=call.pk).update(engine="")
    Bridge.objects.filter(pk=bridge.pk).update(call=call)
    Leg.objects.get_or_create(
        sid=bridge.rep_sid,
        defaults={
            "call": call,
            "role": LegRole.REP,
            "number": bridge.rep_number,
            "status": CallStatus.IN_PROGRESS,
            "answered_at": bridge.answered_at,
        },
    )
    bridge.refresh_from_db()
    if bridge.status == BridgeStatus.OVER:
        _end_leg(bridge, CallStatus.COMPLETED)
        _hang_up_lead(call)
    services.record_event(call, "rep.joined", key="rep.joined", user=dial.user)
    dialing.note_placed(dial, call_id=call.public_id)


# ---------------------------------------------------------------- how it ends


def note_rep(bridge: Bridge, status: CallStatus) -> None:
    """The rep's leg is over: the lead is hung up on, or was never dialled."""
    if status not in REP_NOT_REACHED:
        return
    if _close(bridge, BridgeStatus.ASKED):
        dialing.note_ended(bridge.dial, DialResult.NOT_TAKEN, error=NO_KEY)
    elif _close(bridge, BridgeStatus.RINGING):
        dialing.note_ended(bridge.dial, DialResult.FAILED, error=REP_NOT_REACHED[status])
    elif _close(bridge, BridgeStatus.JOINED):
        _rep_has_gone(bridge, status)


def _rep_has_gone(bridge: Bridge, status: CallStatus) -> None:
    """Who is being dialled this moment is hung up on by whoever dials."""
    bridge.refresh_from_db()
    _end_leg(bridge, status)
    if bridge.call is None:
        dialing.note_ended(bridge.dial, DialResult.FAILED, error=HUNG_UP)
    elif bridge.call.is_under_way:
        _hang_up_lead(bridge.call)


def hang_up(dial: Dial) -> None:
    """The rep ends the call, wherever it is: both phones are hung up on, or never rung.

    Raises ``ProviderError`` from the carrier; the call then goes on.
    """
    if dialing.cancel_dial(dial):
        return
    bridge = Bridge.objects.select_related("dial", "call").filter(dial=dial).first()
    if bridge is None:
        dialing.note_ended(dial, DialResult.FAILED, error=HUNG_UP)
    elif bridge.call is not None:
        _hang_up_both(bridge, bridge.call)
    elif _close(bridge):
        dialing.note_ended(dial, DialResult.FAILED, error=HUNG_UP)
        _hang_up_rep(bridge)


def _hang_up_both(bridge: Bridge, call: Call) -> None:
    if bridge.status == BridgeStatus.OVER:
        return
    if call.is_under_way:
        services.hang_up(call, EndReason.REP_HUNG_UP)
    if bridge.rep_sid:
        get_carrier().hang_up(bridge.rep_sid)


def note_lead_over(call: Call) -> None:
    """The lead's call is over: the rep, who may be waiting alone, hears why, and is let go."""
    bridge = Bridge.objects.filter(call=call, status=BridgeStatus.JOINED).first()
    if bridge is None or not bridge.rep_sid or call.answered_at is not None:
        return  # who talked is let go by the end of the conference
    try:
        get_carrier().redirect(bridge.rep_sid, url_of(bridge, "unreached"))
    except SalesdeskError as error:
        log.warning("a rep waits for a lead who was not reached: %s", error.message)


def unreached(bridge: Bridge) -> str:
    """What the rep hears of a lead who was not reached."""
    status = bridge.call.status if bridge.call else CallStatus.FAILED
    return UNREACHED.get(CallStatus(status), "Nobody answered.")


def _end_leg(bridge: Bridge, status: CallStatus) -> None:
    Leg.objects.filter(sid=bridge.rep_sid).update(status=status, ended_at=bridge.ended_at)


def _hang_up_lead(call: Call) -> None:
    try:
        services.hang_up(call, EndReason.REP_HUNG_UP)
    except SalesdeskError as error:
        log.warning("a lead whose rep has gone could not be hung up on: %s", error.message)


def _hang_up_rep(bridge: Bridge) -> None:
    """Their phone rings, or asks for a key, in vain; if it goes on, its key does nothing."""
    if not bridge.rep_sid:
        return
    try:
        get_carrier().hang_up(bridge.rep_sid)
    except SalesdeskError as error:
        log.warning("a rep's phone could not be hung up: %s", error.message)


def _close(bridge: Bridge, *states: BridgeStatus) -> bool:
    """End a bridge that is not over, or only one in these states; says whether it was."""
    under_way = Bridge.objects.filter(pk=bridge.pk, status__in=states or BRIDGING)
    return bool(under_way.update(status=BridgeStatus.OVER, ended_at=timezone.now()))
