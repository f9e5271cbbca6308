"""What Slack and Twilio tell. Signatures are checked before anything is done."""

import logging

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from salesdesk.lib.twilio import is_request_of_twilio
from salesdesk.notifications import tasks
from salesdesk.notifications.channels.sms import sentence_for
from salesdesk.notifications.delivering.attempt import note_status
from salesdesk.notifications.enums import Channel
from salesdesk.notifications.models import Delivery
from salesdesk.notifications.slack.pressing import account_behind, is_from_slack, read_press

log = logging.getLogger(__name__)


@csrf_exempt
@require_POST
def slack_actions(request: HttpRequest) -> HttpResponse:
    """A button was pressed in Slack. The answer must come within three seconds: what the press
    does is done in the background, and told to the person there."""
    press = read_press(request.body)
    account = account_behind(press) if press else None
    if (
        press is None
        or account is None
        or not is_from_slack(account, request.body, request.headers)
    ):
        log.warning("a request of Slack was refused: unsigned, too old, or come before")
        return HttpResponse("The signature is not Slack's.", status=403)
    tasks.act_in_slack.delay(press.as_dict())
    return HttpResponse()


@csrf_exempt
@require_POST
def message_status(request: HttpRequest, delivery_id: str) -> HttpResponse:
    """Twilio tells how far a message has got; twice, late or out of order does no harm.

    Source: twilio.com/docs/messaging/guides/track-outbound-message-status.
    """
    if not is_request_of_twilio(request):
        log.warning("webhook refused: wrong signature", extra={"path": request.path})
        return HttpResponse("The signature is not the carrier's.", status=403)
    sent = Delivery.objects.filter(public_id=delivery_id, channel=Channel.SMS).first()
    if sent is not None:
        _note(sent, request.POST)
    return HttpResponse(status=204)


def _note(delivery: Delivery, told: QueryDict) -> None:
    status = told.get("MessageStatus", "")
    if status == "delivered":
        note_status(delivery, delivered=True)
    elif status in ("undelivered", "failed"):
        code = told.get("ErrorCode", "")
        known = int(code) if code.isdecimal() and len(code) < 7 else None
        note_status(delivery, delivered=False, error=sentence_for(known))
