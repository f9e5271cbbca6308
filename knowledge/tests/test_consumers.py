"""The sockets of the knowledge pages, on a real channel layer and database."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import AnonymousUser

from knowledge import services
from knowledge.models import Crawl, Document, Site
from knowledge.routing import page_sockets
from knowledge.tests.conftest import finish
from knowledge.web.push import tell_progress
from knowledge.web.services import add_site, start_sync
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.tests.browser import do

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("words_model"),
]

application = URLRouter(page_sockets)
PATIENCE = 20
ROOT = "/ws/pages/knowledge/"
Open = Callable[..., Awaitable[WebsocketCommunicator]]


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


async def closed_with(socket: WebsocketCommunicator) -> int:
    while True:
        message = await socket.receive_output(timeout=PATIENCE)
        if message["type"] == "websocket.close":
            return int(message["code"])


def write(business: Business, title: str) -> Document:
    return services.add_text(business, title=title, text=f"About {title}.", by=None)


async def test_the_list_shows_what_is_added_processed_and_deleted(
    business: Business, rep: User, open_socket: Open
) -> None:
    socket = await open_socket(rep, ROOT)
    await until(socket, 'innerHTML:#document-rows"')

    document = await do(write, business, "Hours")
    row = f'id="document-{document.public_id}"'
    await until(socket, row, "Hours", 'data-status="pending"')
    await do(finish, document)
    await until(socket, row, 'hx-swap-oob="true"', 'data-status="ready"')
    await do(services.delete_document, document)
    await until(socket, row, 'hx-swap-oob="delete"')


async def test_a_filtered_list_stays_filtered(
    business: Business, rep: User, open_socket: Open
) -> None:
    socket = await open_socket(rep, f"{ROOT}?search=prices")
    await until(socket, 'innerHTML:#document-rows"')

    await do(write, business, "Hours")
    await do(write, business, "Prices")

    assert "Hours" not in await until(socket, "Prices")


async def test_a_document_shows_its_passages_when_they_are_new(
    business: Business, rep: User, open_socket: Open
) -> None:
    document = await do(write, business, "Hours")
    socket = await open_socket(rep, f"{ROOT}{document.public_id}/")
    await until(socket, 'id="document-header" hx-swap-oob="true"', 'data-status="pending"')

    await do(finish, document)

    message = await until(socket, 'data-status="ready"', 'id="passages"')
    assert "About Hours." in message
    assert "Version 1" in message


async def test_nobody_hears_of_other_businesses(
    business: Business, other_business: Business, outsider: User, open_socket: Open
) -> None:
    document = await do(write, business, "Hours")

    assert await closed_with(await open_socket(outsider, f"{ROOT}{document.public_id}/")) == 4404
    assert await closed_with(await open_socket(AnonymousUser(), ROOT)) == 4401
    socket = await open_socket(outsider, ROOT)
    await until(socket, 'innerHTML:#document-rows"')
    await do(write, business, "Ours")
    await do(write, other_business, "Theirs")
    assert "Ours" not in await until(socket, "Theirs")


def read_pages(site: Site, done: int) -> None:
    """What a worker writes down while it reads."""
    crawl = Crawl.objects.get(site=site)
    Crawl.objects.filter(pk=crawl.pk).update(status="running", pages_found=9, pages_done=done)
    tell_progress(crawl)


async def test_a_site_shows_how_far_its_reading_is(
    business: Business, rep: User, open_socket: Open
) -> None:
    site = await do(add_site, business, "https://docs.example.com/")
    listed = await open_socket(rep, f"{ROOT}sites/")
    page = await open_socket(rep, f"{ROOT}sites/{site.public_id}/")
    await until(listed, "Never read")
    await until(page, "Never read")

    await do(start_sync, site)
    await do(read_pages, site, 4)

    await until(listed, f'id="site-{site.public_id}"', 'value="4" max="9"')
    await until(page, 'id="site-reading" hx-swap-oob="true"', 'value="4" max="9"')
