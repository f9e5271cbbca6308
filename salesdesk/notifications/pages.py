"""What the pages show, for views and sockets alike."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.lists import FilteredList
from salesdesk.notifications.enums import Channel, NotificationKind
from salesdesk.notifications.filters import DeliveryFilter, NotificationFilter, newest_deliveries
from salesdesk.notifications.models import Delivery, Notification
from salesdesk.notifications.permissions import notifications_of
from salesdesk.notifications.preferences import Channels, preferences_of

PAGE_SIZE = 25


@dataclass(frozen=True)
class NotificationList(FilteredList[Notification]):
    default_sort = "-told_at"
    order_names = {"-told_at": "Newest first"}  # noqa: RUF012  # a ClassVar of the base


@dataclass(frozen=True)
class DeliveryList(FilteredList[Delivery]):
    default_sort = "-created_at"
    order_names = {"-created_at": "Newest first"}  # noqa: RUF012  # a ClassVar of the base


def notification_list(user: User, query: QueryDict) -> NotificationList:
    chosen = NotificationFilter(query, notifications_of(user), request=_asked_by(user))
    rows = chosen.qs if chosen.form.is_valid() else Notification.objects.none()
    return NotificationList(query, chosen, _page(rows, query))


def delivery_list(user: User, business: Business, query: QueryDict) -> DeliveryList:
    known = newest_deliveries(Delivery.objects.filter(business=business))
    chosen = DeliveryFilter(query, known, request=_asked_by(user))
    rows = chosen.qs if chosen.form.is_valid() else Delivery.objects.none()
    return DeliveryList(query, chosen, _page(rows, query))


def unread_count(user: User) -> int:
    return notifications_of(user).unread().count()


@dataclass(frozen=True)
class KindRow:
    """One kind of news with the channels over which a person is told of it."""

    kind: NotificationKind
    channels: Channels

    @property
    def boxes(self) -> list[tuple[str, str, bool]]:
        """Name, label and state of the box of each channel."""
        return [
            (f"{self.kind.value}.{channel.value}", channel.label, channel in self.channels)
            for channel in Channel
        ]


def kind_rows(user: User) -> list[KindRow]:
    return [KindRow(kind, channels) for kind, channels in preferences_of(user).items()]


def _page(rows: Any, query: QueryDict) -> Page[Any]:
    return Paginator(rows, PAGE_SIZE).get_page(query.get("page"))


def _asked_by(user: User) -> HttpRequest:
    """The choices of a filter depend on who looks, in a view as in a socket."""
    request = HttpRequest()
    request.user = user
    return request
