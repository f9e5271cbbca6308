"""News of appointments over the channel layer: ids only; pages read what they show.

Group ``business.<key>.visits``; messages of type ``visit.news`` carry the appointment's public id.
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def business_group(business_id: int) -> str:
    return f"business.{business_id}.visits"


def visit_news(appointment_id: str, business_id: int) -> None:
    layer = get_channel_layer()
    assert layer is not None
    message = {"type": "visit.news", "appointment": appointment_id}
    async_to_sync(layer.group_send)(business_group(business_id), message)
