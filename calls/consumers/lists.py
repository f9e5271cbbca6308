"""The sockets of pages about many calls."""

from collections.abc import Sequence

from django.urls import reverse

from calls import pages, push
from calls.consumers.base import CallPageSocket
from calls.models import Call
from salesdesk.accounts.enums import Ability
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound
from salesdesk.lib.fragments import ShownList, update


class CallsSocket(CallPageSocket):
    """What pages about many calls share: news of all calls that the user may see."""

    def groups_to_join(self) -> set[str]:
        businesses = Business.objects.where(self.user, Ability.VIEW_CALLS)
        keys = set(businesses.values_list("pk", flat=True))
        if self.user.is_superuser:
            return {push.business_group(key) for key in (*keys, None)}
        if not keys:
            raise NotFound("You are in no business.")
        return {push.business_group(key) for key in keys}

    def cards(self, calls: Sequence[Call], stale: set[str], shown: ShownList) -> list[str]:
        """Changes of the cards of calls under way."""
        return self._rows(calls, stale, shown, "live", "live.html#card")

    def rows(self, calls: Sequence[Call], stale: set[str], shown: ShownList) -> list[str]:
        """Changes of the rows of a table of calls: a message each, as HTML parses table rows."""
        return self._rows(calls, stale, shown, "call", "list.html#row")

    def _rows(
        self, calls: Sequence[Call], stale: set[str], shown: ShownList, prefix: str, partial: str
    ) -> list[str]:
        by_id = {f"{prefix}-{call.public_id}": call for call in calls}
        changed = {f"{prefix}-{call_id}" for call_id in stale}
        return shown.changes(
            list(by_id), changed, lambda row: self.render(partial, {"call": by_id[row]})
        )


class LiveSocket(CallsSocket):
    """The floor: a card for each call under way, with what was said last."""

    pause_seconds = 0.5

    async def connect(self) -> None:
        self.shown = ShownList("live-calls")
        await super().connect()

    def groups_to_join(self) -> set[str]:
        calls = pages.live_calls(self.user)[: pages.MOST_CARDS].values_list("public_id", flat=True)
        return super().groups_to_join() | {push.news_group(call_id) for call_id in calls}

    def page_path(self) -> str:
        return reverse("calls:live")

    def read_changes(self, stale: set[str]) -> list[str]:
        calls = list(pages.live_calls(self.user)[: pages.MOST_CARDS])
        count = update(self.render("live.html#count", {"calls": calls}), "live-count")
        return ["\n".join([*self.cards(calls, stale, self.shown), count])]


class CallListSocket(CallsSocket):
    """The list: the rows of the page that the query string asks for."""

    pause_seconds = 1.0

    async def connect(self) -> None:
        self.shown = ShownList("call-rows", wrapper="tbody")
        await super().connect()

    def page_path(self) -> str:
        return reverse("calls:list")

    def read_changes(self, stale: set[str]) -> list[str]:
        shown = pages.call_list(self.user, self.query)
        page_links = self.render("list.html#pages", shown.context())
        return [
            *self.rows(list(shown.page), stale, self.shown),
            update(page_links, "call-pages"),
        ]


class OverviewSocket(CallsSocket):
    """The overview: numbers of the day, calls under way, calls that are over."""

    pause_seconds = 1.0

    async def connect(self) -> None:
        self.live = ShownList("live-calls")
        self.recent = ShownList("call-rows", wrapper="tbody")
        await super().connect()

    def page_path(self) -> str:
        return reverse("calls:overview")

    def read_changes(self, stale: set[str]) -> list[str]:
        context = pages.overview_context(self.user)
        numbers = update(self.render("overview.html#numbers", context), "numbers")
        return [
            numbers,
            *self.cards(list(context["live"]), stale, self.live),
            *self.rows(list(context["recent"]), stale, self.recent),
        ]
