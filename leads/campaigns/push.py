"""News of campaigns over the channel layer, to the pages that show them.

=================================  =================================  ==================
group                              who listens                        messages (``type``)
=================================  =================================  ==================
``campaign.<public id>``           the campaign's page                ``campaign.news``
``campaigns.business.<key>``       the list of campaigns              ``campaign.news``
=================================  =================================  ==================

``campaign.news`` has ``campaign`` (public id) only.
"""

from django.db import transaction

from leads.models import Campaign
from salesdesk.lib.news import send_news


def campaign_group(campaign_id: str) -> str:
    return f"campaign.{campaign_id}"


def business_group(business_id: int) -> str:
    return f"campaigns.business.{business_id}"


def tell(campaign: Campaign) -> None:
    """After commit, pages show the campaign as it then is."""
    campaign_id, business_id = campaign.public_id, campaign.business_id
    transaction.on_commit(lambda: _send(campaign_id, business_id))


def _send(campaign_id: str, business_id: int) -> None:
    message = {"type": "campaign.news", "campaign": campaign_id}
    for group in (campaign_group(campaign_id), business_group(business_id)):
        send_news(group, message)
