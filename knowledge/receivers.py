"""What news about documents sets off here."""

from typing import Any

from django.dispatch import receiver

from knowledge import push
from knowledge.signals import document_changed


@receiver(document_changed, dispatch_uid="knowledge.push_document_news")
def push_document_news(document_id: str, business_id: int, event: str, **_: Any) -> None:
    push.document_news(event, document_id=document_id, business_id=business_id)
