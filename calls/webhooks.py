"""What Twilio asks and tells. The signature is checked before anything else is looked at.

Requests: https://www.twilio.com/docs/voice/twiml#request-parameters and
https://www.twilio.com/docs/voice/api/call-resource#statuscallback. What is not known here is
answered 204, so that the carrier does not send it again for days.
"""

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from calls import services, twiml
from calls.carriers.base import get_carrier
from calls.enums import (
    ANSWERED_BY_OF_TWILIO,
    BROKEN,
    STATUS_OF_TWILIO,
    CallStatus,
    EndReason,
)
from calls.models import Call
from salesdesk.lib.logs import logging_call
from salesdesk.lib.twilio import signed_parts

log = logging.getLogger(__name__)
View = Callable[[HttpRequest], HttpResponse]

LONGEST_PARAMETER = 40


def from_carrier(view: View) -> View:
    """Only signed POST requests pass; anything else is 403 and logged without its content."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        if not get_carrier().signature_is_valid(*signed_parts(request)):
            log.warning("webhook refused: wrong signature", extra={"path": request.path})
            return HttpResponse("The signature is not the carrier's.", status=403)
        return view(request)

    return csrf_exempt(require_POST(checked))


@from_carrier
def voice(request: HttpRequest) -> HttpResponse:
    """A call wants to know what to do: carry its audio to the media process."""
    call = _answered_call(request)
    if call is None:
        return _nothing_to_do()
    with logging_call(call.public_id):
        if call.end_reason == EndReason.UNKNOWN_NUMBER:
            log.info("call refused: nobody's number")
            return _twiml(twiml.say_and_hang_up(twiml.NOBODY_HERE))
        if not call.is_under_way or call.end_reason == EndReason.SUPPRESSED:
            return _twiml(twiml.hang_up())
        token = services.issue_media_token(call)
        return _twiml(twiml.connect_stream(_media_url(token), ended_url=_stream_ended_url()))


@from_carrier
def status(request: HttpRequest) -> HttpResponse:
    """The carrier tells where a call has got to; twice, late or out of order does no harm."""
    call = _known_call(request)
    new_status = STATUS_OF_TWILIO.get(request.POST.get("CallStatus", ""))
    if call is None or new_status is None:
        log.info("status callback for no call of ours", extra={"path": request.path})
        return _nothing_to_do()
    with logging_call(call.public_id):
        sequence = request.POST.get("SequenceNumber", "")[:20]
        key = f"callback:{_told(request, 'CallSid')}:{sequence}:{new_status}"
        services.record_event(call, "carrier.status", {"status": new_status}, key=key)
        if new_status != CallStatus.IN_PROGRESS or not call.is_inbound:
            services.advance_call(call, new_status, duration_seconds=_duration(request))
    return _nothing_to_do()


@from_carrier
def amd(request: HttpRequest) -> HttpResponse:
    """The carrier tells who answered an outbound call: a person, or a machine."""
    call = _known_call(request)
    told = request.POST.get("AnsweredBy", "")
    answered_by = ANSWERED_BY_OF_TWILIO.get(told)
    if call is None or answered_by is None or call.is_inbound or not call.is_under_way:
        log.info("answering machine callback for no call of ours", extra={"path": request.path})
        return _nothing_to_do()
    with logging_call(call.public_id):
        services.note_answered_by(call, answered_by, by="carrier")
        is_over = told.startswith("machine_end")
        services.tell_session(call, answered_by, is_greeting_over=is_over)
    return _nothing_to_do()


@from_carrier
def stream_ended(request: HttpRequest) -> HttpResponse:
    """The media stream of a call is over: say goodbye, or sorry when something broke."""
    call = _known_call(request)
    if call is None:
        return _twiml(twiml.hang_up())
    stream = call.media_streams.exclude(claimed_at=None).last()
    if stream is not None and request.POST.get("CallStatus") == "in-progress":
        services.end_stream(
            stream, EndReason.MEDIA_FAILED, error="The audio connection ended unexpectedly."
        )
    elif stream is None and request.POST.get("CallStatus") == "in-progress":
        services.note_end_reason(
            call, EndReason.MEDIA_FAILED, error="The audio connection could not be opened."
        )
    call.refresh_from_db()
    if call.end_reason in BROKEN:
        return _twiml(twiml.say_and_hang_up(twiml.APOLOGY))
    return _twiml(twiml.hang_up())


def _answered_call(request: HttpRequest) -> Call | None:
    """The call to be connected; an inbound one is made here."""
    if "call" in request.GET:
        return _known_call(request)
    if request.POST.get("Direction", "inbound") != "inbound" or not request.POST.get("CallSid"):
        return None
    return services.receive_call(
        sid=_told(request, "CallSid"),
        from_number=_told(request, "From") or "unknown",
        to_number=_told(request, "To"),
    )


def _known_call(request: HttpRequest) -> Call | None:
    """By our own id in the URL (signed with it), else by the carrier's id."""
    sid = _told(request, "CallSid")
    calls = Call.objects.select_related("business")
    if "call" not in request.GET:
        return calls.filter(sid=sid).first() if sid else None
    call = calls.filter(public_id=request.GET["call"].replace("\0", "")).first()
    if call is not None and sid and call.sid is None:
        services.identify_call(call, sid)
        call.refresh_from_db()
    return call if call is None or not sid or call.sid == sid else None


def _told(request: HttpRequest, name: str) -> str:
    """A parameter as Postgres can keep it: bounded, without NUL."""
    return request.POST.get(name, "").replace("\0", "")[:LONGEST_PARAMETER]


def _duration(request: HttpRequest) -> int | None:
    seconds = request.POST.get("CallDuration", "")
    return int(seconds) if seconds.isdecimal() and len(seconds) < 8 else None


def _media_url(token: str) -> str:
    return f"{settings.MEDIA_STREAM_URL}/media/{token}/"


def _stream_ended_url() -> str:
    return f"{settings.PUBLIC_URL}{reverse('twilio_stream_ended')}"


def _twiml(xml: str) -> HttpResponse:
    return HttpResponse(xml, content_type="text/xml")


def _nothing_to_do() -> HttpResponse:
    return HttpResponse(status=204)
