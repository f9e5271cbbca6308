"""How the media process begins and ends."""

import asyncio
import logging
from typing import Any

import pytest

from calls.live import asgi
from salesdesk.lib.errors import ProviderError


class Beside:
    """In the place of what takes seconds to load."""

    def __init__(self) -> None:
        self.happened: list[str] = []
        self.error: Exception | None = None

    async def warm_up(self, engine: str) -> None:
        self.happened.append("engine")

    async def start(self) -> None:
        self.happened.append("search")
        if self.error:
            raise self.error

    def stop(self) -> None:
        self.happened.append("stopped")

    def favour_audio(self) -> None:
        self.happened.append("favoured")


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Beside:
    beside = Beside()
    monkeypatch.setattr(asgi, "warm_up", beside.warm_up)
    monkeypatch.setattr(asgi, "start_search_process", beside.start)
    monkeypatch.setattr(asgi, "stop_search_process", beside.stop)
    monkeypatch.setattr(asgi, "favour_audio", beside.favour_audio)
    return beside


async def live() -> list[str]:
    """Begin and end; what the server was told."""
    messages: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    for stage in ("startup", "shutdown"):
        messages.put_nowait({"type": f"lifespan.{stage}"})
    told: list[str] = []

    async def send(message: dict[str, Any]) -> None:
        told.append(message["type"])

    await asgi.lifespan({"type": "lifespan"}, messages.get, send)
    return told


async def test_it_is_ready_when_it_can_hear_and_search(beside: Beside) -> None:
    assert await live() == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert beside.happened == ["engine", "search", "favoured", "stopped"]


async def test_it_takes_calls_also_where_documents_cannot_be_searched(
    beside: Beside, caplog: pytest.LogCaptureFixture
) -> None:
    beside.error = ProviderError("The local embedding model is not installed.")
    with caplog.at_level(logging.WARNING):
        assert await live() == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert "the search of documents is not ready: The local embedding model" in caplog.text
