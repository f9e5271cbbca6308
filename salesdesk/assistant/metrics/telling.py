"""Telling people that a figure has crossed the threshold of a rule."""

import logging
from urllib.parse import urlencode

from django.urls import reverse

from salesdesk.accounts.enums import Ability
from salesdesk.assistant.enums import AlertMeasure
from salesdesk.assistant.models import Alert, AlertRule
from salesdesk.assistant.templatetags.metrics import measured
from salesdesk.notifications.enums import NotificationKind
from salesdesk.notifications.services import notify

log = logging.getLogger(__name__)

OF_QUALITY = (AlertMeasure.CONFIDENCE, AlertMeasure.CLARIFICATIONS, AlertMeasure.SCORE)
"""What these measure is how well the agent works; the others, whether its tools do."""


def tell_of_alert(alert_id: int) -> None:
    """Tell everybody who may see the agent's figures of an alert that was raised."""
    alert = Alert.objects.select_related("rule__business").filter(pk=alert_id).first()
    if alert is None:
        log.info("an alert was deleted before anybody was told of it")
        return
    rule = alert.rule
    query = urlencode({"business": rule.business.public_id})
    notify(
        rule.business,
        kind=_kind_of(rule),
        title=_title_of(rule),
        body=_body_of(alert),
        url=f"{reverse('assistant:metrics')}?{query}",
        to=Ability.VIEW_ASSISTANT_LOG,
        subject_type="alert",
        subject_id=str(alert.pk),
    )


def _kind_of(rule: AlertRule) -> NotificationKind:
    is_of_quality = rule.measure in OF_QUALITY
    return NotificationKind.QA_ALERT if is_of_quality else NotificationKind.SYSTEM_UPDATE


def _title_of(rule: AlertRule) -> str:
    side = "below" if rule.is_below else "above"
    return f"{rule.get_measure_display()} {side} {measured(rule.threshold, rule.measure)}"


def _body_of(alert: Alert) -> str:
    rule = alert.rule
    which = rule.tool or "All tools"
    value = measured(alert.value, rule.measure)
    return f"{which}: {value} over the last {rule.window_minutes} minutes."
