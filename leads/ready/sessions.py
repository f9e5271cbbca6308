"""When reps are ready: sessions begin, pause and end, and are looked after."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from leads.enums import HELD, ReservationState, SessionState
from leads.models import ReadySession, Reservation
from leads.ready.push import tell_rep
from salesdesk.accounts.enums import Availability
from salesdesk.accounts.models import User
from salesdesk.accounts.services import rep_of, set_availability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

LOST_AFTER = timedelta(seconds=90)
"""A page that was not heard of for so long has lost its connection, or was closed."""
ENDED_AFTER = timedelta(hours=2)
"""A session that is paused for so long ends."""
IDLE_AFTER = timedelta(minutes=10)
"""Without a touch for so long, somebody who is offered nothing has gone away."""

LOST = "The connection to your page was lost."
IDLE = "You were away."
NOT_CALLED = "You did not call the lead in time; it went back into the queue."
NO_OUTCOME_SET = "You set no outcome in time; “no outcome set” was noted."
FINISH_FIRST = "Finish with the lead you are on first."


def session_of(user: User, business: Business) -> ReadySession | None:
    """The session under way, ready or paused."""
    sessions = ReadySession.objects.exclude(state=SessionState.ENDED)
    return sessions.filter(user=user, business=business).select_related("business", "user").first()


def is_ready(user: User, business: Business) -> bool:
    """Whether leads come to this rep by themselves, so that no notification needs to."""
    session = session_of(user, business)
    return session is not None and session.state == SessionState.READY


def somebody_waits(business_id: int) -> bool:
    """Whether a rep of the business is ready and has no lead."""
    ready = ReadySession.objects.filter(business=business_id, state=SessionState.READY)
    return ready.exclude(reservations__state__in=HELD).exists()


@transaction.atomic
def start(user: User, business: Business) -> ReadySession:
    """Be ready, anew or again after a pause. Raises ``NotAllowed`` for who is no rep there."""
    rep = rep_of(user, business.pk)
    now = timezone.now()
    session, is_new = ReadySession.objects.select_for_update().get_or_create(
        user=user,
        business=business,
        state__in=(SessionState.READY, SessionState.PAUSED),
        defaults={"state": SessionState.READY},
    )
    if not is_new:
        _set(session, state=SessionState.READY, why="", seen_at=now, waiting_since=now)
    set_availability(rep, Availability.AVAILABLE)
    tell_rep(session)
    return session


@transaction.atomic
def pause(session: ReadySession, *, why: str = "") -> ReadySession:
    """Be offered nothing for now. A lead that was only offered goes back into the queue; one
    that is being called is finished first."""
    session = locked(session)
    if session.state != SessionState.READY:
        return session
    give_back_offered(session)
    _set(session, state=SessionState.PAUSED, why=why)
    _note_availability(session, Availability.BUSY)
    tell_rep(session)
    return session


@transaction.atomic
def stop(session: ReadySession, *, why: str = "") -> ReadySession:
    """End the session: from now on the rep is notified of leads instead.

    Raises ``Conflict`` while a lead is being called or waits for its outcome.
    """
    session = locked(session)
    if session.state == SessionState.ENDED:
        return session
    give_back_offered(session)
    if session.reservations.held().exists():
        raise Conflict(FINISH_FIRST)
    _set(session, state=SessionState.ENDED, why=why, ended_at=timezone.now())
    _note_availability(session, Availability.AWAY)
    tell_rep(session)
    return session


def note_seen(session: ReadySession, *, idle_seconds: int = 0) -> None:
    """The rep's page is there, and was last touched so long ago.

    Somebody who has not touched it for long, and has no lead on their hands, is paused.
    """
    ReadySession.objects.filter(pk=session.pk).update(seen_at=timezone.now())
    is_idle = session.state == SessionState.READY and idle_seconds > IDLE_AFTER.total_seconds()
    if is_idle and not session.reservations.held().exists():
        pause(session, why=IDLE)


def settle_lost(now: datetime) -> None:
    """Pause reps whose page is gone, unless they are at a lead; end pauses that took too long."""
    silent = ReadySession.objects.filter(state=SessionState.READY, seen_at__lt=now - LOST_AFTER)
    at_work = Reservation.objects.filter(state__in=HELD).exclude(state=ReservationState.OFFERED)
    for session in silent.exclude(pk__in=at_work.values("session_id")):
        pause(session, why=LOST)
    paused = ReadySession.objects.filter(state=SessionState.PAUSED, seen_at__lt=now - ENDED_AFTER)
    for session in paused.exclude(reservations__state__in=HELD):
        stop(session, why=session.why)


def give_back_offered(session: ReadySession) -> None:
    """The lead that is offered, if any, goes back into the queue."""
    offered = session.reservations.filter(state=ReservationState.OFFERED)
    offered.update(state=ReservationState.RELEASED, closed_at=timezone.now(), expires_at=None)


def locked(session: ReadySession) -> ReadySession:
    """The session as it is now, which nobody else changes until the transaction ends."""
    sessions = ReadySession.objects.select_related("business", "user")
    return sessions.select_for_update(of=("self",)).get(pk=session.pk)


def _set(session: ReadySession, **values: object) -> None:
    ReadySession.objects.filter(pk=session.pk).update(**values)
    for name, value in values.items():
        setattr(session, name, value)


def _note_availability(session: ReadySession, availability: Availability) -> None:
    set_availability(rep_of(session.user, session.business_id), availability)
