"""What follows for a lead from what became of its dial. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from leads.enums import DialResult, DialStatus, MemberStatus
from leads.enums import GateReason as Reason

LASTING = frozenset(
    {
        Reason.NOT_A_NUMBER,
        Reason.OWN_NUMBER,
        Reason.COUNTRY_NOT_ALLOWED,
        Reason.DO_NOT_CALL_NUMBER,
        Reason.DO_NOT_CALL_PERSON,
        Reason.DO_NOT_CALL_COMPANY,
        Reason.DO_NOT_CALL_LIST,
        Reason.AI_CONSENT_MISSING,
        Reason.CONSENT_WITHDRAWN,
        Reason.ZONE_UNKNOWN,
    }
)
"""Against the lead: it is not tried again."""

WHOLE = frozenset(
    {
        Reason.BUSINESS_INACTIVE,
        Reason.DIALING_PAUSED,
        Reason.CALLER_UNKNOWN,
        Reason.NO_LIST,
        Reason.LIST_TOO_OLD,
    }
)
"""Against all dialling of the business: the campaign pauses."""

WAITS: Mapping[Reason, timedelta] = {
    Reason.TOO_EARLY: timedelta(minutes=30),
    Reason.TOO_LATE: timedelta(hours=8),
    Reason.DAY_CLOSED: timedelta(hours=12),
    Reason.HOLIDAY: timedelta(hours=12),
    Reason.TOO_MANY_TODAY: timedelta(hours=12),
    Reason.TOO_MANY_THIS_WEEK: timedelta(hours=48),
    Reason.TOO_SOON_AGAIN: timedelta(minutes=15),
    Reason.NUMBER_BUSY: timedelta(minutes=15),
    Reason.CALLER_TIRED: timedelta(minutes=10),
}
"""For the rest: after how long it is tried again, within the campaign's window."""


@dataclass(frozen=True, slots=True)
class Follow:
    """What the lead is at now; ``wait`` until it is due again, if it is. ``pauses``: all stop."""

    status: MemberStatus
    wait: timedelta | None = None
    pauses: bool = False


def after_refusal(reasons: Collection[Reason]) -> Follow:
    """The gate refused the dial."""
    if set(reasons) & LASTING:
        return Follow(MemberStatus.BARRED)
    if set(reasons) & WHOLE:
        return Follow(MemberStatus.WAITING, timedelta(0), pauses=True)
    waits = [WAITS[reason] for reason in reasons if reason in WAITS]
    return Follow(MemberStatus.WAITING, max(waits, default=timedelta(hours=1)))


def after_result(result: str, earlier: int, retries: Mapping[str, Mapping[str, int]]) -> Follow:
    """The call is over. ``earlier``: how often the lead had this result before."""
    if result == DialResult.ANSWERED:
        return Follow(MemberStatus.REACHED)
    rule = retries.get(result)
    if rule is None or earlier >= rule["times"]:
        return Follow(MemberStatus.GIVEN_UP)
    return Follow(MemberStatus.WAITING, timedelta(minutes=rule["wait_minutes"]))


def counts(status: str) -> bool:
    """Whether a dial with this status came to something: the phone was to ring."""
    return status in (DialStatus.ENDED, DialStatus.FAILED)
