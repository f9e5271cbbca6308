"""What became of touches, and what else happens to leads that are in a cadence."""

from collections.abc import Mapping

from leads.cadences.carrying import key_of
from leads.cadences.services import CLOSED, settle, stop
from leads.enums import (
    AppointmentStatus,
    Behaviour,
    DialOrigin,
    DialResult,
    DialStatus,
    LeadStage,
    StopReason,
    TouchChannel,
    TouchResult,
    TouchStatus,
)
from leads.models import Appointment, Dial, Enrollment, Lead, Suppression, Touch
from leads.ready.wanting import unwant_call
from leads.services import left_in_peace_by
from salesdesk.notifications.enums import DeliveryStatus
from salesdesk.notifications.models import Delivery

OF_DIAL: Mapping[str, TouchResult] = {
    DialResult.ANSWERED: TouchResult.REACHED,
    DialResult.NO_ANSWER: TouchResult.NO_ANSWER,
    DialResult.BUSY: TouchResult.BUSY,
    DialResult.VOICEMAIL: TouchResult.VOICEMAIL,
    DialResult.BLOCKED: TouchResult.BLOCKED,
    DialResult.FAILED: TouchResult.FAILED,
}
OVER: Mapping[str, TouchResult] = {
    DialStatus.ENDED: TouchResult.UNKNOWN,
    DialStatus.FAILED: TouchResult.FAILED,
    DialStatus.BLOCKED: TouchResult.BLOCKED,
    DialStatus.CANCELED: TouchResult.FAILED,
}
"""With these a dial is over; what it counts as where it has no result of its own."""

STOPS: Mapping[str, StopReason] = {
    Behaviour.CALLBACK: StopReason.CALLBACK,
    Behaviour.WON: StopReason.WON,
    Behaviour.LOST: StopReason.LOST,
    Behaviour.WRONG_NUMBER: StopReason.WRONG_NUMBER,
    Behaviour.OPT_OUT: StopReason.OPTED_OUT,
}
TRIES: Mapping[str, TouchResult] = {
    Behaviour.RETRY: TouchResult.NO_ANSWER,
    Behaviour.VOICEMAIL: TouchResult.VOICEMAIL,
    Behaviour.NEXT: TouchResult.REACHED,
}
OF_STAGE = {LeadStage.WON: StopReason.WON, LeadStage.LOST: StopReason.LOST}
SENT = (DeliveryStatus.SENT, DeliveryStatus.DELIVERED)
MESSAGE_OVER = (*SENT, DeliveryStatus.FAILED, DeliveryStatus.CANCELED)


def dial_changed(business_id: int, origin: str, origin_id: str) -> None:
    """A call that a touch asked for is over: that settles it."""
    if origin != DialOrigin.CADENCE:
        return
    dials = Dial.objects.filter(business=business_id, origin=origin, origin_id=origin_id)
    dial = dials.order_by("-pk").first()
    touch = _waiting(business_id, origin_id)
    if dial is None or touch is None or dial.status not in OVER:
        return
    settle(touch, OF_DIAL.get(dial.result, OVER[dial.status]), note=dial.error)


def delivery_settled(business_id: int, touch_id: str, status: str, error: str) -> None:
    """A message of a touch left, or never will."""
    touch = _waiting(business_id, touch_id)
    if touch is not None:
        result = TouchResult.SENT if status in SENT else TouchResult.FAILED
        settle(touch, result, note=error)


def tell_delivery(touch: Touch) -> None:
    """Tell again what became of the touch's message, if that is known."""
    sent = Delivery.objects.filter(business=touch.business_id, key=key_of(touch))
    delivery = sent.filter(status__in=MESSAGE_OVER).first()
    if delivery is not None:
        delivery_settled(delivery.business_id, touch.public_id, delivery.status, delivery.error)


def outcome_recorded(lead: Lead, behaviour: str) -> None:
    """A rep (or the agent) said how it came out: that stops the cadence, or settles the call.

    Where the cadence tries again itself, the outcome's own wish for another call is dropped.
    """
    if behaviour in STOPS:
        stop(lead, STOPS[Behaviour(behaviour)])
        return
    result = TRIES[behaviour]
    calls = Touch.objects.filter(lead=lead, channel=TouchChannel.REP_CALL)
    touch = calls.filter(status=TouchStatus.WAITING).select_related("lead__business").first()
    if touch is not None:
        settle(touch, result)
    elif result == TouchResult.REACHED:
        stop(lead, StopReason.REACHED)
    if Touch.objects.filter(lead=lead, status=TouchStatus.PLANNED).exists():
        unwant_call(lead)


def lead_changed(lead: Lead) -> None:
    if lead.stage in CLOSED:
        stop(lead, OF_STAGE[LeadStage(lead.stage)])


def booked(appointment: Appointment) -> None:
    agreed = (AppointmentStatus.BOOKED, AppointmentStatus.CONFIRMED)
    if appointment.lead is not None and appointment.status in agreed:
        stop(appointment.lead, StopReason.BOOKED)


def suppressed(suppression: Suppression) -> None:
    """Everybody who must be left in peace is."""
    open_ = Enrollment.objects.unfinished().filter(business=suppression.business).values("lead")
    for lead in left_in_peace_by(suppression).filter(pk__in=open_).select_related("business"):
        stop(lead, StopReason.OPTED_OUT)


def give_up(touch: Touch) -> None:
    """Nothing was heard of it in time; the cadence goes on."""
    settle(touch, TouchResult.UNKNOWN, within=(TouchStatus.WAITING,))


def _waiting(business_id: int, touch_id: str) -> Touch | None:
    touches = Touch.objects.filter(business=business_id, public_id=touch_id)
    return touches.select_related("lead__business").filter(status=TouchStatus.WAITING).first()
