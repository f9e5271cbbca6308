"""Who is told of an alert, and in which words."""

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from salesdesk.accounts.models import User
from salesdesk.assistant.metrics.alerts import check_rules
from salesdesk.assistant.metrics.telling import tell_of_alert
from salesdesk.assistant.models import Alert
from salesdesk.assistant.tests.metrics.rows import NOW
from salesdesk.assistant.tests.metrics.test_alerts import fail, rule_of
from salesdesk.businesses.models import Business
from salesdesk.notifications.models import Notice, Notification

pytestmark = pytest.mark.django_db


def test_who_may_see_the_figures_is_told_once(
    business: Business,
    admin_user: User,
    manager: User,
    rep: User,
    auditor: User,
    outsider: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    rule_of(business)
    fail(business)
    with django_capture_on_commit_callbacks(execute=True):
        check_rules(NOW)
        check_rules(NOW)

    told = {each.user for each in Notification.objects.select_related("user")}
    assert told == {admin_user, manager, auditor}
    notice = Notice.objects.get()
    assert notice.title == "Success rate below 90 %"
    assert notice.body == "All tools: 0 % over the last 60 minutes."
    assert notice.url == f"/assistant/metrics/?business={business.public_id}"
    assert (notice.subject_type, notice.subject_id) == ("alert", str(Alert.objects.get().pk))


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"measure": "success_rate"}, "system_update"),
        ({"measure": "score", "threshold": 1.0}, "qa_alert"),
    ],
)
def test_how_well_the_agent_works_is_another_kind_of_news(
    business: Business, manager: User, values: dict[str, Any], kind: str
) -> None:
    rule_of(business, **values)
    fail(business)
    check_rules(NOW)
    tell_of_alert(Alert.objects.get().pk)

    assert Notice.objects.get().kind == kind


def test_an_alert_that_is_gone_is_told_to_nobody(manager: User) -> None:
    tell_of_alert(0)

    assert not Notice.objects.exists()
