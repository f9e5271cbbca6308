"""Dials, from the wish to the end of the call: the only writer of them.

State moves by conditional UPDATE, so that what is told twice, late or out of order changes
nothing. A dial is claimed once; whoever claims it asks the gate and places it.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from leads import signals
from leads.enums import DialKind, DialOrigin, DialResult, DialStatus
from leads.gate.services import DialRefused, permit, use
from leads.models import Dial, DialDecision, DialQuerySet, Lead, Suppression
from leads.services import left_in_peace_by, normal_phone
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

LOST_AFTER = timedelta(minutes=3)
"""Nobody takes longer from claiming a dial to having placed it."""
MOST_AT_ONCE = 500

QUEUED, PLACED, ANSWERED = DialStatus.QUEUED, DialStatus.PLACED, DialStatus.ANSWERED
UNDER_WAY = (QUEUED, PLACED, ANSWERED)
NEVER_DIALLED = (DialResult.FAILED, DialResult.NOT_TAKEN)


# ---------------------------------------------------------------- wanting


@transaction.atomic
def request_dial(
    lead: Lead,
    *,
    kind: DialKind | str,
    user: User | None = None,
    origin: DialOrigin | str,
    origin_id: str = "",
    not_before: datetime | None = None,
    phone: str = "",
) -> Dial:
    """Have the lead called, at ``phone`` or its own number, not before that time.

    ``user`` is the rep who talks or who wanted it. The gate is asked when its time has come, not
    now. Sends ``dial_requested``. Raises ``InvalidInput`` where there is no number.
    """
    number = normal_phone(phone or lead.phone)
    if not number:
        raise InvalidInput("There is no phone number to call.")
    dial = Dial.objects.create(
        business=lead.business,
        lead=lead,
        phone=number,
        kind=DialKind(kind),
        user=user,
        origin=DialOrigin(origin),
        origin_id=origin_id,
        not_before=not_before or timezone.now(),
    )
    signals.send_after_commit(
        signals.dial_requested, dial_id=dial.public_id, business_id=dial.business_id
    )
    return dial


def dial_by_hand(business: Business, phone: str, *, user: User, lead: Lead | None = None) -> Dial:
    """A dial that its maker places this moment: it is claimed already, and told to nobody.

    Raises ``InvalidInput`` for what is no phone number.
    """
    return Dial.objects.create(
        business=business,
        lead=lead,
        phone=normal_phone(phone),
        kind=DialKind.AI,
        user=user,
        origin=DialOrigin.MANUAL,
        claimed_at=timezone.now(),
    )


def dial_by_own_phone(
    lead: Lead, *, user: User, origin: DialOrigin | str, origin_id: str = ""
) -> tuple[Dial, DialDecision]:
    """A dial that the rep's own phone places now, if the decision allows it; it is then used up.

    Nobody tells how it goes but the rep: it rings until :func:`note_ended`. Nothing is raised, so
    that the ledger's line stays whatever follows.
    """
    dial = Dial.objects.create(
        business=lead.business,
        lead=lead,
        phone=lead.phone,
        kind=DialKind.REP,
        user=user,
        origin=DialOrigin(origin),
        origin_id=origin_id,
        claimed_at=timezone.now(),
    )
    decision = ask_gate(dial)
    if not decision.allowed:
        return dial, decision
    try:
        use(decision)
    except DialRefused as refusal:
        note_blocked(dial, refusal.decision)
        return dial, refusal.decision
    note_placed(dial, call_id="")
    return dial, decision


def cancel_dial(dial: Dial) -> bool:
    """Take back a dial that nobody has begun to place; says whether it was."""
    waiting = Dial.objects.waiting().filter(pk=dial.pk)
    return _move(dial, waiting, DialStatus.CANCELED, ended_at=timezone.now())


def cancel_dials_of(lead: Lead, *, origin: DialOrigin | str = "") -> int:
    """Take back all that the lead has waiting, or those of one origin; how many they were."""
    waiting = lead.dials.waiting()
    if origin:
        waiting = waiting.filter(origin=DialOrigin(origin))
    return sum(cancel_dial(dial) for dial in waiting.order_by("pk"))


# ---------------------------------------------------------------- placing


def claim_dial(dial_id: str) -> Dial | None:
    """The dial with this public id, for whoever asks first, once its time has come."""
    now = timezone.now()
    due = Dial.objects.due(now).filter(public_id=dial_id).order_by()
    if not due.update(claimed_at=now):
        return None
    return _with_all().get(public_id=dial_id)


def due_dials(limit: int) -> list[str]:
    """Public ids of dials whose time has come and that nobody has claimed."""
    return list(Dial.objects.due(timezone.now()).values_list("public_id", flat=True)[:limit])


def ask_gate(dial: Dial, *, override_reason: str = "", caller: str = "") -> DialDecision:
    """The gate's decision about a claimed dial, kept with it; a refused one is then blocked.

    Raises as :func:`leads.gate.services.permit` does.
    """
    decision = permit(
        dial.business,
        phone=dial.phone,
        lead=dial.lead,
        kind=dial.kind,
        user=dial.user,
        campaign=dial.origin_id if dial.origin == DialOrigin.CAMPAIGN else None,
        override_reason=override_reason,
        caller=caller,
    )
    if decision.allowed:
        Dial.objects.filter(pk=dial.pk).update(decision=decision)
    else:
        note_blocked(dial, decision)
    dial.refresh_from_db()
    return decision


def note_blocked(dial: Dial, decision: DialDecision) -> bool:
    """The gate refused it, by this line of the ledger."""
    return _move(
        dial,
        Dial.objects.filter(pk=dial.pk, status=QUEUED),
        DialStatus.BLOCKED,
        decision=decision,
        result=DialResult.BLOCKED,
        ended_at=timezone.now(),
    )


def note_placed(dial: Dial, *, call_id: str) -> bool:
    """The phone rings, or will in a moment; ``call_id`` is the public id of the call."""
    Dial.objects.filter(pk=dial.pk, call_id="").update(call_id=call_id)
    queued = Dial.objects.filter(pk=dial.pk, status=QUEUED)
    return _move(dial, queued, PLACED, placed_at=timezone.now())


def note_answered(dial: Dial) -> bool:
    """Somebody took the call."""
    ringing = Dial.objects.filter(pk=dial.pk, status__in=(QUEUED, PLACED))
    now = timezone.now()
    return _move(dial, ringing, ANSWERED, answered_at=now, placed_at=dial.placed_at or now)


def note_machine(dial: Dial) -> bool:
    """A machine took the call, which goes on; the result is told before the end."""
    talking = Dial.objects.filter(pk=dial.pk, status=ANSWERED).exclude(result=DialResult.VOICEMAIL)
    return _move(dial, talking, ANSWERED, result=DialResult.VOICEMAIL)


def note_ended(dial: Dial, result: DialResult | str | None, *, error: str = "") -> bool:
    """The call is over, and how, unless nobody knows. What was never dialled has one of
    ``NEVER_DIALLED``, and why."""
    result = DialResult(result) if result else ""
    over = DialStatus.FAILED if result in NEVER_DIALLED else DialStatus.ENDED
    under_way = Dial.objects.filter(pk=dial.pk, status__in=UNDER_WAY)
    return _move(dial, under_way, over, result=result, error=error[:300], ended_at=timezone.now())


def note_rings_again(dial: Dial) -> bool:
    """The rep takes back how a call of their own phone came out, which nobody else knows."""
    own = Dial.objects.filter(pk=dial.pk, kind=DialKind.REP, call_id="", placed_at__isnull=False)
    return _move(dial, own.filter(status=DialStatus.ENDED), PLACED, result="", ended_at=None)


def dial_of_decision(decision_id: str) -> Dial | None:
    """The dial that the gate allowed with the decision of this public id."""
    dials = _with_all().filter(decision__public_id=decision_id)
    return dials.order_by("-pk").first() if decision_id else None


# ---------------------------------------------------------------- when somebody opts out


def block_suppressed(suppression: Suppression) -> int:
    """Have the gate refuse what is queued to whom must be left in peace; how many it were.

    Each gets its line in the ledger. What is being placed this moment is refused by the gate.
    """
    meant = Dial.objects.waiting().filter(business=suppression.business)
    dials = meant.filter(_concerning(suppression)).order_by("pk")[:MOST_AT_ONCE]
    return sum(block_if_refused(dial) for dial in dials)


def _concerning(suppression: Suppression) -> Q:
    concerned = Q(lead__in=left_in_peace_by(suppression))
    return concerned | Q(phone=suppression.phone) if suppression.phone else concerned


def block_if_refused(dial: Dial) -> bool:
    """Ask the gate about a dial that waits, before its time; whether it is blocked by that.

    One that is allowed goes on waiting, for the gate to be asked again.
    """
    if not Dial.objects.waiting().filter(pk=dial.pk).update(claimed_at=timezone.now()):
        return False
    dial = _with_all().get(pk=dial.pk)
    if ask_gate(dial).allowed:
        Dial.objects.filter(pk=dial.pk, status=QUEUED).update(claimed_at=None, decision=None)
        return False
    return True


# ---------------------------------------------------------------- what was lost


def settle_lost() -> int:
    """Settle dials whose placer died: unless it had dialled already they are placed anew.

    How many were found.
    """
    lost = Dial.objects.filter(status=QUEUED, claimed_at__lt=timezone.now() - LOST_AFTER)
    found = list(lost.select_related("decision").order_by("claimed_at")[:MOST_AT_ONCE])
    for dial in found:
        if dial.decision_id and hasattr(dial.decision, "attempt"):
            note_ended(dial, DialResult.FAILED, error="It was being dialled when a process ended.")
        else:
            lost.filter(pk=dial.pk).update(claimed_at=None, decision=None)
    return len(found)


# ---------------------------------------------------------------- helpers


def _with_all() -> DialQuerySet:
    return Dial.objects.select_related("business", "lead__account", "user", "decision")


@transaction.atomic
def _move(dial: Dial, where: DialQuerySet, status: DialStatus, **changes: Any) -> bool:
    """To ``status``, if it is among ``where``; sends ``dial_changed``."""
    if not where.update(status=status, **changes):
        return False
    dial.refresh_from_db()
    signals.send_after_commit(
        signals.dial_changed,
        dial_id=dial.public_id,
        business_id=dial.business_id,
        status=status.value,
        origin=dial.origin,
        origin_id=dial.origin_id,
    )
    return True
