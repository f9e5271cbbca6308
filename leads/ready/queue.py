"""Which lead a rep is offered next, claimed so that no second rep gets it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from leads.enums import DialResult, ReservationState
from leads.models import Lead, LeadQuerySet, ReadySession, Reservation

PROMISE_KEPT_FOR = timedelta(minutes=15)
"""For so long a callback waits for the rep who promised it; then any rep may make it."""
NOT_AGAIN_FOR = timedelta(minutes=30)
"""For so long a rep is not offered a lead again that they gave back."""


def claim_due(session: ReadySession, now: datetime, passed: Collection[int] = ()) -> Lead | None:
    """The lead that this rep should call next, locked until the transaction ends.

    First a callback that the rep promised, then the due one that ranks highest. Leads that other
    transactions hold, and those in ``passed``, are passed over. Whoever gets one must still make
    sure that it was not reserved in between: the lock alone does not tell.
    """
    free = _free(session, now).exclude(pk__in=passed)
    promised = free.filter(wanted_by=session.user_id).order_by("wanted_at", "pk")
    anybodys = Q(wanted_by=None) | Q(wanted_at__lte=now - PROMISE_KEPT_FOR)
    return _locked(promised) or _locked(free.filter(anybodys).order_by("-rank", "pk"))


def claim(session: ReadySession, lead_id: int) -> Lead | None:
    """This very lead, locked, due or not; ``None`` while somebody else has it."""
    leads = Lead.objects.filter(pk=lead_id, business=session.business_id)
    return _locked(leads.filter(~_is_held()))


def waiting_in(session: ReadySession, now: datetime) -> int:
    """How many leads are due and free for this rep."""
    anybodys = Q(wanted_by=None) | Q(wanted_by=session.user_id)
    late = Q(wanted_at__lte=now - PROMISE_KEPT_FOR)
    return _free(session, now).filter(anybodys | late).count()


def _free(session: ReadySession, now: datetime) -> LeadQuerySet:
    due = Lead.objects.filter(business=session.business_id, wanted_at__lte=now)
    given_back = Reservation.objects.filter(
        lead=OuterRef("pk"),
        user=session.user_id,
        state__in=(ReservationState.RELEASED, ReservationState.EXPIRED),
        closed_at__gt=now - NOT_AGAIN_FOR,
    ).exclude(result=DialResult.NOT_TAKEN)  # they were not at their phone, and are paused since
    return due.filter(~_is_held(), ~Exists(given_back))


def _is_held() -> Exists:
    return Exists(Reservation.objects.held().filter(lead=OuterRef("pk")))


def _locked(leads: LeadQuerySet) -> Lead | None:
    return leads.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
