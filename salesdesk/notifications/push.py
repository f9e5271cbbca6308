"""News about a person's notifications over the channel layer, to the pages that they look at.

The group is ``notifications.user.<key>``, the message ``notification.news`` with ``notification``
(public id, empty for many) and ``event``. Consumers read what they show from Postgres.
"""

from salesdesk.lib.news import send_news


def user_group(user_id: int) -> str:
    return f"notifications.user.{user_id}"


def notification_news(event: str, *, notification_id: str, user_id: int) -> None:
    message = {"type": "notification.news", "notification": notification_id, "event": event}
    send_news(user_group(user_id), message)
