import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from leads.campaigns.pace import BURST_SECONDS, draw


@pytest.fixture
def bucket() -> str:
    return f"test-{os.urandom(6).hex()}"


def test_a_slow_pace_lets_one_call_through_at_a_time(bucket: str) -> None:
    assert draw(bucket, 0.1, 5, now=100.0) == 1
    assert draw(bucket, 0.1, 5, now=109.0) == 0
    assert draw(bucket, 0.1, 5, now=110.0) == 1


def test_over_a_minute_the_pace_is_kept_however_often_is_asked(bucket: str) -> None:
    calls = sum(draw(bucket, 2.0, 10, now=100.0 + tick / 4) for tick in range(240))
    assert 120 <= calls <= 120 + 2 * BURST_SECONDS


def test_what_was_not_drawn_for_long_is_no_more_than_a_burst(bucket: str) -> None:
    draw(bucket, 2.0, 10, now=100.0)
    assert draw(bucket, 2.0, 1000, now=9999.0) == 2 * BURST_SECONDS


def test_a_clock_that_goes_back_gives_nothing_away(bucket: str) -> None:
    draw(bucket, 1.0, 10, now=100.0)
    assert draw(bucket, 1.0, 10, now=50.0) == 0
    assert draw(bucket, 1.0, 10, now=100.5) == 0


def test_many_workers_together_get_no_more_than_one(bucket: str) -> None:
    with ThreadPoolExecutor(8) as workers:
        drawn = workers.map(lambda _: draw(bucket, 3.0, 2, now=100.0), range(24))
    assert sum(drawn) == 12


def test_campaigns_have_buckets_of_their_own(bucket: str) -> None:
    assert draw(bucket, 0.1, 1, now=100.0) == draw(f"{bucket}-other", 0.1, 1, now=100.0) == 1
