"""What news about leads set off on boards."""

from typing import Any

from django.dispatch import receiver

from leads.pipeline import push
from leads.signals import lead_changed


@receiver(lead_changed, dispatch_uid="leads.push_lead_news")
def push_lead_news(lead_id: str, business_id: int, event: str, **_: Any) -> None:
    if event != "noted":
        push.lead_news(lead_id, business_id)
