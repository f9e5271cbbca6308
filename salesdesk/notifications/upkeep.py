"""What time does to notifications: they are escalated, come back, and are forgotten."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.notifications.delivering.plan import plan
from salesdesk.notifications.enums import DeliveryStatus, Urgency
from salesdesk.notifications.models import Delivery, Notice, Notification
from salesdesk.notifications.services import Recipients, recipients, tell
from salesdesk.notifications.signals import notification_changed, send_after_commit

MOST_AT_ONCE = 200


def escalate_unanswered(now: datetime) -> int:
    """Tell those who are next, urgently, of what nobody has answered in time; how many notices.

    Safe to run twice at once: each notice is escalated once.
    """
    late = Notice.objects.filter(escalate_at__lte=now, escalated_at=None, answered_at=None)
    keys = late.order_by("escalate_at").values_list("pk", flat=True)[:MOST_AT_ONCE]
    return sum(_escalate(key, now) for key in keys)


def wake_snoozed(now: datetime) -> int:
    """Bring back what was put off until now, over its person's channels too; how many."""
    over = Notification.objects.filter(snoozed_until__lte=now)
    keys = over.order_by("snoozed_until").values_list("pk", flat=True)[:MOST_AT_ONCE]
    return sum(_wake(key, now) for key in keys)


def forget_old(now: datetime) -> int:
    """Delete notices and deliveries older than ``NOTIFICATION_DAYS``; how many."""
    before = now - timedelta(days=settings.NOTIFICATION_DAYS)
    deliveries = Delivery.objects.filter(created_at__lt=before)
    under_way = (DeliveryStatus.WAITING, DeliveryStatus.SENDING)
    count, _ = deliveries.exclude(status__in=under_way).delete()
    gone, _ = Notice.objects.filter(created_at__lt=before).delete()
    return count + gone


@transaction.atomic
def _escalate(key: int, now: datetime) -> bool:
    claimed = Notice.objects.filter(pk=key, escalated_at=None, answered_at=None)
    if not claimed.update(escalated_at=now, urgency=Urgency.HIGH):
        return False
    notice = Notice.objects.select_related("business").get(pk=key)
    tell(notice, recipients(notice.business, _next(notice)), now, urgency=Urgency.HIGH)
    return True


def _next(notice: Notice) -> Recipients:
    """Whom it goes to; of people who were named, those who still belong to the business."""
    if "ability" in notice.escalate_to:
        return Ability(notice.escalate_to["ability"])
    named = User.objects.filter(pk__in=notice.escalate_to.get("users", ()))
    return named.filter(memberships__business=notice.business_id)


@transaction.atomic
def _wake(key: int, now: datetime) -> bool:
    """Told again only where it still waits for an answer, or was not read."""
    asleep = Notification.objects.filter(pk=key, snoozed_until__lte=now)
    if not asleep.update(snoozed_until=None, read_at=None, told_at=now):
        return False
    notification = Notification.objects.with_notices().get(pk=key)
    notice = notification.notice
    plan(notice, [notification.user], now, urgency=notice.urgency)
    told = {"notification_id": notification.public_id, "user_id": notification.user_id}
    send_after_commit(notification_changed, event="told", **told)
    return True
