"""News about a person's notifications over the channel layer, to the pages that they look at.

The group is ``notifications.user.<key>``, the message ``notification.news`` with ``notification``
(public id, empty for many) and ``event``. Consumers read what they show from Postgres.
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def user_group(user_id: int) -> str:
    return f"notifications.user.{user_id}"


def notification_news(event: str, *, notification_id: str, user_id: int) -> None:
    layer = get_channel_layer()
    assert layer is not None
    message = {"type": "notification.news", "notification": notification_id, "event": event}
    async_to_sync(layer.group_send)(user_group(user_id), message)
