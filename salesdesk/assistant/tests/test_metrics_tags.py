"""Figures in words."""

from decimal import Decimal

import pytest

from salesdesk.assistant.templatetags.metrics import (
    as_json,
    dollars,
    measured,
    milliseconds,
    percent,
)


@pytest.mark.parametrize(
    ("value", "words"), [(None, "–"), (0.0, "0 %"), (0.8725, "87.2 %"), (1.0, "100 %")]
)
def test_shares(value: float | None, words: str) -> None:
    assert percent(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [(None, "–"), (0.4, "0 ms"), (87.6, "88 ms"), (1234.0, "1.23 s")]
)
def test_times(value: float | None, words: str) -> None:
    assert milliseconds(value) == words


@pytest.mark.parametrize(
    ("value", "words"), [("0", "$0.00"), ("0.0123", "$0.0123"), ("1234.5", "$1,234.50")]
)
def test_costs(value: str, words: str) -> None:
    assert dollars(Decimal(value)) == words


def test_what_a_rule_watches() -> None:
    assert measured(1500, "latency_p95") == "1.50 s"
    assert measured(0.5, "score") == "50 %"


def test_arguments_keep_their_letters() -> None:
    assert as_json({"name": "José"}) == '{\n  "name": "José"\n}'
