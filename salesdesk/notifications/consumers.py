"""The sockets of notifications: the bell on every page, and the list."""

from typing import Any

from django.urls import reverse

from salesdesk.lib.fragments import ShownList, update
from salesdesk.lib.page_socket import PageSocket
from salesdesk.notifications import pages, push
from salesdesk.notifications.models import Notification
from salesdesk.notifications.permissions import notifications_of

BELLS = ("bell-side", "bell-top")
MOST_TOASTS = 3


class OwnNewsSocket(PageSocket):
    """News of the user's own notifications."""

    templates = "notifications"
    pause_seconds = 0.3

    def groups_to_join(self) -> set[str]:
        return {push.user_group(self.user.pk)}

    def page_path(self) -> str:
        return reverse("notifications:list")

    def note(self, message: dict[str, Any]) -> str:
        return f"{message['event']}:{message['notification']}"

    async def notification_news(self, message: dict[str, Any]) -> None:
        self.mark(message)


class BellSocket(OwnNewsSocket):
    """How many are unread, and a short notice of each that comes in."""

    def read_changes(self, stale: set[str]) -> list[str]:
        context = {"count": pages.unread_count(self.user)}
        bells = (self.render("bell.html#bell", {**context, "bell": bell}) for bell in BELLS)
        fragments = [update(html, bell) for html, bell in zip(bells, BELLS, strict=True)]
        return ["\n".join(fragments), *self._toasts(stale)]

    def _toasts(self, stale: set[str]) -> list[str]:
        told = [each.partition(":")[2] for each in stale if each.startswith("told:")]
        unread = notifications_of(self.user).unread().filter(public_id__in=told)[:MOST_TOASTS]
        return [self.render("bell.html#toast", {"notification": each}) for each in unread if told]


class ListSocket(OwnNewsSocket):
    """The rows of the page of the list that the query string asks for."""

    async def connect(self) -> None:
        self.shown = ShownList("notification-rows", wrapper="ul")
        await super().connect()

    def read_changes(self, stale: set[str]) -> list[str]:
        listed = pages.notification_list(self.user, self.query)
        by_id = {f"notification-{each.public_id}": each for each in listed.page}
        names = {each.partition(":")[2] for each in stale}
        changed = set(by_id) if "" in names else {f"notification-{name}" for name in names}
        rows = self.shown.changes(list(by_id), changed, lambda row: self._row(by_id[row]))
        return [*rows, update(self.render("list.html#pages", listed.context()), "list-pages")]

    def _row(self, notification: Notification) -> str:
        return self.render("list.html#row", {"notification": notification})
