"""The socket of the board: lanes as they are now, those that have changed."""

from typing import Any

from django.urls import reverse

from leads.permissions import get_desk_for
from leads.pipeline import push
from leads.pipeline.board import board_context
from salesdesk.lib.fragments import update
from salesdesk.lib.page_socket import PageSocket


class PipelineSocket(PageSocket):
    """The board that the query string asks for."""

    templates = "leads"
    pause_seconds = 0.5

    async def connect(self) -> None:
        self.shown: dict[str, str] = {}
        await super().connect()

    def groups_to_join(self) -> set[str]:
        business = get_desk_for(self.user, self.query.get("business", ""))
        return {push.business_group(business.pk)}

    def page_path(self) -> str:
        return reverse("leads:pipeline")

    def note(self, message: dict[str, Any]) -> str:
        return str(message["lead"])

    async def lead_news(self, message: dict[str, Any]) -> None:
        self.mark(message)

    def read_changes(self, stale: set[str]) -> list[str]:
        """All lanes the first time, then those that differ from what was sent."""
        business = get_desk_for(self.user, self.query.get("business", ""))
        context = board_context(self.user, business, self.query)
        now = {"proposals": self.render("pipeline.html#proposals", context)}
        for lane in context["lanes"]:
            html = self.render("pipeline.html#lane", {**context, "lane": lane})
            now[f"lane-{lane.stage}"] = html
        changed = [update(html, name) for name, html in now.items() if self.shown.get(name) != html]
        self.shown = now
        return ["\n".join(changed)] if changed else []
