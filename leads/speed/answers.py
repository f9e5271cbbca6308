"""News that start or stop the clock."""

from datetime import datetime

from leads.cadences.services import stop
from leads.enums import (
    Behaviour,
    ContactHow,
    DialKind,
    DialResult,
    DialStatus,
    LeadStage,
    StopReason,
)
from leads.models import Dial, Lead, Outcome
from leads.outcomes.services import REACHED
from leads.speed.services import ABOUT_LEAD, close_clock, note_attempt, note_contact, run_on
from salesdesk.notifications.services import withdraw

HOW = {DialKind.AI: ContactHow.AI_CALL, DialKind.REP: ContactHow.REP_CALL}
CLOSED = (LeadStage.WON, LeadStage.LOST)


def dial_changed(dial: Dial) -> None:
    """A dial that rings is an attempt; one that a person took is a contact once it is over.

    Only then is it known that no machine answered.
    """
    if dial.lead is None:
        return
    if dial.placed_at is not None:
        note_attempt(dial.lead, dial.placed_at)
    if dial.status == DialStatus.ENDED and dial.result == DialResult.ANSWERED:
        at = dial.answered_at or dial.ended_at or dial.created_at
        if note_contact(dial.lead, HOW[DialKind(dial.kind)], at=at, by=dial.user):
            _nobody_need_answer(dial.lead)


def outcome_recorded(outcome: Outcome) -> None:
    """With most outcomes somebody was talked with, by whatever phone."""
    if outcome.behaviour in REACHED and not outcome.is_automatic:
        at, by = outcome.created_at, outcome.user
        note_contact(outcome.lead, ContactHow.REP_CALL, at=at, by=by)
    elif outcome.behaviour == Behaviour.WRONG_NUMBER:
        close_clock(outcome.lead)
    else:
        note_attempt(outcome.lead, outcome.created_at)
    _nobody_need_answer(outcome.lead)


def outcome_undone(outcome: Outcome) -> None:
    """The clock that the outcome stopped runs on, as if nobody had said so.

    Not where they opted out by other ways meanwhile.
    """
    run_on(outcome.lead, since=outcome.created_at)


def replied(lead: Lead, how: ContactHow, at: datetime) -> None:
    """They called or wrote: nobody tries them by the cadence any more, nor need take them."""
    stop(lead, StopReason.REPLIED)
    if note_contact(lead, how, at=at):
        _nobody_need_answer(lead)


def closed(lead: Lead) -> None:
    if lead.stage in CLOSED and close_clock(lead):
        _nobody_need_answer(lead)


def opted_out(lead: Lead) -> None:
    if close_clock(lead):
        _nobody_need_answer(lead)


def _nobody_need_answer(lead: Lead) -> None:
    withdraw(lead.business, subject_type=ABOUT_LEAD, subject_id=lead.public_id)
