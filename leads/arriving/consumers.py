"""The socket of an import's page: how far it is."""

from typing import Any

from django.urls import reverse

from leads.arriving.permissions import get_import_for
from leads.arriving.push import import_group
from leads.arriving.views.imports import import_context
from salesdesk.lib.fragments import update
from salesdesk.lib.page_socket import PageSocket


class ImportSocket(PageSocket):
    templates = "arriving"
    pause_seconds = 0.5

    async def connect(self) -> None:
        self.import_id = self.scope["url_route"]["kwargs"]["import_id"]
        await super().connect()

    def groups_to_join(self) -> set[str]:
        get_import_for(self.user, self.import_id)
        return {import_group(self.import_id)}

    def page_path(self) -> str:
        return reverse("arriving:import", args=[self.import_id])

    def note(self, message: dict[str, Any]) -> str:
        return "import"

    async def import_news(self, message: dict[str, Any]) -> None:
        self.mark(message)

    def read_changes(self, stale: set[str]) -> list[str]:
        shown = get_import_for(self.user, self.import_id)
        return [update(self.render("import.html#state", import_context(shown)), "import-state")]
