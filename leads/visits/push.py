"""News of appointments over the channel layer: ids only; pages read what they show.

Group ``business.<key>.visits``; messages of type ``visit.news`` carry the appointment's public id.
"""

from salesdesk.lib.news import send_news


def business_group(business_id: int) -> str:
    return f"business.{business_id}.visits"


def visit_news(appointment_id: str, business_id: int) -> None:
    message = {"type": "visit.news", "appointment": appointment_id}
    send_news(business_group(business_id), message)
