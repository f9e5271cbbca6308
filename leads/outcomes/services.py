"""Every write about outcomes, and what each of them does to its lead."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as date_format

from leads import signals
from leads.cadences import undoing as cadences
from leads.enums import Behaviour, LeadEventKind, LeadStage
from leads.models import Disposition, Lead, Outcome
from leads.outcomes.entries import enter, take_back
from leads.outcomes.times import zone_of
from leads.ready.wanting import restore_wanted, unwant_call, want_call, wanted_of
from leads.services import announce, record_event, update_lead
from salesdesk.accounts.models import User
from salesdesk.lib.errors import Conflict, InvalidInput, NotAllowed

FURTHEST_CALLBACK = timedelta(days=365)
LONGEST_NOTE = 4000
LONGEST_REASON = 300
ON_SIGHT = timedelta(minutes=1)
"""A callback may be this far in the past when it arrives: “now” was meant."""

REACHED = (
    Behaviour.NEXT,
    Behaviour.CALLBACK,
    Behaviour.WON,
    Behaviour.LOST,
    Behaviour.OPT_OUT,
)
"""With these somebody was talked with."""
_MADE = ("stage", "close_reason")
"""What an outcome may change of its lead, and an undo brings back."""


@dataclass(frozen=True, slots=True)
class Told:
    """What whoever records an outcome says besides its disposition. ``callback_at`` is aware."""

    user: User | None = None
    note: str = ""
    reason: str = ""
    callback_at: datetime | None = None
    callback_mine: bool = True
    conversation: str = ""
    is_automatic: bool = False


@transaction.atomic
def record_outcome(
    lead: Lead,
    disposition: Disposition,
    *,
    user: User | None = None,
    note: str = "",
    callback_at: datetime | None = None,
    callback_mine: bool = True,
    reason: str = "",
    conversation: str = "",
    is_automatic: bool = False,
) -> Outcome:
    """Note how it came out, and do what the disposition's behaviour says, all or nothing.

    Writes the lead's history and sends ``outcome_recorded``. Raises ``InvalidInput`` where a
    note, a reason or a time is missing or cannot be, ``Conflict`` for a disposition of another
    business.
    """
    told = Told(
        user, note.strip(), reason.strip(), callback_at, callback_mine, conversation, is_automatic
    )
    _check(lead, disposition, told)
    lead = _locked(lead)
    outcome = Outcome.objects.create(
        business=lead.business,
        lead=lead,
        disposition=disposition,
        behaviour=disposition.behaviour,
        user=user,
        note=told.note,
        reason=told.reason,
        callback_at=callback_at,
        callback_mine=callback_mine and user is not None,
        conversation=conversation,
        is_automatic=is_automatic,
        before=_before(lead),
    )
    _FOLLOWS[Behaviour(disposition.behaviour)](outcome, told)
    _keep_after(outcome)
    _tell(outcome, _sentence(outcome))
    signals.send_after_commit(
        signals.outcome_recorded,
        outcome_id=outcome.public_id,
        lead_id=lead.public_id,
        business_id=lead.business_id,
        behaviour=outcome.behaviour,
    )
    return outcome


@transaction.atomic
def undo_outcome(outcome: Outcome, *, by: User) -> None:
    """Take back what was recorded a moment ago: stage, reason, wish for a call, and do-not-call
    entries.

    Of these only what the outcome itself made and nobody has changed since. Sends
    ``outcome_undone``, whereupon cadence, campaigns and clocks go on; what went out meanwhile stays
    so. Raises ``Conflict`` when it is too late or was undone already, ``NotAllowed`` for somebody
    else's.
    """
    outcome = Outcome.objects.select_for_update(of=("self",)).get(pk=outcome.pk)
    if outcome.user_id != by.pk:
        raise NotAllowed("Only who set an outcome can undo it.")
    if not outcome.may_be_undone:
        raise Conflict("An outcome can be undone within a minute only.")
    lead, before = _locked(outcome.lead), outcome.before
    outcome.undone_at = timezone.now()
    outcome.save(update_fields=["undone_at"])
    _move_back(lead, before, by)
    take_back(outcome)
    restore_wanted(lead, {key: before[key] for key in wanted_of(lead)})
    _tell(outcome, f"Undone: {outcome.disposition.label}.")
    signals.send_after_commit(
        signals.outcome_undone,
        outcome_id=outcome.public_id,
        lead_id=lead.public_id,
        business_id=lead.business_id,
        behaviour=outcome.behaviour,
    )


def _before(lead: Lead) -> dict[str, Any]:
    """What :func:`undo_outcome` brings back, as JSON."""
    return {
        "stage": lead.stage,
        "close_reason": lead.close_reason,
        "closed_at": lead.closed_at.isoformat() if lead.closed_at else None,
        **wanted_of(lead),
        "cadence": cadences.state_of(lead),
    }


def _keep_after(outcome: Outcome) -> None:
    """What the outcome has made of its lead, by which a later change is told apart."""
    lead = Lead.objects.only(*_MADE).get(pk=outcome.lead_id)
    outcome.before["after"] = {name: getattr(lead, name) for name in _MADE}
    outcome.save(update_fields=["before"])


def _move_back(lead: Lead, before: Mapping[str, Any], by: User) -> None:
    """Stage and reason as they were, unless somebody has moved the lead since."""
    after = before.get("after", {})
    if lead.stage != after.get("stage"):
        return
    was_moved = lead.stage != before["stage"]
    names = [name for name in _MADE if getattr(lead, name) == after[name]]
    update_lead(lead, by=by, **{name: before[name] for name in names})
    if was_moved and before["closed_at"]:  # it was closed before, and not just now
        Lead.objects.filter(pk=lead.pk).update(closed_at=before["closed_at"])


# ---------------------------------------------------------------- what follows


def _only_note(outcome: Outcome, told: Told) -> None:
    unwant_call(outcome.lead)
    _reach(outcome, LeadStage.CONTACTED)


def _call_back(outcome: Outcome, told: Told) -> None:
    assert told.callback_at is not None, "checked before"
    rep = told.user if outcome.callback_mine else None
    want_call(outcome.lead, told.callback_at, rep=rep, why="Callback that was agreed")
    _reach(outcome, LeadStage.CONTACTED)


def _retry(outcome: Outcome, told: Told) -> None:
    minutes = outcome.disposition.retry_minutes
    if minutes is None:
        unwant_call(outcome.lead)
        return
    at = outcome.created_at + timedelta(minutes=minutes)
    want_call(outcome.lead, at, why=f"Another try after “{outcome.disposition.label}”")


def _win(outcome: Outcome, told: Told) -> None:
    _close(outcome, LeadStage.WON, told)


def _lose(outcome: Outcome, told: Told) -> None:
    _close(outcome, LeadStage.LOST, told)


def _close(outcome: Outcome, stage: LeadStage, told: Told) -> None:
    """Who says it again without a reason leaves the one that is known."""
    unwant_call(outcome.lead)
    known = outcome.lead.close_reason if outcome.lead.stage == stage else ""
    update_lead(outcome.lead, stage=stage, close_reason=told.reason or known, by=told.user)


def _opt_out(outcome: Outcome, told: Told) -> None:
    enter(outcome, phone=outcome.lead.phone, email=outcome.lead.email)
    unwant_call(outcome.lead)


def _wrong_number(outcome: Outcome, told: Told) -> None:
    enter(outcome, phone=outcome.lead.phone, email="")
    unwant_call(outcome.lead)


_FOLLOWS: Mapping[Behaviour, Callable[[Outcome, Told], None]] = {
    Behaviour.NEXT: _only_note,
    Behaviour.CALLBACK: _call_back,
    Behaviour.RETRY: _retry,
    Behaviour.VOICEMAIL: _retry,
    Behaviour.WON: _win,
    Behaviour.LOST: _lose,
    Behaviour.OPT_OUT: _opt_out,
    Behaviour.WRONG_NUMBER: _wrong_number,
}


def _reach(outcome: Outcome, stage: LeadStage) -> None:
    """Move a lead that nobody had talked with."""
    if outcome.lead.stage == LeadStage.NEW:
        update_lead(outcome.lead, stage=stage, by=outcome.user)


# ---------------------------------------------------------------- checks and words


def _check(lead: Lead, disposition: Disposition, told: Told) -> None:
    if disposition.business_id != lead.business_id:
        raise Conflict("This outcome is another business's.")
    if len(told.note) > LONGEST_NOTE or len(told.reason) > LONGEST_REASON:
        raise InvalidInput("The note or the reason is too long.")
    if told.is_automatic:
        return
    if disposition.note_required and not told.note:
        raise InvalidInput(f"“{disposition.label}” needs a note.")
    if disposition.behaviour == Behaviour.LOST and not told.reason:
        raise InvalidInput("Say why they are lost.")
    if disposition.behaviour == Behaviour.CALLBACK:
        _check_callback(told.callback_at)


def _check_callback(at: datetime | None) -> None:
    now = timezone.now()
    if at is None:
        raise InvalidInput("Say when they want to be called.")
    if at < now - ON_SIGHT:
        raise InvalidInput("This time is over already.")
    if at > now + FURTHEST_CALLBACK:
        raise InvalidInput("A callback can be a year ahead at most.")


def _locked(lead: Lead) -> Lead:
    leads = Lead.objects.select_related("business")
    return leads.select_for_update(of=("self",), no_key=True).get(pk=lead.pk)


def _sentence(outcome: Outcome) -> str:
    parts = [outcome.disposition.label]
    if outcome.callback_at:
        local = outcome.callback_at.astimezone(zone_of(outcome.lead))
        parts.append(f"on {date_format(local, 'D, M j, g:i A')} their time")
    if outcome.reason:
        parts.append(f"because: {outcome.reason}")
    return f"{', '.join(parts).rstrip('.')}." + (f" {outcome.note}" if outcome.note else "")


def _tell(outcome: Outcome, text: str) -> None:
    told: dict[str, Any] = {"outcome": outcome.public_id, "key": outcome.disposition.key}
    record_event(
        outcome.lead, LeadEventKind.OUTCOME, text, told, outcome.conversation, outcome.user
    )
    announce(outcome.lead, "changed")
