"""Every write to who is in which cadence, and to the touches that follow from it.

Whoever changes an enrollment or one of its touches holds the lead's row meanwhile.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from leads.cadences.choosing import first_step, next_step
from leads.cadences.openings import openings_of
from leads.cadences.timing import next_allowed
from leads.cadences.usual import default_cadence
from leads.dialing.services import cancel_dial
from leads.enums import (
    DialOrigin,
    EnrollmentStatus,
    LeadEventKind,
    LeadStage,
    StopReason,
    TouchChannel,
    TouchResult,
    TouchStatus,
)
from leads.models import Cadence, CadenceStep, Dial, Enrollment, Lead, Touch
from leads.models.cadences import OPEN, UNSETTLED
from leads.ready.wanting import unwant_call
from leads.services import announce, is_left_in_peace, record_event
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""After which another worker takes up a touch whose worker did not come back."""
MOST_CLAIMS = 5
CLOSED = (LeadStage.WON, LeadStage.LOST)


# ---------------------------------------------------------------- beginning


@transaction.atomic
def enroll(lead: Lead, cadence: Cadence | None = None, *, by: User | None = None) -> Enrollment:
    """Begin ``cadence`` (the business's default one) with the lead, and plan its first touch.

    A lead that is in it already stays where it is; another cadence is stopped. Writes history and
    sends ``lead_changed``. Raises ``Conflict`` for a lead that is closed or must not be called,
    for a cadence without steps or of another business.
    """
    cadence = cadence or default_cadence(lead.business)
    lead = _locked_lead(lead)
    current = Enrollment.objects.unfinished().filter(lead=lead).first()
    if current is not None and current.cadence_id == cadence.pk:
        return current
    step = _refuse_unfit(lead, cadence)
    if current is not None:
        stop(lead, StopReason.REPLACED, by=by)
    enrollment = Enrollment.objects.create(
        business=lead.business, lead=lead, cadence=cadence, started_at=timezone.now()
    )
    _tell(lead, f"Put into the cadence “{cadence}”.", by)
    _plan(enrollment, step, enrollment.started_at)
    return enrollment


def _refuse_unfit(lead: Lead, cadence: Cadence) -> CadenceStep:
    if cadence.business_id != lead.business_id:
        raise Conflict("This cadence is another business's.")
    if lead.stage in CLOSED:
        raise Conflict(f"This lead is closed ({lead.get_stage_display().lower()}).")
    if is_left_in_peace(lead):
        raise Conflict("This lead must not be contacted.")
    step = first_step(cadence.steps.all())
    if step is None:
        raise Conflict("This cadence has no steps yet.")
    return step


def is_open_to_tries(lead: Lead) -> bool:
    """Whether it may be tried at all: it is not closed, nor to be left in peace."""
    return lead.stage not in CLOSED and not is_left_in_peace(lead)


def _plan(enrollment: Enrollment, step: CadenceStep, after: datetime) -> None:
    """The touch of ``step``; a cadence for which there never is a moment is finished."""
    wanted = after + timedelta(minutes=step.wait_minutes)
    due = next_allowed(wanted, openings_of(enrollment.cadence, enrollment.lead))
    if due is None:
        _end(enrollment, EnrollmentStatus.FINISHED)
        _tell(enrollment.lead, "The cadence ended: its hours and the lead's never meet.", None)
        return
    paused = enrollment.status == EnrollmentStatus.PAUSED
    Touch.objects.create(
        business=enrollment.business,
        enrollment=enrollment,
        lead=enrollment.lead,
        step=step,
        position=step.position,
        channel=step.channel,
        due_at=due,
        next_at=due,
        status=TouchStatus.PAUSED if paused else TouchStatus.PLANNED,
    )


# ---------------------------------------------------------------- stopping and pausing


@transaction.atomic
def stop(lead: Lead, reason: StopReason, *, by: User | None = None) -> bool:
    """No further touches; whether there was a cadence to stop. Doing it again changes nothing.

    A call that is queued for it is canceled, and a rep that is to call for it need not.
    """
    enrollment = _locked_open(lead)
    if enrollment is None:
        return False
    enrollment.stop_reason, enrollment.by = reason, by
    _end(enrollment, EnrollmentStatus.STOPPED)
    for touch in enrollment.touches.filter(status__in=UNSETTLED):
        _cancel(touch)
    _tell(lead, f"The cadence was stopped: {reason.label.lower()}.", by)
    return True


@transaction.atomic
def pause(lead: Lead, *, by: User | None = None) -> bool:
    """Plan nothing and carry nothing out until :func:`resume`; whether there was anything to.

    What is being carried out goes on; the step after it waits.
    """
    enrollment = _locked_open(lead)
    if enrollment is None or enrollment.status != EnrollmentStatus.ACTIVE:
        return False
    enrollment.status, enrollment.by = EnrollmentStatus.PAUSED, by
    enrollment.save(update_fields=["status", "by"])
    enrollment.touches.filter(status=TouchStatus.PLANNED).update(status=TouchStatus.PAUSED)
    _tell(lead, "The cadence was paused.", by)
    return True


@transaction.atomic
def resume(lead: Lead, *, by: User | None = None) -> bool:
    """Go on: what became due meanwhile is due at the next moment that is allowed."""
    enrollment = _locked_open(lead)
    if enrollment is None or enrollment.status != EnrollmentStatus.PAUSED:
        return False
    enrollment.status, enrollment.by = EnrollmentStatus.ACTIVE, None
    enrollment.save(update_fields=["status", "by"])
    for touch in enrollment.touches.filter(status=TouchStatus.PAUSED):
        _resume(touch, enrollment)
    _tell(lead, "The cadence goes on.", by)
    return True


def _resume(touch: Touch, enrollment: Enrollment) -> None:
    wanted = max(touch.due_at, timezone.now())
    due = next_allowed(wanted, openings_of(enrollment.cadence, enrollment.lead))
    touch.due_at = touch.next_at = due or wanted
    touch.status = TouchStatus.PLANNED
    touch.save(update_fields=["due_at", "next_at", "status"])


def _cancel(touch: Touch) -> None:
    waited = touch.status == TouchStatus.WAITING
    touch.status, touch.done_at = TouchStatus.CANCELED, timezone.now()
    touch.save(update_fields=["status", "done_at"])
    if waited:
        withdraw(touch)


def withdraw(touch: Touch) -> None:
    """Take back what was asked of others for this touch, if it has not happened."""
    if touch.channel == TouchChannel.REP_CALL:
        lead = Lead.objects.get(pk=touch.lead_id)
        if lead.wanted_at is not None and lead.wanted_at == touch.began_at:
            unwant_call(lead)
    elif touch.channel == TouchChannel.AI_CALL:
        dials = Dial.objects.waiting().filter(origin_id=touch.public_id)
        for dial in dials.filter(business=touch.business_id, origin=DialOrigin.CADENCE):
            cancel_dial(dial)


# ---------------------------------------------------------------- results


@transaction.atomic
def settle(
    touch: Touch,
    result: TouchResult,
    *,
    note: str = "",
    within: Collection[str] = (TouchStatus.CLAIMED, TouchStatus.WAITING),
) -> bool:
    """Put down what came of a touch and plan the step that follows; whether it was unsettled.

    A result that comes twice, or after the cadence was stopped, changes nothing.
    """
    lead = _locked_lead(touch.lead)
    settled = Touch.objects.filter(pk=touch.pk, status__in=within, claims=touch.claims).update(
        status=TouchStatus.DONE, result=result, note=note[:300], done_at=timezone.now()
    )
    if not settled:
        return False
    enrollment = _known().get(pk=touch.enrollment_id)
    enrollment.position = touch.position
    enrollment.save(update_fields=["position"])
    _tell(lead, _sentence(touch, result, note), None)
    if enrollment.status in OPEN:
        _go_on(enrollment, touch, result)
    return True


def _go_on(enrollment: Enrollment, touch: Touch, result: TouchResult) -> None:
    step = next_step(enrollment.cadence.steps.all(), touch.position, result)
    if step is not None:
        _plan(enrollment, step, timezone.now())
    elif result == TouchResult.REACHED:
        stop(enrollment.lead, StopReason.REACHED)
    else:
        _end(enrollment, EnrollmentStatus.FINISHED)


def _end(enrollment: Enrollment, status: EnrollmentStatus) -> None:
    enrollment.status, enrollment.ended_at = status, timezone.now()
    enrollment.save(update_fields=["status", "stop_reason", "by", "ended_at"])


def _sentence(touch: Touch, result: TouchResult, note: str) -> str:
    sentence = f"{touch.get_channel_display()}: {result.label.lower()}."
    return f"{sentence} {note}"[:500] if note else sentence


# ---------------------------------------------------------------- helpers


def _locked_lead(lead: Lead) -> Lead:
    leads = Lead.objects.select_related("business")
    return leads.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)


def _locked_open(lead: Lead) -> Enrollment | None:
    """The enrollment that is under way or paused, which nobody else changes meanwhile."""
    if not Enrollment.objects.unfinished().filter(lead=lead).exists():
        return None
    _locked_lead(lead)
    return _known().filter(lead=lead, status__in=OPEN).first()


def _known() -> QuerySet[Enrollment]:
    return Enrollment.objects.select_related("business", "cadence__business", "lead__business")


def _tell(lead: Lead, text: str, by: User | None) -> None:
    record_event(lead, LeadEventKind.CADENCE, text, {}, by=by)
    announce(lead, "changed")
