"""The sockets of notifications, on a real channel layer and database."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from salesdesk.accounts.models import User
from salesdesk.notifications import services
from salesdesk.notifications.enums import Urgency, Via
from salesdesk.notifications.models import Notification
from salesdesk.notifications.routing import page_sockets
from salesdesk.tests.browser import do

pytestmark = pytest.mark.django_db(transaction=True)

application = URLRouter(page_sockets)
PATIENCE = 20
LIST = "/ws/pages/notifications/"
BELL = "/ws/pages/notifications/bell/"
Open = Callable[..., Awaitable[WebsocketCommunicator]]
Notify = Callable[..., Notification]


@pytest.fixture
async def open_socket() -> AsyncIterator[Open]:
    """``await open_socket(user, path)``: the page's socket, accepted; closed after the test."""
    opened: list[WebsocketCommunicator] = []

    async def connect(user: User | AnonymousUser, path: str) -> WebsocketCommunicator:
        socket = WebsocketCommunicator(application, path)
        socket.scope["user"] = user
        accepted, _ = await socket.connect()
        assert accepted
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        await socket.disconnect()


async def until(socket: WebsocketCommunicator, *wanted: str) -> str:
    """The first message with all of ``wanted``; fails when none comes in time."""
    while True:
        message: str = await socket.receive_from(timeout=PATIENCE)
        if all(text in message for text in wanted):
            return message


async def test_the_bell_counts_and_shows_what_comes_in(
    rep: User, notify: Notify, open_socket: Open
) -> None:
    socket = await open_socket(rep, BELL)
    first = await until(socket, 'id="bell-side" hx-swap-oob="true"', 'id="bell-top"')
    assert 'data-unread="0"' in first

    notification = await do(notify, title="Ann <b>Lee</b>", urgency=Urgency.HIGH)
    assert "Notifications, 1 unread" in await until(socket, 'data-unread="1"')
    toast = await until(socket, "beforeend:#toasts", "Ann &lt;b&gt;Lee&lt;/b&gt;")
    assert 'data-level="warning"' in toast

    await do(services.mark_read, notification)
    await until(socket, 'data-unread="0"')


async def test_what_was_there_before_is_counted_but_not_announced(
    rep: User, notify: Notify, open_socket: Open
) -> None:
    await do(notify, title="From yesterday")
    socket = await open_socket(rep, BELL)
    await until(socket, 'data-unread="1"')
    await do(notify, title="From now")

    assert "From yesterday" not in await until(socket, "beforeend:#toasts")


async def test_the_list_follows(rep: User, notify: Notify, open_socket: Open) -> None:
    socket = await open_socket(rep, LIST)
    await until(socket, 'innerHTML:#notification-rows"')

    notification = await do(notify)
    row = f'id="notification-{notification.public_id}"'
    await until(socket, row, "afterbegin:#notification-rows", 'data-unread="true"')
    await do(services.mark_read, notification)
    await until(socket, row, 'hx-swap-oob="true"', 'data-unread="false"')
    await do(services.delete, notification)
    await until(socket, row, 'hx-swap-oob="delete"')


async def test_the_others_see_who_took_it(
    rep: User, manager: User, notify: Notify, open_socket: Open
) -> None:
    mine = await do(notify, to=[rep, manager])
    socket = await open_socket(manager, LIST)
    await until(socket, "hx-post", "Take")

    await do(services.answer, mine, "take", via=Via.SLACK)

    message = await until(socket, "data-answered")
    assert "Take: Ray, in Slack" in message


async def test_all_rows_change_when_all_are_read(
    rep: User, notify: Notify, open_socket: Open
) -> None:
    for title in ("One", "Two"):
        await do(notify, title=title)
    socket = await open_socket(rep, LIST)
    await until(socket, "One", "Two")

    await do(services.read_all, rep, Notification.objects.all())

    changed = [await until(socket, 'data-unread="false"') for _ in range(2)]
    assert {title for title in ("One", "Two") for each in changed if title in each} == {
        "One",
        "Two",
    }


async def test_a_filtered_list_stays_filtered(rep: User, notify: Notify, open_socket: Open) -> None:
    socket = await open_socket(rep, f"{LIST}?search=quote")
    await until(socket, 'innerHTML:#notification-rows"')
    await do(notify, title="Late")
    await do(notify, title="A quote")

    assert "Late" not in await until(socket, "A quote")


async def test_nobody_hears_of_somebody_elses(
    rep: User, manager: User, notify: Notify, open_socket: Open
) -> None:
    socket = await open_socket(manager, BELL)
    await until(socket, 'data-unread="0"')
    await do(notify, title="For Ray", to=[rep])
    await do(notify, title="For Mary", to=[manager])

    assert "For Ray" not in await until(socket, "beforeend:#toasts")


@pytest.mark.parametrize("path", [LIST, BELL])
async def test_who_is_not_signed_in_hears_nothing(open_socket: Open, path: str) -> None:
    socket = await open_socket(AnonymousUser(), path)

    assert (await socket.receive_output(timeout=PATIENCE))["code"] == 4401
