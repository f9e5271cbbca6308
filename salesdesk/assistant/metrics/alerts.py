"""Rules that watch the figures, and the alerts that they raise and clear."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from salesdesk.accounts.models import User
from salesdesk.assistant.enums import AlertMeasure
from salesdesk.assistant.metrics.periods import Span
from salesdesk.assistant.metrics.queries import Scope, ToolFigures, by_tool, tools_together
from salesdesk.assistant.models import Alert, AlertRule
from salesdesk.assistant.signals import alert_raised, send_after_commit
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict

log = logging.getLogger(__name__)

MOST_RULES = 50
VALUES: Mapping[str, Callable[[ToolFigures], float | None]] = {
    AlertMeasure.SUCCESS_RATE: lambda figures: figures.success_rate,
    AlertMeasure.ERROR_RATE: lambda figures: figures.error_rate,
    AlertMeasure.LATENCY_P95: lambda figures: figures.p95_ms,
    AlertMeasure.CONFIDENCE: lambda figures: figures.confidence,
    AlertMeasure.CLARIFICATIONS: lambda figures: figures.clarification_share,
    AlertMeasure.SCORE: lambda figures: figures.score.value,
}


# ---------------------------------------------------------------- rules


def add_rule(business: Business, **values: Any) -> AlertRule:
    """Raises :class:`Conflict` when the business has as many as it may have."""
    with transaction.atomic():
        Business.objects.select_for_update().get(pk=business.pk)
        if business.alert_rules.count() >= MOST_RULES:
            raise Conflict(f"{MOST_RULES} rules at most; change one, or delete it.")
        rule = AlertRule(business=business, **values)
        rule.full_clean()
        rule.save()
    return rule


@transaction.atomic
def change_rule(rule: AlertRule, *, now: datetime, **values: Any) -> AlertRule:
    """Set what is given; an open alert is cleared, since it was raised by what no longer holds."""
    for name, value in values.items():
        setattr(rule, name, value)
    rule.full_clean()
    rule.save(update_fields=list(values))
    rule.alerts.filter(cleared_at=None).update(cleared_at=now)
    return rule


def delete_rule(rule: AlertRule) -> None:
    """With its alerts."""
    rule.delete()


def mark_seen(alert: Alert, user: User) -> bool:
    """Somebody has seen it; whether that is news. The first one stays."""
    changed = Alert.objects.filter(pk=alert.pk, seen_by=None).update(seen_by=user)
    return bool(changed)


# ---------------------------------------------------------------- watching


def check_rules(now: datetime) -> int:
    """Raise and clear what the active rules say; the number of alerts that changed.

    Safe to repeat and to run twice at once. Sends ``alert_raised`` after commit, once an alert.
    """
    changed = 0
    found: dict[tuple[int, str, int], ToolFigures] = {}
    for rule in AlertRule.objects.filter(is_active=True).order_by("pk"):
        key = (rule.business_id, rule.tool, rule.window_minutes)
        if key not in found:
            found[key] = _figures(rule, now)
        changed += _settle(rule.pk, crossed(rule, found[key]), now)
    return changed


def crossed(rule: AlertRule, figures: ToolFigures) -> float | None:
    """The value that crosses the rule's threshold, or nothing: also where there is too little to
    go by."""
    value = VALUES[rule.measure](figures)
    if value is None or figures.count < rule.least_count:
        return None
    is_beyond = value < rule.threshold if rule.is_below else value > rule.threshold
    return value if is_beyond else None


def _figures(rule: AlertRule, now: datetime) -> ToolFigures:
    span = Span(now - timedelta(minutes=rule.window_minutes), now)
    return tools_together(by_tool(Scope([rule.business_id], rule.tool), span).values())


@transaction.atomic
def _settle(rule_id: int, value: float | None, now: datetime) -> bool:
    """Bring the rule's alert in line with its value; whether that changed anything."""
    rule = AlertRule.objects.select_for_update().filter(pk=rule_id, is_active=True).first()
    if rule is None:
        log.info("an alert rule was deleted while it was checked")
        return False
    if value is None:
        return bool(rule.alerts.filter(cleared_at=None).update(cleared_at=now))
    if rule.alerts.filter(cleared_at=None).exists():
        return False
    alert = Alert.objects.create(rule=rule, value=value, raised_at=now)
    send_after_commit(alert_raised, business_id=rule.business_id, alert_id=alert.pk)
    return True
