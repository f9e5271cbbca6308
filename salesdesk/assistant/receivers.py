"""What news about conversations set off here."""

from typing import Any

from django.dispatch import receiver

from salesdesk.assistant import push
from salesdesk.assistant.signals import thread_changed


@receiver(thread_changed, dispatch_uid="assistant.push_thread_news")
def push_thread_news(thread_id: str, event: str, **_: Any) -> None:
    push.thread_news(event, thread_id=thread_id)
