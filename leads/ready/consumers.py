"""The socket of Ready mode: the page shows at once what happens to its lead."""

from typing import Any

from leads.ready import pages
from leads.ready.push import rep_group
from salesdesk.lib.fragments import update
from salesdesk.lib.page_socket import PageSocket


class ReadySocket(PageSocket):
    """Sends the stage when it shows something else than before: what is being typed stays."""

    templates = "ready"

    async def connect(self) -> None:
        self.shown = ""
        await super().connect()

    def groups_to_join(self) -> set[str]:
        pages.get_queue_for(self.user, self.query.get("business", ""))
        return {rep_group(self.user.pk)}

    def page_path(self) -> str:
        return "/ready/"

    def note(self, message: dict[str, Any]) -> str:
        return "session"

    async def ready_news(self, message: dict[str, Any]) -> None:
        self.mark(message)

    def read_changes(self, stale: set[str]) -> list[str]:
        business = pages.get_queue_for(self.user, self.query.get("business", ""))
        html = self.render("page.html#stage", pages.stage_context(self.user, business))
        if html == self.shown:
            return []
        self.shown = html
        return [update(html, "ready-stage")]
