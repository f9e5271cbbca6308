"""News about leads over the channel layer, to boards that show them.

The group ``leads.business.<key>`` gets ``lead.news`` with ``lead`` (public id).
"""

from salesdesk.lib.news import send_news


def business_group(business_id: int) -> str:
    return f"leads.business.{business_id}"


def lead_news(lead_id: str, business_id: int) -> None:
    message = {"type": "lead.news", "lead": lead_id}
    send_news(business_group(business_id), message)
