"""What news about notifications sets off here."""

from typing import Any

from django.dispatch import receiver

from salesdesk.notifications import push
from salesdesk.notifications.signals import notification_changed


@receiver(notification_changed, dispatch_uid="notifications.push_news")
def push_news(notification_id: str, user_id: int, event: str, **_: Any) -> None:
    push.notification_news(event, notification_id=notification_id, user_id=user_id)
