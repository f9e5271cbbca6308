"""One request at a time to a host, over all workers: against the real Redis."""

import secrets

import pytest
from pytest_django import Settings

from knowledge.web.pace import Pace


@pytest.fixture
def prefix() -> str:
    return f"test.{secrets.token_hex(8)}"


def test_a_host_is_asked_once_and_then_left_alone(prefix: str) -> None:
    one, other = Pace(seconds=60, prefix=prefix), Pace(seconds=60, prefix=prefix)

    assert one.take("a.example") == 0
    assert 59 < other.take("a.example") <= 60
    assert other.take("b.example") == 0


def test_a_site_may_ask_for_a_longer_pause_and_not_for_a_shorter(prefix: str) -> None:
    pace = Pace(seconds=60, prefix=prefix)
    pace.take("a.example", 300)
    pace.take("b.example", 1)

    assert 299 < pace.take("a.example") <= 300
    assert 59 < pace.take("b.example") <= 60


def test_a_rest_counts_for_everybody(prefix: str) -> None:
    Pace(seconds=0, prefix=prefix).rest("a.example", 120)

    assert 119 < Pace(seconds=0, prefix=prefix).take("a.example") <= 120


def test_the_pause_is_a_setting(settings: Settings, prefix: str) -> None:
    settings.WEB_SECONDS_BETWEEN_REQUESTS = 45

    pace = Pace(prefix=prefix)

    assert pace.take("a.example") == 0
    assert 44 < pace.take("a.example") <= 45
