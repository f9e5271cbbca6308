"""What time does: escalation, coming back, forgetting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.notifications import services, tasks, upkeep
from salesdesk.notifications.enums import Urgency, Via
from salesdesk.notifications.models import Delivery, Notice, Notification
from salesdesk.notifications.services import Escalation

pytestmark = pytest.mark.django_db
Notify = Callable[..., Notification]
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
LATE = NOW + FIVE


def told() -> set[User]:
    return {each.user for each in Notification.objects.select_related("user")}


def test_what_nobody_answers_goes_to_the_next_urgently(
    notify: Notify, rep: User, manager: User
) -> None:
    notify(now=NOW, escalation=Escalation(FIVE, [manager]))

    assert upkeep.escalate_unanswered(LATE - timedelta(seconds=1)) == 0
    assert told() == {rep}
    assert upkeep.escalate_unanswered(LATE) == 1
    assert upkeep.escalate_unanswered(LATE) == 0

    assert told() == {rep, manager}
    notice = Notice.objects.get()
    assert (notice.urgency, notice.escalated_at) == (Urgency.HIGH, LATE)
    assert set(Delivery.objects.values_list("to", flat=True)) == {rep.email, manager.email}


def test_what_was_answered_in_time_does_not(notify: Notify, rep: User, manager: User) -> None:
    notification = notify(now=NOW, escalation=Escalation(FIVE, [manager]))
    services.answer(notification, "take", via=Via.APP)

    assert upkeep.escalate_unanswered(LATE) == 0
    assert told() == {rep}


def test_the_next_are_those_who_have_the_ability_then(
    notify: Notify, rep: User, manager: User, admin_user: User
) -> None:
    notify(now=NOW, escalation=Escalation(FIVE, Ability.MANAGE_ASSISTANT))
    manager.memberships.all().delete()

    upkeep.escalate_unanswered(LATE)

    assert told() == {rep, admin_user}


def test_who_was_named_and_has_left_is_not_told(notify: Notify, rep: User, manager: User) -> None:
    notify(now=NOW, escalation=Escalation(FIVE, [manager]))
    manager.memberships.all().delete()

    upkeep.escalate_unanswered(LATE)

    assert told() == {rep}


def test_with_nobody_to_tell_first_the_next_are_told_all_the_same(
    notify: Notify, rep: User, business: object, manager: User
) -> None:
    with pytest.raises(IndexError):
        notify(now=NOW, to=[], escalation=Escalation(FIVE, [manager]))
    upkeep.escalate_unanswered(LATE)

    assert told() == {manager}


def test_what_was_put_off_comes_back_and_is_told_again(notify: Notify, rep: User) -> None:
    notification = notify(now=NOW)
    services.snooze(notification, until=LATE)

    assert upkeep.wake_snoozed(LATE - timedelta(seconds=1)) == 0
    assert upkeep.wake_snoozed(LATE) == 1
    assert upkeep.wake_snoozed(LATE) == 0

    notification.refresh_from_db()
    assert notification.is_unread
    assert notification.told_at == LATE
    statuses = Delivery.objects.order_by("pk").values_list("status", flat=True)
    assert list(statuses) == ["canceled", "waiting"]


def test_what_somebody_answered_meanwhile_does_not_come_back(
    notify: Notify, rep: User, manager: User
) -> None:
    notify(now=NOW, to=[rep, manager])
    mine, theirs = Notification.objects.with_notices().order_by("user")
    services.snooze(mine, until=LATE)
    services.answer(theirs, "take", via=Via.APP)

    assert upkeep.wake_snoozed(LATE) == 0


def test_what_is_old_is_forgotten_unless_it_is_under_way(
    notify: Notify, settings: Settings
) -> None:
    settings.NOTIFICATION_DAYS = 30
    notify(now=NOW)
    fresh = notify(now=NOW + timedelta(days=20))
    Delivery.objects.update(status="sent")

    upkeep.forget_old(NOW + timedelta(days=31))

    assert list(Notification.objects.all()) == [fresh]
    assert Delivery.objects.get().notice == fresh.notice


def test_the_clock_sets_it_all_off(notify: Notify, manager: User) -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    notification = notify(now=long_ago, escalation=Escalation(FIVE, [manager]))
    Notification.objects.filter(pk=notification.pk).update(snoozed_until=long_ago)

    tasks.escalate_unanswered()
    assert manager in told()
    tasks.wake_snoozed()
    notification.refresh_from_db()
    assert notification.is_unread
    Delivery.objects.update(status="sent")
    tasks.forget_old()
    assert not Notice.objects.exists()
