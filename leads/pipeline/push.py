"""News about leads over the channel layer, to boards that show them.

The group ``leads.business.<key>`` gets ``lead.news`` with ``lead`` (public id).
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer


def business_group(business_id: int) -> str:
    return f"leads.business.{business_id}"


def lead_news(lead_id: str, business_id: int) -> None:
    layer = get_channel_layer()
    assert layer is not None
    message = {"type": "lead.news", "lead": lead_id}
    async_to_sync(layer.group_send)(business_group(business_id), message)
