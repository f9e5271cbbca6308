"""What a cadence does when the lead no longer agrees to one of its ways."""

from collections.abc import Collection, Mapping

from django.db import transaction

from leads.cadences.services import settle, stop, withdraw
from leads.consent import barred_ways
from leads.enums import (
    ContactKind,
    DialOrigin,
    GateReason,
    StopReason,
    TouchChannel,
    TouchResult,
    TouchStatus,
)
from leads.models import Dial, Enrollment, Lead, Touch
from leads.models.cadences import UNSETTLED

CHANNELS: Mapping[ContactKind, TouchChannel] = {
    ContactKind.AI: TouchChannel.AI_CALL,
    ContactKind.REP: TouchChannel.REP_CALL,
    ContactKind.SMS: TouchChannel.SMS,
    ContactKind.EMAIL: TouchChannel.EMAIL,
}


def take_back(lead: Lead) -> None:
    """Leave out the touches by ways that the lead no longer agrees to, from the one at hand on.

    A cadence that has no other way left is stopped. What is under way already goes on.
    """
    barred = [CHANNELS[way] for way in barred_ways(lead)]
    enrollment = Enrollment.objects.unfinished().filter(lead=lead).select_related("cadence").first()
    if enrollment is None:
        return
    ahead = enrollment.cadence.steps.filter(position__gt=enrollment.position)
    if not ahead.exclude(channel__in=barred).exists():
        stop(lead, StopReason.OPTED_OUT)
        return
    while (touch := _barred_touch(lead, barred)) and _left_out(touch):
        continue


def _barred_touch(lead: Lead, barred: Collection[TouchChannel]) -> Touch | None:
    touches = Touch.objects.filter(lead=lead, channel__in=barred, status__in=UNSETTLED)
    return touches.select_related("lead__business").first()


@transaction.atomic
def _left_out(touch: Touch) -> bool:
    """Settle it as refused; not a call that rings already, nor a message that was handed over.

    Settled first: that its dial is taken back is then no news to it.
    """
    waited = touch.status == TouchStatus.WAITING
    if waited and touch.channel != TouchChannel.REP_CALL and not _waits_in_queue(touch):
        return False
    reason = str(GateReason.CONSENT_WITHDRAWN.label)
    if not settle(touch, TouchResult.BLOCKED, note=reason, within=UNSETTLED):
        return False
    if waited:
        withdraw(touch)
    return True


def _waits_in_queue(touch: Touch) -> bool:
    queued = Dial.objects.waiting().filter(business=touch.business_id, origin=DialOrigin.CADENCE)
    return queued.filter(origin_id=touch.public_id).exists()
