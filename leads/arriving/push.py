"""News about imports over the channel layer, to the page that shows one.

The group ``leads.import.<public_id>`` gets ``import.news`` with ``import_id`` (public).
"""

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from leads.models import LeadImport


def import_group(import_id: str) -> str:
    return f"leads.import.{import_id}"


def tell_import(lead_import: LeadImport) -> None:
    layer = get_channel_layer()
    assert layer is not None
    message = {"type": "import.news", "import_id": lead_import.public_id}
    async_to_sync(layer.group_send)(import_group(lead_import.public_id), message)
