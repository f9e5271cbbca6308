"""What the tests of capturing share: a business with the usual fields, and its conversation."""

from typing import Any

from salesdesk.assistant.capture.defaults import add_default_fields
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.models import CaptureField, Thread
from salesdesk.businesses.enums import Trade
from salesdesk.businesses.models import Business

PHONE = "+14155550199"


def with_fields(business: Business) -> Business:
    business.trade = Trade.ROOFING
    business.save()
    add_default_fields(business)
    return business


def make_thread(business: Business, conversation: str = "call1", **fields: Any) -> Thread:
    values = {"channel": Channel.PHONE, "customer_phone": PHONE, **fields}
    return Thread.objects.create(business=business, conversation=conversation, **values)


def change_field(business: Business, key: str, **changes: Any) -> None:
    assert CaptureField.objects.filter(business=business, key=key).update(**changes) == 1


def news_of(signal: Any) -> list[dict[str, Any]]:
    """Keeps what the signal tells from now on."""
    told: list[dict[str, Any]] = []

    def keep(sender: Any, **ids: Any) -> None:
        ids.pop("signal")
        told.append(ids)

    signal.connect(keep, weak=False)
    return told
