from datetime import timedelta

import pytest

from leads.campaigns.following import LASTING, WAITS, WHOLE, after_refusal, after_result
from leads.enums import DialResult, GateReason, MemberStatus

RETRIES = {"busy": {"times": 2, "wait_minutes": 30}}
OF_MESSAGES = {
    GateReason.NO_ADDRESS,
    GateReason.DO_NOT_WRITE,
    GateReason.POSTAL_ADDRESS_MISSING,
    GateReason.SMS_CONSENT_MISSING,
}


def test_every_reason_against_a_call_has_its_consequence() -> None:
    assert set(GateReason) - OF_MESSAGES == LASTING | WHOLE | set(WAITS)
    assert not LASTING & WHOLE
    assert not (LASTING | WHOLE) & set(WAITS)


@pytest.mark.parametrize("reason", sorted(LASTING))
def test_who_must_not_be_called_is_not_tried_again(reason: GateReason) -> None:
    follow = after_refusal([GateReason.TOO_EARLY, reason])
    assert (follow.status, follow.wait) == (MemberStatus.BARRED, None)


@pytest.mark.parametrize("reason", sorted(WHOLE))
def test_what_holds_for_all_pauses_and_keeps_the_lead(reason: GateReason) -> None:
    follow = after_refusal([reason])
    assert follow.pauses
    assert follow.status == MemberStatus.WAITING


def test_of_several_waits_the_longest_counts() -> None:
    follow = after_refusal([GateReason.TOO_EARLY, GateReason.TOO_MANY_THIS_WEEK])
    assert follow.wait == timedelta(hours=48)


@pytest.mark.parametrize(
    ("result", "earlier", "status", "wait"),
    [
        (DialResult.ANSWERED, 0, MemberStatus.REACHED, None),
        (DialResult.BUSY, 0, MemberStatus.WAITING, timedelta(minutes=30)),
        (DialResult.BUSY, 1, MemberStatus.WAITING, timedelta(minutes=30)),
        (DialResult.BUSY, 2, MemberStatus.GIVEN_UP, None),
        (DialResult.NO_ANSWER, 0, MemberStatus.GIVEN_UP, None),
    ],
)
def test_results(
    result: DialResult, earlier: int, status: MemberStatus, wait: timedelta | None
) -> None:
    follow = after_result(result, earlier, RETRIES)
    assert (follow.status, follow.wait) == (status, wait)
