"""Telling, answering, putting off, reading, deleting."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.notifications import services
from salesdesk.notifications.enums import NotificationKind, Via
from salesdesk.notifications.models import Delivery, Notice, Notification
from salesdesk.notifications.services import Action, Escalation
from salesdesk.notifications.signals import notification_changed
from salesdesk.notifications.tests.conftest import TAKE, Committing, Told

pytestmark = pytest.mark.django_db
Notify = Callable[..., Notification]
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def copy_of(user: User) -> Notification:
    return Notification.objects.with_notices().get(user=user)


# ---------------------------------------------------------------- telling


def test_everybody_with_the_ability_is_told_once(
    business: Business,
    admin_user: User,
    manager: User,
    rep: User,
    auditor: User,
    outsider: User,
    superuser: User,
) -> None:
    told = services.notify(
        business,
        kind=NotificationKind.SYSTEM_UPDATE,
        title="Slow",
        to=Ability.VIEW_ASSISTANT_LOG,
    )

    assert {each.user for each in told} == {admin_user, manager, auditor}


def test_who_is_named_twice_is_told_once_and_the_locked_are_not(
    business: Business, rep: User, manager: User
) -> None:
    manager.is_active = False
    told = services.notify(
        business, kind=NotificationKind.BREACH, title="Late", to=[rep, rep, manager]
    )

    assert [each.user for each in told] == [rep]


def test_nobody_to_tell_leaves_nothing(business: Business) -> None:
    assert services.notify(business, kind=NotificationKind.BREACH, title="Late", to=[]) == []
    assert not Notice.objects.exists()


def test_a_title_is_one_line_of_bounded_length(notify: Notify) -> None:
    told = notify(title="Ann\nLee " * 100, body="a\0b")

    assert "\n" not in told.notice.title
    assert len(told.notice.title) <= 200
    assert told.notice.body == "ab"


@pytest.mark.parametrize("url", ["https://elsewhere.example", "//elsewhere", "/\\elsewhere", "x"])
def test_a_notification_leads_nowhere_else(notify: Notify, url: str) -> None:
    with pytest.raises(ValueError, match="path of this site"):
        notify(url=url)


def test_what_cannot_be_answered_cannot_be_escalated(notify: Notify, manager: User) -> None:
    with pytest.raises(ValueError, match="give it actions"):
        notify(actions=(), escalation=Escalation(timedelta(minutes=5), [manager]))


def test_pages_hear_of_it_after_commit(
    notify: Notify, rep: User, django_capture_on_commit_callbacks: Any
) -> None:
    told = Told()
    notification_changed.connect(told)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            notification = notify()
            assert told.news == []
    finally:
        notification_changed.disconnect(told)

    news = {"notification_id": notification.public_id, "user_id": rep.pk, "event": "told"}
    assert told.news == [news]


# ---------------------------------------------------------------- answering


def test_the_first_answer_holds_and_the_others_see_whose(
    notify: Notify, rep: User, manager: User, committing: Committing, answers: list[dict[str, Any]]
) -> None:
    with committing():
        notify(to=[rep, manager])
    with committing():
        services.answer(copy_of(rep), "take", via=Via.SLACK, now=NOW)
        with pytest.raises(Conflict, match="Ray was first: Take"):
            services.answer(copy_of(manager), "take", via=Via.APP)

    notice = Notice.objects.get()
    assert (notice.answered_by, notice.answer, notice.answered_at) == (rep, "take", NOW)
    assert notice.answered_via == "slack"
    assert copy_of(manager).notice.answer_label == "Take"
    assert not copy_of(manager).is_unread
    [news] = answers
    assert news == {
        "notification_id": copy_of(rep).public_id,
        "business_id": notice.business_id,
        "action": "take",
        "user_id": rep.pk,
        "subject_type": "roof",
        "subject_id": "roof-1",
    }


def test_the_same_answer_again_does_nothing(
    notify: Notify, rep: User, committing: Committing, answers: list[dict[str, Any]]
) -> None:
    notification = notify()
    with committing():
        services.answer(notification, "take", via=Via.APP)
        services.answer(notification, "take", via=Via.LINK)

    assert len(answers) == 1
    assert Notice.objects.get().answered_via == "app"


def test_another_answer_of_the_same_person_comes_too_late(notify: Notify) -> None:
    notification = notify(actions=[TAKE, Action("refuse", "Refuse")])
    services.answer(notification, "take", via=Via.APP)

    with pytest.raises(Conflict):
        services.answer(notification, "refuse", via=Via.APP)


@pytest.mark.parametrize("action", ["", "delete", "TAKE"])
def test_only_its_actions_answer_it(notify: Notify, action: str) -> None:
    with pytest.raises(InvalidInput):
        services.answer(notify(), action, via=Via.API)

    assert Notice.objects.get().answered_at is None


def test_what_has_not_gone_out_need_not_any_more(notify: Notify) -> None:
    services.answer(notify(), "take", via=Via.APP)

    assert Delivery.objects.get().status == "canceled"


def test_snoozing_is_for_oneself(
    notify: Notify, rep: User, manager: User, answers: list[dict[str, Any]], committing: Committing
) -> None:
    with committing():
        notify(to=[rep, manager])
        services.answer(copy_of(rep), "snooze", via=Via.APP, now=NOW)

    assert copy_of(rep).snoozed_until == NOW + services.SNOOZE_FOR
    assert not Notification.objects.of(rep).unread().exists()
    assert Notification.objects.of(manager).unread().exists()
    assert Notice.objects.get().is_open
    assert answers == []


def test_a_notice_with_a_snooze_of_its_own_is_answered_by_it(
    notify: Notify, rep: User, answers: list[dict[str, Any]], committing: Committing
) -> None:
    with committing():
        notification = notify(actions=[TAKE, Action("snooze", "In half an hour")])
        services.answer(notification, "snooze", via=Via.APP)

    assert [each["action"] for each in answers] == ["snooze"]
    assert copy_of(rep).snoozed_until is None
    assert copy_of(rep).notice.answer_label == "In half an hour"


def test_what_was_answered_cannot_be_put_off(notify: Notify, rep: User, manager: User) -> None:
    notify(to=[rep, manager])
    services.answer(copy_of(rep), "take", via=Via.APP)

    with pytest.raises(Conflict, match="Ray has answered already"):
        services.answer(copy_of(manager), "snooze", via=Via.APP)


def test_what_was_done_otherwise_asks_nobody_any_more(
    notify: Notify, rep: User, business: Business, other_business: Business
) -> None:
    notification = notify()
    notify(subject_id="roof-2")
    about = {"subject_type": "roof", "subject_id": "roof-1"}

    assert services.withdraw(other_business, **about) == 0
    assert services.withdraw(business, **about) == 1
    assert services.withdraw(business, **about) == 0

    notification.refresh_from_db()
    notification.notice.refresh_from_db()
    assert not notification.is_unread
    assert not notification.notice.is_open
    assert Notification.objects.unread().count() == 1
    assert Delivery.objects.get(notice=notification.notice).status == "canceled"


# ---------------------------------------------------------------- reading and deleting


def test_it_is_read_once_and_unread_again(notify: Notify, rep: User) -> None:
    notification = notify()
    services.mark_read(notification)
    first = copy_of(rep).read_at
    services.mark_read(notification)
    assert copy_of(rep).read_at == first is not None

    services.mark_read(notification, is_read=False)
    assert copy_of(rep).is_unread


def test_all_are_read_of_the_user_alone(notify: Notify, rep: User, manager: User) -> None:
    notify(to=[rep, manager])
    notify(to=[rep])

    assert services.read_all(rep, Notification.objects.all()) == 2
    assert services.read_all(rep, Notification.objects.all()) == 0
    assert copy_of(manager).is_unread


def test_deleting_takes_ones_own_copy(notify: Notify, rep: User, manager: User) -> None:
    notify(to=[rep, manager])
    services.delete(copy_of(rep))

    assert [each.user for each in Notification.objects.all()] == [manager]
    assert services.delete_all(rep, Notification.objects.all()) == 0
    assert services.delete_all(manager, Notification.objects.all()) == 1


def test_who_leaves_the_business_sees_no_more_of_it(notify: Notify, rep: User) -> None:
    notify()
    assert Notification.objects.of(rep).count() == 1

    rep.memberships.all().delete()

    assert Notification.objects.of(rep).count() == 0
