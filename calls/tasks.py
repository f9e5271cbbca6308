"""Background work on calls. Tasks take ids, fetch, and call one service."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from calls import services
from calls.carriers.base import get_carrier
from calls.enums import STATUS_OF_TWILIO, CallStatus, EndReason
from calls.models import Call, MediaStream, Utterance
from calls.opportunities import propose_from_call
from knowledge.uses import record_citations
from salesdesk.assistant.tasks import SETTLED_AFTER_S
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.logs import logging_call

log = logging.getLogger(__name__)

QUIET_AFTER = timedelta(minutes=2)
GONE_AFTER = timedelta(hours=6)


@shared_task
def settle_lost_calls() -> None:
    """Ask the carrier about calls without live audio whose callbacks did not come."""
    live = MediaStream.objects.live().values("call_id")
    quiet = Call.objects.under_way().filter(started_at__lt=timezone.now() - QUIET_AFTER)
    lost = quiet.filter(~Q(pk__in=live) | Q(started_at__lt=timezone.now() - GONE_AFTER))
    for call in lost.order_by("started_at")[:200]:
        with logging_call(call.public_id):
            settle_call(call)


@shared_task
def note_uses(call_id: str, sequence: int) -> None:
    """Note which passages an answer was taken from."""
    said = Utterance.objects.filter(call__public_id=call_id, sequence=sequence)
    utterance = said.select_related("call").first()
    if utterance is None or utterance.call.business_id is None:
        log.warning("an answer whose documents were to be noted is gone")
        return
    citations = utterance.metadata.get("citations", ())
    record_citations(utterance.call.business_id, citations, used_in=call_id, sequence=sequence)


@shared_task
def find_opportunities(call_id: str) -> None:
    """Propose what a call that is over shows that may be sold."""
    call = Call.objects.select_related("business").filter(public_id=call_id).first()
    if call is None:
        log.warning("a call in which opportunities were to be found is gone")
        return
    with logging_call(call_id):
        propose_from_call(call)


def find_opportunities_soon(call_id: str) -> None:
    """After the lead was told what was captured, so that it is known with whom it was."""
    find_opportunities.apply_async((call_id,), countdown=2 * SETTLED_AFTER_S)


def settle_call(call: Call) -> None:
    """Bring the call to the status that the carrier tells; one it does not know has failed."""
    try:
        told = get_carrier().status(call.sid) if call.sid else ""
    except SalesdeskError as error:
        log.warning("the carrier could not be asked about a call: %s", error.message)
        return
    status = STATUS_OF_TWILIO.get(told, CallStatus.FAILED)
    reason = "" if told else EndReason.LOST
    services.advance_call(call, status, end_reason=reason)
