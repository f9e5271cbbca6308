"""Whether a lead may be offered: what the gate would say now, without a line in the ledger.

That is only to spare reps calls that are refused; the gate is asked again when it is dialled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from leads.enums import ContactKind
from leads.enums import GateReason as Reason
from leads.gate import clock
from leads.gate.callers import caller_of
from leads.gate.decide import decide
from leads.gate.reading import Contacting, read_facts, rules_of
from leads.models import Lead
from leads.outcomes.times import zone_of
from leads.ready.wanting import unwant_call, want_call
from leads.visits.scheduling import at_local

NEVER = frozenset(
    {
        Reason.NOT_A_NUMBER,
        Reason.OWN_NUMBER,
        Reason.COUNTRY_NOT_ALLOWED,
        Reason.DO_NOT_CALL_NUMBER,
        Reason.DO_NOT_CALL_PERSON,
        Reason.DO_NOT_CALL_COMPANY,
        Reason.DO_NOT_CALL_LIST,
        Reason.CONSENT_WITHDRAWN,
    }
)
"""Waiting does not help: the lead leaves the queue."""
EVERYBODY = frozenset(
    {
        Reason.BUSINESS_INACTIVE,
        Reason.DIALING_PAUSED,
        Reason.CALLER_UNKNOWN,
        Reason.CALLER_TIRED,
        Reason.NO_LIST,
        Reason.LIST_TOO_OLD,
    }
)
"""No fault of the lead's: nobody is offered any, and the lead stays where it is."""
TOMORROW = frozenset(
    {Reason.TOO_LATE, Reason.DAY_CLOSED, Reason.HOLIDAY, Reason.TOO_MANY_THIS_WEEK}
)
SOON = timedelta(minutes=15)
WAITS = {Reason.TOO_MANY_TODAY: timedelta(hours=4), Reason.ZONE_UNKNOWN: timedelta(hours=4)}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a lead may not be called now, for people, and by which reasons."""

    sentence: str
    reasons: frozenset[Reason] = frozenset()

    @property
    def concerns_everybody(self) -> bool:
        return bool(self.reasons & EVERYBODY)


def refusal_of(lead: Lead) -> Refusal | None:
    """What the gate has against a rep's call to this lead at this moment."""
    whom = Contacting(
        business=lead.business,
        kind=ContactKind.REP,
        number=lead.phone,
        lead=lead,
        caller=caller_of(lead.business, ""),
    )
    decision = decide(read_facts(whom, clock.now()))
    if decision.allowed:
        return None
    return refusal_by(decision.reasons)


def refusal_by(reasons: Iterable[Reason]) -> Refusal:
    told = tuple(reasons)
    return Refusal(" ".join(str(reason.label) for reason in told), frozenset(told))


def put_off(lead: Lead, refusal: Refusal, now: datetime) -> None:
    """Want the call when it may be allowed, or no more where it never will be."""
    if refusal.concerns_everybody:
        return
    if refusal.reasons & NEVER:
        unwant_call(lead)
        return
    if refusal.reasons & TOMORROW:
        at = _tomorrow(lead, now)
    else:
        at = now + max([SOON, *(WAITS[each] for each in refusal.reasons if each in WAITS)])
    want_call(lead, at, rep=lead.wanted_by, why=lead.wanted_for)


def _tomorrow(lead: Lead, now: datetime) -> datetime:
    """When calls begin on the next day of the lead's own clock."""
    zone = zone_of(lead)
    day = (now.astimezone(zone) + timedelta(days=1)).date()
    opens = time(hour=min(rules_of(lead.business).opens_at, 23))
    return at_local(day, opens, zone) or now + timedelta(hours=12)
