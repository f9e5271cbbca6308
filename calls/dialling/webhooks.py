"""What the carrier asks and tells of calls in which a rep talks; signed like all webhooks."""

import logging

from django.http import HttpRequest, HttpResponse

from calls import twiml
from calls.dialling import rep
from calls.enums import STATUS_OF_TWILIO, BridgeStatus, EndReason
from calls.models import Bridge, Call
from calls.webhooks import from_carrier

log = logging.getLogger(__name__)

LONGEST_ID = 40


@from_carrier
def answer(request: HttpRequest) -> HttpResponse:
    """The rep's phone was answered, by the rep or by their voicemail: a key tells which."""
    bridge = _bridge(request)
    if bridge is None or bridge.status == BridgeStatus.OVER:
        return _twiml(twiml.hang_up())
    if not rep.wants_key(bridge):
        return _connected(bridge)
    asked = twiml.ask_for_key(
        rep.question(bridge),
        pressed_url=rep.url_of(bridge, "pressed"),
        times=rep.ASKED_TIMES,
        seconds=rep.KEY_SECONDS,
        last=rep.NO_KEY_HEARD,
    )
    return _twiml(asked)


@from_carrier
def pressed(request: HttpRequest) -> HttpResponse:
    """The rep is there; any key will do."""
    bridge = _bridge(request)
    if bridge is None or bridge.status == BridgeStatus.OVER or not request.POST.get("Digits"):
        return _twiml(twiml.hang_up())
    return _connected(bridge)


def _connected(bridge: Bridge) -> HttpResponse:
    """The lead is dialled while the rep hears who it is."""
    problem = rep.connect(bridge)
    if problem:
        return _twiml(twiml.say_and_hang_up(problem))
    name = bridge.dial.lead.name if bridge.dial.lead else ""
    first = f"Connecting you with {name or 'the next lead'}."
    return _twiml(
        twiml.join_conference(bridge.public_id, ended_url=rep.url_of(bridge, "left"), first=first)
    )


@from_carrier
def lead(request: HttpRequest) -> HttpResponse:
    """The lead has answered: join the rep, if the rep is still there."""
    call = Call.objects.filter(public_id=_told(request.GET.get("call", ""))).first()
    bridge = Bridge.objects.filter(call=call).first() if call else None
    is_over = bridge is None or bridge.status == BridgeStatus.OVER
    if is_over or call is None or not call.is_under_way:
        return _twiml(twiml.hang_up())
    if call.end_reason == EndReason.SUPPRESSED:
        return _twiml(twiml.hang_up())
    assert bridge is not None
    ended_url = rep.url_of(bridge, "left")
    return _twiml(twiml.join_conference(bridge.public_id, ended_url=ended_url))


@from_carrier
def left(request: HttpRequest) -> HttpResponse:
    """The conference is over for one of them."""
    return _twiml(twiml.hang_up())


@from_carrier
def unreached(request: HttpRequest) -> HttpResponse:
    """The rep was waiting for a lead who was not reached."""
    bridge = _bridge(request)
    return _twiml(twiml.say_and_hang_up(rep.unreached(bridge)) if bridge else twiml.hang_up())


@from_carrier
def status(request: HttpRequest) -> HttpResponse:
    """Where the rep's leg has got to; twice, late or out of order does no harm."""
    bridge = _bridge(request)
    new_status = STATUS_OF_TWILIO.get(request.POST.get("CallStatus", ""))
    if bridge is None or new_status is None:
        log.info("status callback for no bridge of ours", extra={"path": request.path})
    else:
        rep.note_rep(bridge, new_status)
    return HttpResponse(status=204)


def _bridge(request: HttpRequest) -> Bridge | None:
    """By our own id in the URL (signed with it), if the call is the rep's."""
    known = Bridge.objects.select_related("dial__lead", "dial__user", "dial__business", "call")
    bridge = known.filter(public_id=_told(request.GET.get("bridge", ""))).first()
    sid = _told(request.POST.get("CallSid", ""))
    if bridge is not None and sid and bridge.rep_sid is None:
        rep.identify(bridge, sid)
    return bridge if bridge is not None and bridge.rep_sid == sid else None


def _told(text: str) -> str:
    """As Postgres can keep it: bounded, without NUL."""
    return text.replace("\0", "")[:LONGEST_ID]


def _twiml(xml: str) -> HttpResponse:
    return HttpResponse(xml, content_type="text/xml")
