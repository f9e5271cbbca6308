"""Taking back what an outcome did to a lead's cadence, when the outcome is undone.

:func:`state_of` is what an outcome keeps of the moment before it, :func:`restore` brings that
back. What has left the house meanwhile stays as it is.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.cadences import answers
from leads.cadences.openings import openings_of
from leads.cadences.services import is_open_to_tries
from leads.cadences.timing import next_allowed
from leads.enums import (
    DialOrigin,
    DialResult,
    DialStatus,
    EnrollmentStatus,
    LeadEventKind,
    StopReason,
    TouchChannel,
    TouchStatus,
)
from leads.models import Dial, Enrollment, Lead, Outcome, Touch
from leads.models.cadences import OPEN, UNSETTLED
from leads.services import announce, record_event

BY_OUTCOME = (
    "",
    StopReason.REACHED,
    StopReason.CALLBACK,
    StopReason.WON,
    StopReason.LOST,
    StopReason.WRONG_NUMBER,
    StopReason.OPTED_OUT,
)
"""Why an outcome stops a cadence; what was stopped for another reason stays stopped."""
NOT_DIALLED = (DialStatus.CANCELED, DialStatus.BLOCKED)


def state_of(lead: Lead) -> dict[str, Any]:
    """Where the lead stands in its cadence, as JSON; empty where it is in none."""
    enrollment = Enrollment.objects.unfinished().filter(lead=lead).first()
    if enrollment is None:
        return {}
    touch = enrollment.touches.filter(status__in=UNSETTLED).first()
    return {
        "enrollment": enrollment.pk,
        "status": enrollment.status,
        "position": enrollment.position,
        "touch": touch and touch.pk,
        "touch_status": touch.status if touch else "",
    }


@transaction.atomic
def restore(outcome: Outcome) -> bool:
    """Bring the cadence back to where it was before the outcome; whether anything was changed.

    A lead that was closed, put on the do-not-call list or into another cadence since stays as it
    is, and so does a cadence that went on by itself or whose next touch is under way. One that
    was paused or resumed since stays so. Writes history and sends ``lead_changed``.
    """
    state = outcome.before.get("cadence") or {}
    leads = Lead.objects.select_related("business")
    lead = leads.select_for_update(of=("self",), no_key=True).get(pk=outcome.lead_id)
    enrollment = _stopped_by(outcome, lead, state)
    if enrollment is None or not _took_back_later_touch(enrollment, state):
        return False
    if enrollment.status not in OPEN:
        enrollment.status, enrollment.by = state["status"], None
    enrollment.position, enrollment.stop_reason = state["position"], ""
    enrollment.ended_at = None
    enrollment.save(update_fields=["status", "by", "position", "stop_reason", "ended_at"])
    touch = _touch_of(enrollment, state)
    if touch is not None:
        _bring_back(touch, enrollment, lead)
    record_event(lead, LeadEventKind.CADENCE, "The cadence goes on: the outcome was undone.", {})
    announce(lead, "changed")
    return True


def _stopped_by(outcome: Outcome, lead: Lead, state: dict[str, Any]) -> Enrollment | None:
    """The enrollment that the outcome ended or moved on, if it may go on."""
    enrollment = lead.enrollments.filter(pk=state.get("enrollment", 0)).first()
    if enrollment is None or not is_open_to_tries(lead):
        return None
    others = Enrollment.objects.unfinished().filter(lead=lead).exclude(pk=enrollment.pk)
    if others.exists() or enrollment.stop_reason not in BY_OUTCOME:
        return None
    is_same = enrollment.status in OPEN and enrollment.position == state["position"]
    is_later = enrollment.ended_at is None or enrollment.ended_at >= outcome.created_at
    if is_same or not is_later or _went_on_by_itself(_touch_of(enrollment, state), state):
        return None
    return enrollment


def _touch_of(enrollment: Enrollment, state: dict[str, Any]) -> Touch | None:
    """The touch that was at hand when the outcome was set."""
    return enrollment.touches.filter(pk=state["touch"]).first()


def _went_on_by_itself(touch: Touch | None, state: dict[str, Any]) -> bool:
    """Whether something else settled the touch: outcomes cancel touches, and settle only a call
    by a rep that was waited for."""
    if touch is None or touch.status == TouchStatus.CANCELED:
        return False
    was_waited_for = state["touch_status"] == TouchStatus.WAITING
    return not (was_waited_for and touch.channel == TouchChannel.REP_CALL)


def _took_back_later_touch(enrollment: Enrollment, state: dict[str, Any]) -> bool:
    """Forget the touch that was planned after the outcome; not if any has begun by now."""
    if not state["touch"]:
        return True
    later = enrollment.touches.filter(pk__gt=state["touch"])
    planned = (TouchStatus.PLANNED, TouchStatus.PAUSED)
    if any(touch.status not in planned for touch in later.select_for_update()):
        return False
    later.delete()
    return True


def _bring_back(touch: Touch, enrollment: Enrollment, lead: Lead) -> None:
    """As it was; a call for which nobody was dialled in the end is to be placed anew."""
    dial = _dial_of(touch)
    if touch.began_at is not None and (dial is None or dial.status not in NOT_DIALLED):
        _settle_as(touch, status=TouchStatus.WAITING)
        _tell_what_came_meanwhile(touch, dial)
        return
    is_paused = enrollment.status == EnrollmentStatus.PAUSED
    wanted = max(touch.due_at, timezone.now())
    due = next_allowed(wanted, openings_of(enrollment.cadence, lead)) or wanted
    status = TouchStatus.PAUSED if is_paused else TouchStatus.PLANNED
    _settle_as(touch, status=status, due_at=due, next_at=due, began_at=None)


def _settle_as(touch: Touch, **values: Any) -> None:
    Touch.objects.filter(pk=touch.pk).update(result="", note="", done_at=None, **values)


def _dial_of(touch: Touch) -> Dial | None:
    if touch.channel != TouchChannel.AI_CALL:
        return None
    dials = Dial.objects.filter(
        business=touch.business_id, origin=DialOrigin.CADENCE, origin_id=touch.public_id
    )
    return dials.order_by("-pk").first()


def _tell_what_came_meanwhile(touch: Touch, dial: Dial | None) -> None:
    """What was told while nobody listened: how the call ended, or what became of the message."""
    if dial is None:
        answers.tell_delivery(touch)
    elif dial.result != DialResult.BLOCKED:
        answers.dial_changed(dial.business_id, dial.origin, dial.origin_id)
