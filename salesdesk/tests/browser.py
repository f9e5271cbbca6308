"""A real browser on the real application: what the browser tests of every app stand on."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    FloatRect,
    Locator,
    Page,
    async_playwright,
    expect,
)

from salesdesk.accounts.models import User
from salesdesk.asgi import application

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)

EXPECTED = (
    "ERR_CONNECTION_REFUSED",
    "[object Event]",
    "htmx:afterRequest",
    "htmx:sendAbort",
    "htmx:sendError",
    "status of 409",
    "status of 422",
)
"""What is noted where a test stops the server (the browser's and htmx's words for a socket that
could not be opened), is refused, or a request gives way to a newer one."""

MARKS = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"there is no {CHROMIUM}"),
]


class Server:
    """The web process on a port of its own, in a thread; it can be stopped and started again."""

    def __init__(self) -> None:
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        started = threading.Event()
        config = uvicorn.Config(
            application,
            host="127.0.0.1",
            port=self.port,
            log_config=None,
            access_log=False,
            lifespan="off",
        )
        self.uvicorn = _Announced(config, started)
        self.thread = threading.Thread(target=self.uvicorn.run, daemon=True)
        self.thread.start()
        assert started.wait(timeout=20), "the server did not start"
        self.port = self.uvicorn.servers[0].sockets[0].getsockname()[1]

    def stop(self) -> None:
        self.uvicorn.should_exit = True
        self.thread.join(timeout=20)
        assert not self.thread.is_alive(), "the server did not stop"


class _Announced(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self.is_started = started

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.is_started.set()


@pytest.fixture
def server(transactional_db: None) -> Iterator[Server]:
    running = Server()
    yield running
    running.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--headless", "--disable-gpu"]
        )
        yield chromium
        await chromium.close()


OpenPage = Callable[..., Any]


@pytest.fixture
async def open_page(
    browser: Browser, server: Server, client_for: Callable[[User | None], Client]
) -> AsyncIterator[OpenPage]:
    """``await open_page(user, path)``: a new window of ``user``, its live connection up.

    ``live=False`` for a page that has none. The test fails when a page logs an error: a broken
    script, or one the policy forbids.
    """
    complaints: list[str] = []

    def note_errors(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    async def open_it(user: User, path: str, *, live: bool = True) -> Page:
        client = await do(client_for, user)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context = await browser.new_context(viewport={"width": 1280, "height": 800})
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}
        await context.add_cookies([cookie])  # type: ignore[list-item]
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", note_errors)
        await page.goto(server.url + path)
        if live:
            await is_live(page)
        return page

    yield open_it
    assert [told for told in complaints if not any(each in told for each in EXPECTED)] == []


async def is_live(page: Page) -> None:
    await expect(page.locator("[data-live-status]").first).to_have_attribute("data-state", "live")


async def box_of(locator: Locator) -> FloatRect:
    """Where it is; news may put another in its place just now."""
    async with asyncio.timeout(30):
        while (found := await locator.bounding_box()) is None:
            await locator.wait_for()
    return found


async def do(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
    """As a view or the recorder does it: in a thread, with a commit."""
    return await database_sync_to_async(function)(*arguments, **keywords)
