"""The sockets of pages: each pushes what its page shows, rendered from the page's own partials.

The socket's URL says what the page shows, as the page's URL does, and which version of it; so a
client has nothing to send, and a reconnect is a connect. News only mark something as stale. One
task a socket then reads it afresh from Postgres and sends the difference, and however fast news
come, it does so a few times a second at most.
"""

import asyncio
import logging
from typing import Any, ClassVar

from channels.generic.websocket import AsyncWebsocketConsumer
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string

from salesdesk.lib.errors import NotFound
from salesdesk.lib.threads import DatabaseThreads

log = logging.getLogger(__name__)

# Channels' own helper has one thread for all sockets of a process, where each waits for all.
in_thread = DatabaseThreads(4, "pages").run

NOT_SIGNED_IN = 4401
NOT_FOR_YOU = 4404
TOO_BIG = 1009
BROKEN = 1011
LARGEST_MESSAGE = 4096
NO_TOKEN = "NOTPROVIDED"  # noqa: S105  # Django's word; the tag then writes nothing


class PageSocket(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Says what it shows in :meth:`groups_to_join` and :meth:`read_changes`.

    Both run in a thread of their own and may read the database; both raise ``NotFound`` when the
    page is not for this user (any more). ``pause_seconds`` lie between two reads at least.
    News come to handlers of the subclass, which call :meth:`mark`. ``templates`` is the folder of
    the page's templates.
    """

    pause_seconds: ClassVar[float] = 0.1
    templates: ClassVar[str]

    def groups_to_join(self) -> set[str]:
        """The channel-layer groups whose news concern this page."""
        raise NotImplementedError

    def read_changes(self, stale: set[str]) -> list[str]:
        """Messages that bring the page up to date. ``stale`` says what news came, see ``note``."""
        raise NotImplementedError

    def note(self, message: dict[str, Any]) -> str:
        """A word for what the news in ``message`` make stale."""
        raise NotImplementedError

    # ------------------------------------------------------------ life

    async def connect(self) -> None:
        self.user: Any = self.scope["user"]
        self.stale: set[str] = set()
        self.joined: set[str] = set()
        self.news = asyncio.Event()
        self.refreshing: asyncio.Task[None] | None = None
        self.has_heard = False
        await self.accept()
        if not self.user.is_authenticated:
            await self.close(NOT_SIGNED_IN)
            return
        try:
            self.query = QueryDict(self.scope["query_string"])
        except SuspiciousOperation:
            await self.close(TOO_BIG)
            return
        self.news.set()
        self.refreshing = asyncio.create_task(self._refresh())
        self.refreshing.add_done_callback(self._refreshing_ended)

    async def disconnect(self, code: int) -> None:
        if self.refreshing is not None:
            self.refreshing.cancel()
        for group in self.joined:
            await self.channel_layer.group_discard(group, self.channel_name)

    async def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close for good: nothing may be sent afterwards. A page that has gone needs no closing."""
        if self.refreshing not in (None, asyncio.current_task()):
            self.refreshing.cancel()
        try:
            await super().close(code, reason)
        except OSError as error:
            log.debug("a page's socket was closed already: %r", error)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Pages have nothing to say: what comes is not looked at."""
        if len(text_data or bytes_data or "") > LARGEST_MESSAGE:
            await self.close(TOO_BIG)
        elif not self.has_heard:
            self.has_heard = True
            log.info("a page's socket was sent a message", extra={"path": self.scope["path"]})

    # ------------------------------------------------------------ news

    def mark(self, message: dict[str, Any]) -> None:
        self.stale.add(self.note(message))
        self.news.set()

    async def _refresh(self) -> None:
        """Joins before it reads, so that nothing falls in between."""
        while True:
            await self.news.wait()
            self.news.clear()
            try:
                await self._join(await in_thread(self.groups_to_join))
                stale, self.stale = self.stale, set()
                messages = await in_thread(self.read_changes, stale)
            except NotFound:
                await self.close(NOT_FOR_YOU)
                return
            for message in messages:
                await self.send(text_data=message)
            await asyncio.sleep(self.pause_seconds)

    async def _join(self, groups: set[str]) -> None:
        """Listen to just these groups."""
        for group in groups - self.joined:
            self.joined.add(group)
            await self.channel_layer.group_add(group, self.channel_name)
        for group in self.joined - groups:
            self.joined.remove(group)
            await self.channel_layer.group_discard(group, self.channel_name)

    def _refreshing_ended(self, task: asyncio.Task[None]) -> None:
        """A fault closes the socket, so that the page connects anew."""
        if task.cancelled() or task.exception() is None:
            return
        log.error("a page's socket broke", exc_info=task.exception())
        self.closing = asyncio.create_task(self.close(BROKEN))

    # ------------------------------------------------------------ rendering

    def render(self, partial: str, context: dict[str, Any]) -> str:
        """A page's partial, as this user's page has it at this socket's query.

        But for CSRF tokens: one made up here would be refused, and differ each time. The page's
        script (``app.js``) adds that of the page to what is sent.
        """
        told = {**context, "csrf_token": NO_TOKEN}
        return render_to_string(f"{self.templates}/{partial}", told, request=self.page_request())

    def page_request(self) -> HttpRequest:
        request = HttpRequest()
        request.user = self.user
        request.path = self.page_path()
        request.GET = self.query
        return request

    def page_path(self) -> str:
        raise NotImplementedError
