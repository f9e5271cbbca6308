"""What the page of Ready mode shows: the reads behind its views and its live socket."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from leads.enums import HELD, Behaviour, ReservationState, SessionState
from leads.gate.reading import rules_of
from leads.models import Disposition, Lead, ReadySession, Reservation
from leads.outcomes.defaults import NO_OUTCOME, dispositions_of
from leads.outcomes.times import zone_of
from leads.ready import queue, services, sessions
from leads.ready.brief import brief_of, slots_for
from leads.ready.figures import day_of
from salesdesk.accounts.enums import Ability, CallBy
from salesdesk.accounts.models import Rep, User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound

REASONS_OF_LOSS = ("Too expensive", "Chose somebody else", "No need", "Cannot decide")


def get_queue_for(user: User, business_id: str = "") -> Business:
    """The business whose queue is worked: the one that is named, else where a session is under
    way, else the first. Raises ``NotFound`` where the user works no leads."""
    allowed = Business.objects.active().filter(
        memberships__in=user.memberships.granting(Ability.WORK_LEADS)
    )
    if business_id:
        chosen = allowed.filter(public_id=business_id).first()
    else:
        under_way = ReadySession.objects.filter(user=user.pk).exclude(state=SessionState.ENDED)
        at_work = allowed.filter(pk__in=under_way.values("business"))
        chosen = at_work.first() or allowed.order_by("name", "pk").first()
    if chosen is None:
        raise NotFound("There is no queue of leads for you here.")
    return chosen


def stage_context(user: User, business: Business) -> dict[str, Any]:
    """All that the swapped part of the page shows."""
    session = sessions.session_of(user, business)
    held = services.current(session) if session else None
    context: dict[str, Any] = {
        "business": business,
        "session": session,
        "reservation": held,
        "rep": _rep(user, business),
        "figures": day_of(user, business),
        "undoable": services.last_done(session) if session else None,
        "problem": _problem(session, held),
        "waiting": queue.waiting_in(session, timezone.now()) if session and not held else 0,
    }
    return {**context, **(_at_lead(held) if held else {})}


def _at_lead(held: Reservation) -> dict[str, Any]:
    words = [each for each in dispositions_of(held.business) if each.is_active]
    may_finish = held.state != ReservationState.OFFERED
    return {
        "brief": brief_of(held),
        "rules": rules_of(held.business),
        "may_hang_up": held.state == ReservationState.CALLING,
        "slots": slots_for(held.lead),
        "booked": held.lead.appointments.ahead_of(timezone.now()).first(),
        "outcomes": _choices(words) if may_finish else (),
        "times": _callback_times(held.lead),
        "suggested": services.SUGGESTED.get(held.result, ""),
        "reasons": REASONS_OF_LOSS,
    }


def _choices(words: list[Disposition]) -> list[tuple[str, Disposition]]:
    """Each with what it asks besides: a time, a reason, or nothing."""
    asks = {Behaviour.CALLBACK.value: "time", Behaviour.LOST.value: "reason"}
    return [(asks.get(each.behaviour, ""), each) for each in words if each.key != NO_OUTCOME]


def _callback_times(lead: Lead) -> list[tuple[str, datetime]]:
    """Times that are agreed often, as the lead's clock shows them (naive)."""
    now = timezone.now().astimezone(zone_of(lead)).replace(second=0, microsecond=0, tzinfo=None)
    quarter = now + timedelta(minutes=15 - now.minute % 15)
    tomorrow = (now + timedelta(days=1)).replace(minute=0)
    return [
        ("In an hour", quarter + timedelta(hours=1)),
        ("In three hours", quarter + timedelta(hours=3)),
        ("Tomorrow at 9", tomorrow.replace(hour=9)),
        ("Tomorrow at 2", tomorrow.replace(hour=14)),
    ]


def _problem(session: ReadySession | None, held: Reservation | None) -> str:
    """What went wrong a moment ago."""
    if held is not None and held.problem:
        return held.problem
    if session is None:
        return ""
    last = session.reservations.exclude(state__in=HELD).order_by("-closed_at").first()
    if last is None or not last.problem or last.closed_at is None:
        return ""
    is_new = (timezone.now() - last.closed_at).total_seconds() < 60
    return f"{last.lead} was not called: {last.problem}" if is_new else ""


def _rep(user: User, business: Business) -> Rep:
    known = Rep.objects.filter(membership__user=user, membership__business=business).first()
    return known or Rep(call_by=CallBy.BRIDGE)


def address_of(business: Business) -> str:
    return f"{reverse('ready:page')}?business={business.public_id}"
