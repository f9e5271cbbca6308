"""News about imports over the channel layer, to the page that shows one.

The group ``leads.import.<public_id>`` gets ``import.news`` with ``import_id`` (public).
"""

from leads.models import LeadImport
from salesdesk.lib.news import send_news


def import_group(import_id: str) -> str:
    return f"leads.import.{import_id}"


def tell_import(lead_import: LeadImport) -> None:
    message = {"type": "import.news", "import_id": lead_import.public_id}
    send_news(import_group(lead_import.public_id), message)
