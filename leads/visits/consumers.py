"""The socket of the page of appointments: its list and its line of today, and news for its grid."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from leads.visits import push
from leads.visits.board import Board, list_context, today_context
from leads.visits.permissions import get_business_for
from salesdesk.lib.fragments import update
from salesdesk.lib.page_socket import PageSocket


class BoardSocket(PageSocket):
    """The page that the query string asks for. The grid reads its events anew when told."""

    templates = "appointments"
    pause_seconds = 0.5

    async def connect(self) -> None:
        self.version = 0
        await super().connect()

    def groups_to_join(self) -> set[str]:
        business = get_business_for(self.user, self.query.get("business", ""))
        return {push.business_group(business.pk)}

    def page_path(self) -> str:
        return reverse("appointments:board")

    def note(self, message: dict[str, Any]) -> str:
        return str(message["appointment"])

    async def visit_news(self, message: dict[str, Any]) -> None:
        self.mark(message)

    def read_changes(self, stale: set[str]) -> list[str]:
        """After a reconnect, too, the grid is told: it may have missed something."""
        self.version += 1
        board = Board.of(self.user, self.query, timezone.now())
        context = {**list_context(board), **today_context(board)}
        return [
            update(self.render("board.html#list", context), "visit-list"),
            update(self.render("board.html#today", context), "visit-today"),
            update(self.render("board.html#news", {"version": self.version}), "visit-news"),
        ]
