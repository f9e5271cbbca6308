"""Every write about notifications that means something."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from salesdesk.accounts.enums import Ability, roles_with
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput
from salesdesk.notifications.delivering import tasks
from salesdesk.notifications.delivering.attempt import cancel_of
from salesdesk.notifications.delivering.plan import plan
from salesdesk.notifications.enums import SNOOZE, NotificationKind, Urgency, Via
from salesdesk.notifications.models import (
    LONGEST_BODY,
    Notice,
    Notification,
    NotificationQuerySet,
)
from salesdesk.notifications.signals import (
    notification_answered,
    notification_changed,
    send_after_commit,
)
from salesdesk.notifications.wording import one_line

SNOOZE_FOR = timedelta(minutes=15)
Recipients = Iterable[User] | Ability


@dataclass(frozen=True, slots=True)
class Action:
    """A button: the first person who presses one answers for all."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """Who is told when nobody has answered ``after`` that long."""

    after: timedelta
    to: Recipients


# ---------------------------------------------------------------- telling


@transaction.atomic
def notify(
    business: Business,
    *,
    kind: NotificationKind,
    title: str,
    to: Recipients,
    body: str = "",
    url: str = "",
    urgency: Urgency = Urgency.NORMAL,
    actions: Sequence[Action] = (),
    subject_type: str = "",
    subject_id: str = "",
    escalation: Escalation | None = None,
    now: datetime | None = None,
) -> list[Notification]:
    """Tell people: in the app at once, and over their channels outside their quiet hours.

    ``to``: users, or all members who have an ability. ``url``: a path of this site. After commit
    follow ``notification_changed`` for each person, and the deliveries. Raises ``ValueError`` for
    an escalation without actions, and for a ``url`` that leads elsewhere. Nobody to tell is no
    error: the list is then empty, and only an escalation keeps the notice.
    """
    moment = now or timezone.now()
    people = recipients(business, to)
    if not people and escalation is None:
        return []
    notice = Notice(
        business=business,
        kind=kind,
        title=one_line(title),
        body=body.replace("\0", "")[:LONGEST_BODY],
        url=_own_path(url),
        urgency=urgency,
        actions=[asdict(action) for action in actions],
        subject_type=subject_type,
        subject_id=subject_id,
        created_at=moment,
        **_escalating(actions, escalation, moment),
    )
    notice.save()
    return tell(notice, people, moment, urgency=urgency)


def tell(
    notice: Notice, people: Sequence[User], now: datetime, *, urgency: str
) -> list[Notification]:
    """Give those people the notice who do not have it yet."""
    had = set(notice.notifications.values_list("user_id", flat=True))
    fresh = [user for user in people if user.pk not in had]
    rows = [Notification(notice=notice, user=user, told_at=now) for user in fresh]
    told = Notification.objects.bulk_create(rows)
    for notification in told:
        _changed(notification, "told")
    plan(notice, fresh, now, urgency=urgency)
    return told


def recipients(business: Business, to: Recipients) -> list[User]:
    """The active people who are meant, each once, in the order of their keys."""
    if isinstance(to, Ability):
        roles = roles_with(to)
        members = User.objects.filter(
            is_active=True, memberships__business=business, memberships__role__in=roles
        )
        return list(members.order_by("pk"))
    by_key = {user.pk: user for user in to if user.is_active}
    return [by_key[key] for key in sorted(by_key)]


def _own_path(url: str) -> str:
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise ValueError("the url of a notification is a path of this site")
    return url


def _escalating(
    actions: Sequence[Action], escalation: Escalation | None, now: datetime
) -> dict[str, Any]:
    if escalation is None:
        return {}
    if not actions:
        raise ValueError("what nobody can answer cannot stay unanswered: give it actions")
    to = escalation.to
    if isinstance(to, Ability):
        whom: dict[str, Any] = {"ability": to.value}
    else:
        whom = {"users": [user.pk for user in to]}
    return {"escalate_at": now + escalation.after, "escalate_to": whom}


# ---------------------------------------------------------------- answering


@transaction.atomic
def answer(
    notification: Notification, action: str, *, via: Via, now: datetime | None = None
) -> None:
    """Answer for everybody who was told; ``snooze``, unless it is one of the notice's own actions,
    puts it off for oneself alone.

    The first answer holds: then ``notification_answered`` follows, deliveries still to come are
    dropped, nobody has it unread any more, and Slack's messages lose their buttons. Raises
    :class:`Conflict`, saying who was first, when somebody else was, and :class:`InvalidInput`
    for what is none of its actions. The same answer of the same person again does nothing.
    """
    moment = now or timezone.now()
    notice = notification.notice
    keys = {each["key"] for each in notice.actions}
    if action == SNOOZE and SNOOZE not in keys:
        snooze(notification, until=moment + SNOOZE_FOR)
        return
    if action not in keys:
        raise InvalidInput("This cannot be answered that way.")
    answered = {"answered_at": moment, "answered_by": notification.user}
    first = Notice.objects.filter(pk=notice.pk, answered_at=None)
    if first.update(answer=action, answered_via=via, **answered):
        _settle(notification, action, moment)
        return
    notice.refresh_from_db()
    if (notice.answered_by_id, notice.answer) != (notification.user_id, action):
        raise Conflict(f"{notice.answered_by or 'Somebody'} was first: {notice.answer_label}.")


@transaction.atomic
def withdraw(business: Business, *, subject_type: str, subject_id: str) -> int:
    """What the open notices of a subject asked for has been done otherwise: nobody need answer.

    They lose their buttons, are read, and are not escalated; how many there were.
    """
    about = {"subject_type": subject_type, "subject_id": subject_id}
    found = Notice.objects.filter(business=business, answered_at=None, **about)
    notices = list(found.exclude(actions=[]).select_for_update())
    for notice in notices:
        Notice.objects.filter(pk=notice.pk).update(actions=[], escalate_at=None)
        cancel_of(notice.deliveries.all())
        _read_by_all(notice, timezone.now())
        _mark_elsewhere(notice)
    return len(notices)


def snooze(notification: Notification, *, until: datetime) -> None:
    """Out of the unread ones until then, when it is told again. Raises :class:`Conflict` when it
    has been answered."""
    if notification.notice.answered_at is not None:
        raise Conflict(f"{notification.notice.answered_by or 'Somebody'} has answered already.")
    Notification.objects.filter(pk=notification.pk).update(snoozed_until=until, read_at=None)
    notification.snoozed_until, notification.read_at = until, None
    waiting = notification.notice.deliveries.filter(user=notification.user)
    cancel_of(waiting)
    _changed(notification, "changed")


def _settle(notification: Notification, action: str, now: datetime) -> None:
    notice = notification.notice
    notice.refresh_from_db()
    cancel_of(notice.deliveries.all())
    _read_by_all(notice, now)
    _mark_elsewhere(notice)
    send_after_commit(
        notification_answered,
        notification_id=notification.public_id,
        business_id=notice.business_id,
        action=action,
        user_id=notification.user_id,
        subject_type=notice.subject_type,
        subject_id=notice.subject_id,
    )


def _read_by_all(notice: Notice, now: datetime) -> None:
    """And everybody who has it sees what has become of it."""
    notice.notifications.filter(read_at=None).update(read_at=now, snoozed_until=None)
    for told in notice.notifications.all():
        _changed(told, "changed")


def _mark_elsewhere(notice: Notice) -> None:
    key = notice.pk
    transaction.on_commit(lambda: tasks.mark_answered.delay(key), robust=True)


# ---------------------------------------------------------------- reading


def mark_read(notification: Notification, *, is_read: bool = True) -> None:
    """Safe to repeat: the first reading stays."""
    mine = Notification.objects.filter(pk=notification.pk)
    if is_read:
        changed = mine.filter(read_at=None).update(read_at=timezone.now(), snoozed_until=None)
    else:
        changed = mine.exclude(read_at=None).update(read_at=None)
    if changed:
        _changed(notification, "changed")


def read_all(user: User, notifications: NotificationQuerySet) -> int:
    """Mark those of ``notifications`` read that are unread; how many were."""
    unread = notifications.filter(user=user, read_at=None)
    count = unread.update(read_at=timezone.now(), snoozed_until=None)
    if count:
        _many_changed(user, "changed")
    return count


def delete(notification: Notification) -> None:
    """One's own copy, at once and for good. Others keep theirs."""
    Notification.objects.filter(pk=notification.pk).delete()
    _changed(notification, "deleted")


def delete_all(user: User, notifications: NotificationQuerySet) -> int:
    """The user's copies among ``notifications``; how many there were."""
    mine = Notification.objects.filter(user=user, pk__in=notifications.values("pk"))
    count, _ = mine.delete()
    if count:
        _many_changed(user, "deleted")
    return count


def _changed(notification: Notification, event: str) -> None:
    send_after_commit(
        notification_changed,
        notification_id=notification.public_id,
        user_id=notification.user_id,
        event=event,
    )


def _many_changed(user: User, event: str) -> None:
    send_after_commit(notification_changed, notification_id="", user_id=user.pk, event=event)
