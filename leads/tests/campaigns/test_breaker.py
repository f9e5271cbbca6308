import pytest

from leads.campaigns.breaker import Ended, StopRules, shares_of, why_stop
from leads.enums import DialResult

RULES = StopRules(least=10, most_failed=30, most_abandoned=25, most_opted_out=10)
TALKED = Ended(DialResult.ANSWERED)
NOBODY = Ended(DialResult.NO_ANSWER)
FAILED = Ended(DialResult.FAILED)
HUNG_UP = Ended(DialResult.ANSWERED, was_abandoned=True)
NO_MORE = Ended(DialResult.ANSWERED, opted_out=True)


@pytest.mark.parametrize(
    "latest",
    [
        [],
        [TALKED] * 50,
        [NOBODY] * 50,
        [FAILED] * 9,
        [FAILED] * 3 + [TALKED] * 7,
        [HUNG_UP] * 2 + [TALKED] * 8,
        [NO_MORE] + [TALKED] * 9,
        [HUNG_UP] * 2 + [NOBODY] * 18,
    ],
)
def test_it_goes_on(latest: list[Ended]) -> None:
    assert why_stop(latest, RULES) == ""


@pytest.mark.parametrize(
    ("latest", "told"),
    [
        ([FAILED] * 4 + [TALKED] * 6, "Calls that failed: 4 of 10 (40 %), more than 30 %"),
        ([HUNG_UP] * 3 + [TALKED] * 7, "Answered and hung up at once: 3 of 10 (30 %)"),
        ([NO_MORE] * 2 + [TALKED] * 8, "Wants no more calls: 2 of 10 (20 %), more than 10 %"),
        ([FAILED] * 4 + [HUNG_UP] * 6, "Answered and hung up at once: 6 of 6"),
    ],
)
def test_it_stops_and_says_why(latest: list[Ended], told: str) -> None:
    assert told in why_stop(latest, RULES)


def test_a_rule_at_one_hundred_never_stops() -> None:
    lenient = StopRules(least=1, most_failed=100, most_abandoned=100, most_opted_out=100)
    assert why_stop([FAILED] * 20 + [HUNG_UP] * 20 + [NO_MORE] * 20, lenient) == ""


def test_shares_without_calls_are_no_figures() -> None:
    assert [share.percent for share in shares_of([], RULES)] == [None, None, None]
