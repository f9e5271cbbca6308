"""The socket of the page of appointments, on a real channel layer and database."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from leads.models import Appointment, Calendar, Lead
from leads.tests.conftest import NOW, at
from leads.visits.appointments import book, move
from leads.visits.routing import page_sockets
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import do

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 20
Open = Callable[..., Awaitable[WebsocketCommunicator]]


@pytest.fixture
async def open_socket() -> AsyncIterator[Open]:
    opened: list[WebsocketCommunicator] = []

    async def connect(user: User | AnonymousUser, query: str = "") -> WebsocketCommunicator:
        path = f"/ws/pages/appointments/?{query}"
        socket = WebsocketCommunicator(URLRouter(page_sockets), path)
        socket.scope["user"] = user
        accepted, _ = await socket.connect()
        assert accepted
        opened.append(socket)
        return socket

    yield connect
    for socket in opened:
        await socket.disconnect()


async def until(socket: WebsocketCommunicator, wanted: str) -> str:
    """The first message with ``wanted``; fails when none comes in time."""
    while True:
        message: str = await socket.receive_from(timeout=PATIENCE)
        if wanted in message:
            return message


async def test_others_see_what_changes(
    visit: Appointment, rep: User, auditor: User, open_socket: Open
) -> None:
    query = f"view=list&date={at(visit.business, '12:00'):%Y-%m-%d}"
    sockets = [await open_socket(user, query) for user in (rep, auditor)]
    for socket in sockets:
        assert "15:00" in await until(socket, 'id="visit-list" hx-swap-oob="true"')

    await do(move, visit, at(visit.business, "10:00"), now=NOW)

    for socket in sockets:
        shown = await until(socket, "10:00")
        assert "15:00" not in shown
        await until(socket, 'id="visit-news" hx-swap-oob="true"')


async def test_another_businesss_news_stay_there(
    reachable: Lead,
    calendar: Calendar,
    other_business: Business,
    outsider: User,
    open_socket: Open,
) -> None:
    socket = await open_socket(outsider)
    await until(socket, 'id="visit-news"')
    await do(book, reachable, at(reachable.business, "09:00"), purpose="A", now=NOW)
    assert await socket.receive_nothing(timeout=1)


@pytest.mark.parametrize(("who", "code"), [("outsider", 4404), ("nobody", 4401)])
async def test_who_may_not_look_is_turned_away(
    visit: Appointment, outsider: User, open_socket: Open, who: str, code: int
) -> None:
    user = outsider if who == "outsider" else AnonymousUser()
    socket = await open_socket(user, f"business={visit.business.public_id}")
    while True:
        message = await socket.receive_output(timeout=PATIENCE)
        if message["type"] == "websocket.close":
            break
    assert message["code"] == code
