"""The sockets of the pages of campaigns."""

from typing import Any

from django.urls import reverse

from leads.campaigns import pages, push
from leads.campaigns.permissions import get_business_for, get_campaign_for
from salesdesk.lib.fragments import ShownList, update
from salesdesk.lib.page_socket import PageSocket


class CampaignPageSocket(PageSocket):
    templates = "campaigns"
    pause_seconds = 1.0

    def note(self, message: dict[str, Any]) -> str:
        """The campaign's public id."""
        return str(message["campaign"])

    async def campaign_news(self, message: dict[str, Any]) -> None:
        self.mark(message)


class CampaignListSocket(CampaignPageSocket):
    """The list: how far each campaign is."""

    async def connect(self) -> None:
        self.shown = ShownList("campaign-rows", wrapper="tbody")
        await super().connect()

    def groups_to_join(self) -> set[str]:
        business = get_business_for(self.user, self.query.get("business", ""))
        return {push.business_group(business.pk)}

    def page_path(self) -> str:
        return reverse("campaigns:list")

    def read_changes(self, stale: set[str]) -> list[str]:
        business = get_business_for(self.user, self.query.get("business", ""))
        rows = pages.list_context(self.user, business)["rows"]
        by_id = {f"campaign-{row[0].public_id}": row for row in rows}
        changed = {f"campaign-{campaign_id}" for campaign_id in stale}
        return self.shown.changes(list(by_id), changed, lambda row: self._row(*by_id[row]))

    def _row(self, campaign: Any, progress: Any) -> str:
        return self.render("list.html#row", {"campaign": campaign, "progress": progress})


class CampaignSocket(CampaignPageSocket):
    """The page of one campaign: progress, calls under way, results, pace and stop rules."""

    async def connect(self) -> None:
        self.campaign_id = self.scope["url_route"]["kwargs"]["campaign_id"]
        await super().connect()

    def groups_to_join(self) -> set[str]:
        get_campaign_for(self.user, self.campaign_id)
        return {push.campaign_group(self.campaign_id)}

    def page_path(self) -> str:
        return reverse("campaigns:campaign", args=[self.campaign_id])

    def read_changes(self, stale: set[str]) -> list[str]:
        campaign = get_campaign_for(self.user, self.campaign_id)
        html = self.render("campaign.html#live", pages.live_context(campaign))
        return [update(html, "campaign-live")]
