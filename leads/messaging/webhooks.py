"""A text message came in at Twilio. The signature is checked before anything else is looked at.

Source: twilio.com/docs/messaging/guides/webhook-request. The answer is always an empty document:
what is to be answered goes out like every other message.
"""

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from leads.messaging.receiving import Text, take
from salesdesk.lib.twilio import is_request_of_twilio

log = logging.getLogger(__name__)

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
LONGEST_PARAMETER = 64


@csrf_exempt
@require_POST
def text(request: HttpRequest) -> HttpResponse:
    """Twice, late or out of order does no harm; a number that is nobody's is answered all the same,
    so that it is not sent again."""
    if not is_request_of_twilio(request):
        log.warning("webhook refused: wrong signature", extra={"path": request.path})
        return HttpResponse("The signature is not the carrier's.", status=403)
    told = _told(request)
    if not told.sid or not told.from_ or not take(told):
        log.warning("a text message for nobody", extra={"path": request.path, "sid": told.sid})
    return HttpResponse(NOTHING_TO_SAY, content_type="text/xml")


def _told(request: HttpRequest) -> Text:
    media = _parameter(request, "NumMedia")
    return Text(
        sid=_parameter(request, "MessageSid"),
        from_=_parameter(request, "From"),
        to=_parameter(request, "To"),
        body=request.POST.get("Body", ""),
        media=int(media) if media.isdecimal() and len(media) < 3 else 0,
        keyword=_parameter(request, "OptOutType"),
    )


def _parameter(request: HttpRequest, name: str) -> str:
    """As Postgres can keep it: bounded, without NUL."""
    return request.POST.get(name, "").replace("\0", "")[:LONGEST_PARAMETER]
