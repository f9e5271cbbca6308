"""What the sockets of the pages of calls share."""

from typing import Any

from salesdesk.lib.page_socket import PageSocket


class CallPageSocket(PageSocket):
    templates = "calls"

    def note(self, message: dict[str, Any]) -> str:
        """The call's public id."""
        return str(message["call"])

    async def call_news(self, message: dict[str, Any]) -> None:
        self.mark(message)

    async def call_interim(self, message: dict[str, Any]) -> None:
        """Text still being spoken is shown by the page of its call only."""
