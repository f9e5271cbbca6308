"""What news about conversations set off here."""

from typing import Any

from django.dispatch import receiver

from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.enums import Author
from salesdesk.assistant.metrics.telling import tell_of_alert
from salesdesk.assistant.models import Message, Thread
from salesdesk.assistant.signals import alert_raised, thread_changed, thread_ended
from salesdesk.assistant.tasks import find_opportunities_soon, tell_lead_soon
from salesdesk.assistant.writing import push


@receiver(thread_changed, dispatch_uid="assistant.push_thread_news")
def push_thread_news(thread_id: str, event: str, **_: Any) -> None:
    push.thread_news(event, thread_id=thread_id)


@receiver(thread_changed, dispatch_uid="assistant.note_read_back")
def note_read_back(thread_id: str, event: str, **_: Any) -> None:
    """A written answer is read when it is there."""
    if event != "answered":
        return
    answers = Message.objects.filter(thread__public_id=thread_id, author=Author.AGENT)
    answer = answers.select_related("thread").order_by("-sequence").first()
    if answer is not None:
        capture.note_read_back(answer.thread.conversation, answer.text)


@receiver(thread_ended, dispatch_uid="assistant.tell_lead")
def tell_lead(thread_id: str, **_: Any) -> None:
    tell_lead_soon(Thread.objects.get(public_id=thread_id).conversation)


@receiver(thread_ended, dispatch_uid="assistant.find_opportunities")
def find_opportunities(thread_id: str, **_: Any) -> None:
    find_opportunities_soon(thread_id)


@receiver(alert_raised, dispatch_uid="assistant.tell_of_alert")
def tell_people(alert_id: int, **_: Any) -> None:
    tell_of_alert(alert_id)
