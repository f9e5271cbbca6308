"""What a rep who is ready does: gets a lead, calls it, says how it came out, gets the next.

Sessions themselves are in :mod:`leads.ready.sessions`. State moves by conditional UPDATE: what a
page asks for twice, or too late, changes nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from leads import signals
from leads.dialing.services import (
    dial_by_own_phone,
    note_ended,
    note_rings_again,
    request_dial,
)
from leads.enums import (
    Behaviour,
    DialKind,
    DialOrigin,
    DialResult,
    DialStatus,
    ReservationState,
    SessionState,
)
from leads.models import (
    Appointment,
    Dial,
    DialQuerySet,
    Disposition,
    Lead,
    Outcome,
    ReadyAction,
    ReadySession,
    Reservation,
)
from leads.models.dialing import OVER
from leads.outcomes.defaults import NO_OUTCOME, no_outcome_of
from leads.outcomes.services import record_outcome, undo_outcome
from leads.ready import queue, sessions
from leads.ready.offering import NEVER, Refusal, put_off, refusal_by, refusal_of
from leads.ready.push import tell_rep
from leads.visits import appointments
from salesdesk.accounts.models import User
from salesdesk.accounts.services import rep_of
from salesdesk.lib.errors import Conflict, InvalidInput, NotConfigured

OFFERED_FOR = timedelta(minutes=3)
WRAP_UP_FOR = timedelta(minutes=5)
TALKING_AT_MOST = timedelta(hours=2)
"""Somebody whose own phone dials tells nothing until the outcome."""
ENDED_UNDIALLED = "You ended the call before any phone was rung."
NOT_AT_PHONE = "Be ready again when you are at your phone."
MOST_PASSED = 50
"""So many leads that may not be called now are put off at once, before a rep is told to wait."""
KEY_LENGTHS = range(8, 65)

SUGGESTED: dict[str, str] = {
    DialResult.NO_ANSWER: "no_answer",
    DialResult.BUSY: "busy",
    DialResult.VOICEMAIL: "voicemail",
}
"""The usual outcome of a dial with this result."""


def act_once(user: User, key: str, act: Callable[[], Any]) -> bool:
    """Do ``act`` unless it was done under this key; says whether it was done now.

    All or nothing: where it is refused, the key stays free.
    """
    if len(key) not in KEY_LENGTHS:
        raise InvalidInput("An action needs a key of 8 to 64 characters.")
    with transaction.atomic():
        done = ReadyAction(user=user, key=key)
        if not _if_new(done):
            return False
        act()
    return True


# ---------------------------------------------------------------- getting a lead


@transaction.atomic
def next_lead(session: ReadySession) -> Reservation | None:
    """The lead that is now this rep's, or the one that is already; ``None`` while there is none.

    Leads that the gate would refuse are put off and passed over.
    """
    session = sessions.locked(session)
    held = session.reservations.held().first()
    if held is not None or session.state != SessionState.READY:
        return held
    return _offer(session)


def _offer(session: ReadySession) -> Reservation | None:
    """Reserves first: that another rep has the lead since is found out before the gate is asked."""
    now, passed = timezone.now(), set[int]()
    while len(passed) < MOST_PASSED:
        lead = queue.claim_due(session, now, passed)
        if lead is None:
            return None
        passed.add(lead.pk)
        lead.business = session.business
        reservation = _reserve(session, lead, now)
        if reservation is None:
            continue
        refusal = refusal_of(lead)
        if refusal is None:
            return reservation
        reservation.delete()
        if refusal.concerns_everybody:
            return None
        put_off(lead, refusal, now)
    return None


@transaction.atomic
def take_back_offer(lead: Lead) -> bool:
    """Who is only offered a lead that may not be called any more gets another one; whether
    somebody was."""
    offered = Reservation.objects.filter(lead=lead, state=ReservationState.OFFERED)
    reservation = offered.select_related("session__business", "lead__business").first()
    if reservation is None:
        return False
    sessions.locked(reservation.session)
    refusal = refusal_of(reservation.lead)
    if refusal is None or not refusal.reasons & NEVER:
        return False
    return _take_away(reservation, refusal, (ReservationState.OFFERED,))


@transaction.atomic
def take_lead(session: ReadySession, lead: Lead) -> Reservation:
    """This very lead, for a rep who chose it. What was only offered goes back.

    Raises ``Conflict`` when somebody else has it, or it may not be called now.
    """
    session = sessions.locked(session)
    held = current(session)
    if held is not None and held.lead_id == lead.pk:
        return held
    sessions.give_back_offered(session)
    if session.reservations.held().exists():
        raise Conflict(sessions.FINISH_FIRST)
    claimed = queue.claim(session, lead.pk)
    refusal = refusal_of(claimed) if claimed else None
    if refusal:
        raise Conflict(refusal.sentence)
    reservation = _reserve(session, claimed, timezone.now()) if claimed else None
    if reservation is None:
        raise Conflict("Somebody else has this lead at the moment.")
    return reservation


def current(session: ReadySession) -> Reservation | None:
    """The lead that the session holds."""
    held = session.reservations.held().select_related("lead__business", "session", "user")
    return held.first()


def last_done(session: ReadySession) -> Reservation | None:
    """The one before, as long as its outcome may be undone."""
    done = session.reservations.filter(state=ReservationState.DONE, outcome__isnull=False)
    last = done.select_related("outcome__disposition", "lead").order_by("-closed_at").first()
    return last if last and last.outcome and last.outcome.may_be_undone else None


@transaction.atomic
def skip(reservation: Reservation) -> None:
    """Give the offered lead back; this rep is not offered it again for a while."""
    moved = _move(
        reservation,
        (ReservationState.OFFERED,),
        ReservationState.RELEASED,
        closed_at=timezone.now(),
        expires_at=None,
    )
    if not moved:
        raise Conflict("This lead is not only offered any more.")
    _be_free(reservation.session)


# ---------------------------------------------------------------- calling


@transaction.atomic
def call(reservation: Reservation) -> Dial:
    """Ring the rep's phone and then the lead. Asked twice, it is one dial.

    The gate is asked at the moment of dialling. Raises ``NotConfigured`` when the rep has no
    phone number, ``Conflict`` when the lead is not offered any more.
    """
    rep = rep_of(reservation.user, reservation.business_id)
    if not rep.phone:
        raise NotConfigured("Give the number of your phone in the settings of Ready mode first.")
    now = timezone.now()
    moved = _move(
        reservation,
        (ReservationState.OFFERED,),
        ReservationState.CALLING,
        called_at=now,
        expires_at=None,
        problem="",
        result="",
    )
    if not moved:
        raise Conflict("This lead is not offered to you any more.")
    return request_dial(
        reservation.lead,
        kind=DialKind.REP,
        user=reservation.user,
        origin=DialOrigin.READY,
        origin_id=reservation.public_id,
    )


@transaction.atomic
def call_by_own_phone(reservation: Reservation) -> str:
    """The ``tel:`` link for a rep whose phone dials by itself; the gate decides here and now.

    The outcome is waited for from now on. Empty where the gate refuses: the rep gets another
    lead. Raises ``Conflict`` when the lead is not offered any more.
    """
    now = timezone.now()
    moved = _move(
        reservation,
        (ReservationState.OFFERED,),
        ReservationState.WRAP_UP,
        called_at=now,
        expires_at=now + TALKING_AT_MOST,
        problem="",
    )
    if not moved:
        raise Conflict("This lead is not offered to you any more.")
    _, decision = dial_by_own_phone(
        reservation.lead,
        user=reservation.user,
        origin=DialOrigin.READY,
        origin_id=reservation.public_id,
    )
    if not decision.allowed:
        _take_away(reservation, refusal_by(decision.gate_reasons))
        return ""
    tell_rep(reservation.session)
    return f"tel:{reservation.lead.phone}"


def hang_up(reservation: Reservation) -> None:
    """End the call of the lead at hand: both phones are hung up on. Sends ``hang_up_requested``.

    Raises ``Conflict`` when there is no call that we could end.
    """
    dial = _dial_of(reservation).exclude(status__in=OVER).first()
    if reservation.state != ReservationState.CALLING or dial is None:
        raise Conflict("There is no call to end here.")
    signals.send_after_commit(
        signals.hang_up_requested, dial_id=dial.public_id, business_id=dial.business_id
    )


def note_not_hung_up(dial: Dial, why: str) -> None:
    """The carrier did not end the call; the rep is told."""
    found = Reservation.objects.filter(public_id=dial.origin_id, business=dial.business_id)
    reservation = found.select_related("session").first()
    if reservation is not None and reservation.is_held:
        Reservation.objects.held().filter(pk=reservation.pk).update(problem=why[:300])
        tell_rep(reservation.session)


def note_dial(dial: Dial) -> None:
    """Bring the reservation that wanted the dial to where the dial is."""
    found = Reservation.objects.filter(public_id=dial.origin_id, business=dial.business_id)
    reservation = found.select_related("session", "lead").first()
    if reservation is None or reservation.state != ReservationState.CALLING:
        return
    with transaction.atomic():
        _note_dial(reservation, dial)


def _note_dial(reservation: Reservation, dial: Dial) -> None:
    if dial.status in (DialStatus.QUEUED, DialStatus.PLACED):
        _keep_calling(reservation, conversation=dial.call_id)
    elif dial.status == DialStatus.ANSWERED:
        _keep_calling(
            reservation,
            conversation=dial.call_id,
            answered_at=dial.answered_at,
            result=dial.result,
        )
    elif dial.status == DialStatus.BLOCKED:
        reasons = dial.decision.gate_reasons if dial.decision else ()
        _take_away(reservation, refusal_by(reasons))
    elif dial.result == DialResult.NOT_TAKEN:
        _note_not_taken(reservation, dial)
    elif dial.status in (DialStatus.FAILED, DialStatus.CANCELED) and dial.answered_at is None:
        _note_not_connected(reservation, dial)
    else:
        _note_over(reservation, dial)
    tell_rep(reservation.session)


def _take_away(
    reservation: Reservation,
    refusal: Refusal,
    from_: tuple[ReservationState, ...] = (ReservationState.CALLING, ReservationState.WRAP_UP),
) -> bool:
    """The gate refuses: the lead is put off, and the rep gets another one."""
    now = timezone.now()
    moved = _move(
        reservation,
        from_,
        ReservationState.RELEASED,
        closed_at=now,
        called_at=None,
        expires_at=None,
        problem=refusal.sentence[:300],
        result=DialResult.BLOCKED,
    )
    if moved:
        put_off(reservation.lead, refusal, now)
        _be_free(reservation.session)
        next_lead(reservation.session)
    return moved


def _note_not_connected(reservation: Reservation, dial: Dial) -> None:
    """The rep's own phone was not reached, the rep thought better of it, or the carrier failed:
    the lead is offered again."""
    usual = "The call could not be connected."
    if dial.status == DialStatus.CANCELED:
        usual = ENDED_UNDIALLED
    _move(
        reservation,
        (ReservationState.CALLING,),
        ReservationState.OFFERED,
        called_at=None,
        expires_at=timezone.now() + OFFERED_FOR,
        problem=(dial.error or usual)[:300],
    )


def _note_not_taken(reservation: Reservation, dial: Dial) -> None:
    """Nobody was at the rep's phone: the lead goes to whoever is, and the rep is told."""
    _move(
        reservation,
        (ReservationState.CALLING,),
        ReservationState.RELEASED,
        closed_at=timezone.now(),
        called_at=None,
        expires_at=None,
        problem=dial.error,
        result=dial.result,
    )
    sessions.pause(reservation.session, why=NOT_AT_PHONE)


def _note_over(reservation: Reservation, dial: Dial) -> None:
    now = timezone.now()
    _move(
        reservation,
        (ReservationState.CALLING,),
        ReservationState.WRAP_UP,
        conversation=dial.call_id,
        answered_at=dial.answered_at,
        ended_at=dial.ended_at or now,
        result=dial.result,
        expires_at=now + WRAP_UP_FOR,
    )


# ---------------------------------------------------------------- outcome


@transaction.atomic
def finish(
    reservation: Reservation,
    disposition: Disposition,
    *,
    note: str = "",
    reason: str = "",
    callback_at: datetime | None = None,
    callback_mine: bool = True,
    is_automatic: bool = False,
) -> Outcome:
    """Record how it came out; the rep is free for the next lead.

    Raises as :func:`leads.outcomes.services.record_outcome` does, and ``Conflict`` when this was
    not called or is done already.
    """
    outcome = record_outcome(
        reservation.lead,
        disposition,
        user=reservation.user,
        note=note,
        reason=reason,
        callback_at=callback_at,
        callback_mine=callback_mine,
        conversation=reservation.conversation,
        is_automatic=is_automatic,
    )
    moved = _move(
        reservation,
        (ReservationState.WRAP_UP, ReservationState.CALLING),
        ReservationState.DONE,
        outcome=outcome,
        closed_at=timezone.now(),
        expires_at=None,
    )
    if not moved:
        raise Conflict("An outcome was set already, or this lead was not called.")
    _settle_own_dial(reservation, disposition)
    _be_free(reservation.session)
    return outcome


def _settle_own_dial(reservation: Reservation, disposition: Disposition) -> None:
    """What nobody but the rep knows: how a call came out that their own phone placed."""
    dial = _dial_of(reservation).filter(call_id="", status=DialStatus.PLACED).first()
    if dial is not None:
        note_ended(dial, result_by(disposition))


def _unsettle_own_dial(reservation: Reservation) -> None:
    dial = _dial_of(reservation).first()
    if dial is not None:
        note_rings_again(dial)


def result_by(disposition: Disposition) -> DialResult | None:
    """What a call came to, by the outcome that a rep gave it; nothing where nobody said, or
    somebody else took it: that is no contact with the lead."""
    if disposition.key == NO_OUTCOME or disposition.behaviour == Behaviour.WRONG_NUMBER:
        return None
    by_key = {key: result for result, key in SUGGESTED.items()}
    if disposition.behaviour == Behaviour.VOICEMAIL:
        return DialResult.VOICEMAIL
    if disposition.behaviour == Behaviour.RETRY:
        return DialResult(by_key.get(disposition.key, DialResult.NO_ANSWER))
    return DialResult.ANSWERED


def _dial_of(reservation: Reservation) -> DialQuerySet:
    """The dials that this reservation wanted, the latest first."""
    wanted = Dial.objects.filter(business=reservation.business_id, origin=DialOrigin.READY)
    return wanted.filter(origin_id=reservation.public_id).order_by("-pk")


@transaction.atomic
def undo(session: ReadySession) -> Reservation:
    """Take the last outcome back and wait for another one. What is offered by now goes back.

    Raises ``Conflict`` when there is none, it is too late, or the next lead is being called.
    """
    session = sessions.locked(session)
    last = last_done(session)
    if last is None or last.outcome is None:
        raise Conflict("There is no outcome that can still be undone.")
    sessions.give_back_offered(session)
    if session.reservations.held().exists():
        raise Conflict(sessions.FINISH_FIRST)
    undo_outcome(last.outcome, by=session.user)
    expires_at = timezone.now() + WRAP_UP_FOR
    _move(
        last,
        (ReservationState.DONE,),
        ReservationState.WRAP_UP,
        outcome=None,
        closed_at=None,
        expires_at=expires_at,
    )
    _unsettle_own_dial(last)
    tell_rep(session)
    return last


def book(reservation: Reservation, start: datetime) -> Appointment:
    """Book this time for the lead; the same time again books once. Raises as the calendar does."""
    appointment = appointments.book(
        reservation.lead,
        start,
        purpose="Appointment",
        conversation=reservation.conversation,
        by=reservation.user,
    )
    tell_rep(reservation.session)
    return appointment


# ---------------------------------------------------------------- what time brings about


def settle_expired(now: datetime) -> None:
    """Take back what was offered for too long; note “no outcome set” where nobody said one."""
    held = Reservation.objects.held().filter(expires_at__lte=now)
    for reservation in held.select_related("session", "lead__business", "user"):
        _settle(reservation, now)


@transaction.atomic
def _settle(reservation: Reservation, now: datetime) -> None:
    session = sessions.locked(reservation.session)
    reservation.refresh_from_db(fields=["state", "expires_at"])
    if not reservation.is_held or reservation.expires_at is None or reservation.expires_at > now:
        return
    if reservation.state == ReservationState.OFFERED:
        _move(reservation, (ReservationState.OFFERED,), ReservationState.EXPIRED, closed_at=now)
        sessions.pause(session, why=sessions.NOT_CALLED)
        return
    finish(reservation, no_outcome_of(reservation.lead.business), is_automatic=True)
    sessions.pause(session, why=sessions.NO_OUTCOME_SET)


def offer_to_waiting(business_id: int, now: datetime) -> int:
    """Give due leads to reps who wait, the longest wait first; how many got one."""
    waiting = ReadySession.objects.filter(business=business_id, state=SessionState.READY)
    here = waiting.filter(seen_at__gte=now - sessions.LOST_AFTER)
    free = here.exclude(pk__in=Reservation.objects.held().values("session_id"))
    return sum(next_lead(session) is not None for session in free.order_by("waiting_since"))


# ---------------------------------------------------------------- inside


def _reserve(session: ReadySession, lead: Lead, now: datetime) -> Reservation | None:
    """The lead for this session, unless another one has taken it since it was looked for."""
    reservation = Reservation(
        session=session,
        business=session.business,
        user=session.user,
        lead=lead,
        wanted_for=lead.wanted_for,
        expires_at=now + OFFERED_FOR,
    )
    if not _if_new(reservation):
        return None
    tell_rep(session)
    return reservation


def _if_new(row: Reservation | ReadyAction) -> bool:
    """Save the row; says no where one of its unique constraints has it already."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _move(
    reservation: Reservation,
    from_: tuple[ReservationState, ...],
    to: ReservationState,
    **values: Any,
) -> bool:
    rows = Reservation.objects.filter(pk=reservation.pk, state__in=from_)
    if not rows.update(state=to, **values):
        return False
    for name, value in {"state": to, **values}.items():
        setattr(reservation, name, value)
    return True


def _keep_calling(reservation: Reservation, **values: Any) -> bool:
    """Put down news of a call, unless it is over by now."""
    calling = ReservationState.CALLING
    return _move(reservation, (calling,), calling, **values)


def _be_free(session: ReadySession) -> None:
    ReadySession.objects.filter(pk=session.pk).update(waiting_since=timezone.now())
    tell_rep(session)
