"""Alert rules: when they raise an alert, when they clear it, and that they do so once."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from salesdesk.accounts.models import User
from salesdesk.assistant.metrics import alerts
from salesdesk.assistant.metrics.alerts import (
    add_rule,
    change_rule,
    check_rules,
    crossed,
    delete_rule,
    mark_seen,
)
from salesdesk.assistant.metrics.queries import ToolFigures
from salesdesk.assistant.metrics.rollups import TOOLS, roll_up
from salesdesk.assistant.models import Alert, AlertRule
from salesdesk.assistant.signals import alert_raised
from salesdesk.assistant.tasks import check_alerts
from salesdesk.assistant.tests.metrics.rows import NOW, invocation
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def heard() -> Iterator[list[dict[str, Any]]]:
    """What ``alert_raised`` told."""
    news: list[dict[str, Any]] = []

    def listen(signal: Any, sender: Any, **ids: Any) -> None:
        news.append(ids)

    alert_raised.connect(listen)
    yield news
    alert_raised.disconnect(listen)


def rule_of(business: Business, **values: Any) -> AlertRule:
    given = {"measure": "success_rate", "threshold": 0.9, "least_count": 2, "window_minutes": 60}
    return add_rule(business, **{**given, **values})


def fail(business: Business, times: int = 3, **fields: Any) -> None:
    for _ in range(times):
        invocation(business, NOW - 5 * MINUTE, status="failed", **fields)


# ---------------------------------------------------------------- what crosses


@pytest.mark.parametrize(
    ("rule", "figures", "value"),
    [
        ({"measure": "success_rate"}, {"by_status": {"ok": 8, "failed": 2}}, 0.8),
        (
            {"measure": "success_rate", "threshold": 0.8},
            {"by_status": {"ok": 8, "failed": 2}},
            None,
        ),
        ({"measure": "success_rate"}, {"by_status": {"failed": 1}}, None),
        ({"measure": "success_rate"}, {"by_status": {"late": 5}}, None),
        (
            {"measure": "error_rate", "is_below": False, "threshold": 0.1},
            {"by_status": {"ok": 8, "failed": 2}},
            0.2,
        ),
        (
            {"measure": "clarifications", "is_below": False, "threshold": 0.25},
            {"by_status": {"ok": 4}, "clarifications": 2},
            0.5,
        ),
        (
            {"measure": "confidence", "threshold": 0.6},
            {"by_status": {"ok": 4}, "confidence_count": 2, "confidence_sum": 1.0},
            0.5,
        ),
        ({"measure": "confidence", "threshold": 0.6}, {"by_status": {"ok": 4}}, None),
    ],
)
def test_what_crosses_a_threshold(
    rule: dict[str, Any], figures: dict[str, Any], value: float | None
) -> None:
    asked = AlertRule(**{"is_below": True, "threshold": 0.9, "least_count": 2, **rule})

    assert crossed(asked, ToolFigures(**figures)) == value


def test_latency_and_score_are_watched(business: Business) -> None:
    rule_of(business, measure="latency_p95", is_below=False, threshold=2_000)
    rule_of(business, measure="score", threshold=0.8)
    for _ in range(3):
        invocation(business, NOW - MINUTE, latency_ms=4_000, confidence=0.5)

    check_rules(NOW)

    latency, score = Alert.objects.order_by("rule")
    assert latency.value == pytest.approx(4_000, rel=0.05)
    assert score.value == pytest.approx(0.4 + 0.15 + 0.3 * 0.07, abs=0.01)


# ---------------------------------------------------------------- raising and clearing


def test_an_alert_is_raised_once_and_cleared_once(
    business: Business, heard: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    rule = rule_of(business)
    fail(business)
    with django_capture_on_commit_callbacks(execute=True):
        assert check_rules(NOW) == 1
        assert check_rules(NOW + MINUTE) == 0
    alert = Alert.objects.get()
    assert (alert.rule, alert.value, alert.cleared_at) == (rule, 0.0, None)
    assert heard == [{"business_id": business.pk, "alert_id": alert.pk}]

    assert check_rules(NOW + timedelta(hours=2)) == 1
    assert check_rules(NOW + timedelta(hours=2)) == 0

    alert.refresh_from_db()
    assert alert.cleared_at == NOW + timedelta(hours=2)
    fail(business)
    assert check_rules(NOW) == 1
    assert Alert.objects.count() == 2


def test_only_the_rules_tool_business_and_window_count(
    business: Business, other_business: Business
) -> None:
    rule_of(business, tool="write_note")
    rule_of(other_business)
    rule_of(business, window_minutes=5)
    fail(business)

    assert check_rules(NOW + MINUTE) == 0


def test_a_window_may_begin_in_hours_that_are_added_up(business: Business) -> None:
    rule_of(business, window_minutes=24 * 60, least_count=4)
    fail(business, 2)
    for hours in (3, 23):
        invocation(business, NOW - timedelta(hours=hours), status="failed")
    roll_up(TOOLS, NOW)

    assert check_rules(NOW) == 1


def test_inactive_rules_rest(business: Business) -> None:
    rule_of(business, is_active=False)
    fail(business)

    assert check_rules(NOW) == 0


def test_a_changed_rule_begins_anew(business: Business) -> None:
    rule = rule_of(business)
    fail(business)
    check_rules(NOW)

    change_rule(rule, now=NOW, is_active=False)

    assert Alert.objects.get().cleared_at == NOW
    assert check_rules(NOW) == 0


def test_a_rule_that_is_deleted_meanwhile_raises_nothing(
    business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = rule_of(business)
    fail(business)
    figures = alerts._figures

    def and_delete(each: AlertRule, now: Any) -> ToolFigures:
        found = figures(each, now)
        delete_rule(AlertRule.objects.get(pk=each.pk))
        return found

    monkeypatch.setattr(alerts, "_figures", and_delete)

    assert check_rules(NOW) == 0
    assert not AlertRule.objects.filter(pk=rule.pk).exists()


def test_the_task_checks(business: Business) -> None:
    rule_of(business, window_minutes=10_000)
    check_alerts()
    assert Alert.objects.count() == 0


# ---------------------------------------------------------------- rules


def test_rules_are_checked_and_bounded(business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        rule_of(business, window_minutes=1)
    with pytest.raises(ValidationError):
        rule_of(business, measure="mood")
    monkeypatch.setattr(alerts, "MOST_RULES", 1)
    rule_of(business)
    with pytest.raises(Conflict):
        rule_of(business)


def test_who_saw_it_first_is_kept(business: Business, manager: User, admin_user: User) -> None:
    alert = Alert.objects.create(rule=rule_of(business), value=0.1)

    assert mark_seen(alert, manager)
    assert not mark_seen(alert, admin_user)

    alert.refresh_from_db()
    assert alert.seen_by == manager
