"""Taking back what an outcome did to a lead's cadence, when the outcome is undone.

:func:`state_of` is what an outcome keeps of the moment before it, :func:`restore` brings that
back. What has left the house meanwhile stays as it is.
"""

from typing import Any

from django.db import transaction
from django.utils import timezone

from leads.cadences import answers
from leads.cadences.openings import openings_of
from leads.cadences.services import CLOSED, is_left_in_peace
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
from leads.models.cadences import UNSETTLED
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
    is, and so does a cadence whose next touch is under way. Writes history and sends
    ``lead_changed``.
    """
    state = outcome.before.get("cadence") or {}
    leads = Lead.objects.select_related("business")
    lead = leads.select_for_update(of=("self",), no_key=True).get(pk=outcome.lead_id)
    enrollment = _stopped_by(outcome, lead, state)
    if enrollment is None or not _took_back_later_touch(enrollment, state):
        return False
    Enrollment.objects.filter(pk=enrollment.pk).update(
        status=state["status"], position=state["position"], stop_reason="", by=None, ended_at=None
    )
    touch = enrollment.touches.filter(pk=state["touch"]).first()
    if touch is not None:
        _bring_back(touch, enrollment, lead, state)
    record_event(lead, LeadEventKind.CADENCE, "The cadence goes on: the outcome was undone.", {})
    announce(lead, "changed")
    return True


def _stopped_by(outcome: Outcome, lead: Lead, state: dict[str, Any]) -> Enrollment | None:
    """The enrollment that the outcome ended or moved on, if it may go on."""
    enrollment = lead.enrollments.filter(pk=state.get("enrollment", 0)).first()
    if enrollment is None or lead.stage in CLOSED:
        return None
    if is_left_in_peace(lead):
        return None
    others = Enrollment.objects.unfinished().filter(lead=lead).exclude(pk=enrollment.pk)
    if others.exists() or enrollment.stop_reason not in BY_OUTCOME:
        return None
    is_same = enrollment.status == state["status"] and enrollment.position == state["position"]
    is_later = enrollment.ended_at is None or enrollment.ended_at >= outcome.created_at
    return None if is_same or not is_later else enrollment


def _took_back_later_touch(enrollment: Enrollment, state: dict[str, Any]) -> bool:
    """Forget the touch that was planned after the outcome; not if it is under way by now."""
    if not state["touch"]:
        return True
    later = enrollment.touches.filter(pk__gt=state["touch"])
    planned = later.filter(status__in=(TouchStatus.PLANNED, TouchStatus.PAUSED), began_at=None)
    planned.delete()
    return not later.exists()


def _bring_back(touch: Touch, enrollment: Enrollment, lead: Lead, state: dict[str, Any]) -> None:
    """As it was; a call for which nobody was dialled in the end is to be placed anew."""
    dial = _dial_of(touch)
    waits = state["touch_status"] == TouchStatus.WAITING
    if waits and (dial is None or dial.status not in NOT_DIALLED):
        _settle_as(touch, status=TouchStatus.WAITING)
        _tell_what_came_meanwhile(dial)
        return
    is_paused = state["status"] == EnrollmentStatus.PAUSED
    wanted = max(touch.due_at, timezone.now())
    due = next_allowed(wanted, openings_of(enrollment.cadence, lead)) or wanted
    status = TouchStatus.PAUSED if is_paused else TouchStatus.PLANNED
    _settle_as(touch, status=status, due_at=due, next_at=due)


def _settle_as(touch: Touch, **values: Any) -> None:
    Touch.objects.filter(pk=touch.pk).update(result="", note="", done_at=None, **values)


def _dial_of(touch: Touch) -> Dial | None:
    if touch.channel != TouchChannel.AI_CALL:
        return None
    dials = Dial.objects.filter(
        business=touch.business_id, origin=DialOrigin.CADENCE, origin_id=touch.public_id
    )
    return dials.order_by("-pk").first()


def _tell_what_came_meanwhile(dial: Dial | None) -> None:
    if dial is not None and dial.result != DialResult.BLOCKED:
        answers.dial_changed(dial.business_id, dial.origin, dial.origin_id)
