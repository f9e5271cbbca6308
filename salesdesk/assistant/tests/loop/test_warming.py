"""What is loaded before the first search."""

import asyncio
import threading
from collections.abc import Iterator

import pytest

from knowledge.models import Document, Passage
from salesdesk.assistant.loop import warming
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _fresh_process() -> Iterator[None]:
    warming._first_search = None
    yield
    warming._first_search = None


@pytest.fixture
def documents(business: Business) -> None:
    document = Document.objects.create(business=business, origin="text", title="Warranty")
    Passage.objects.create(
        business=business, document=document, version=1, position=0, text="Long.", tokens=2
    )


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions of searches, which end when the test lets them."""
    asked: list[str] = []

    def search(business_id: int, question: str) -> None:
        asked.append(question)
        if question == "Slow Roofs":
            assert go.wait(20)

    monkeypatch.setattr(warming, "quotes_for", search)
    go.clear()
    return asked


go = threading.Event()


async def test_it_is_loaded_once(business: Business, documents: None, searches: list[str]) -> None:
    for _ in range(3):
        await asyncio.to_thread(warming.get_ready_to_answer, business)
    await warming.ready_to_answer()
    assert searches == ["Bright Solar"]


async def test_an_answer_waits_for_it(
    business: Business, documents: None, searches: list[str]
) -> None:
    business.name = "Slow Roofs"
    await asyncio.to_thread(warming.get_ready_to_answer, business)
    waiting = asyncio.create_task(warming.ready_to_answer())
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    go.set()
    await asyncio.wait_for(waiting, 20)


async def test_nothing_is_loaded_where_nothing_is_searched(
    business: Business, searches: list[str]
) -> None:
    await asyncio.to_thread(warming.get_ready_to_answer, business)
    await warming.ready_to_answer()
    assert searches == []


async def test_a_search_that_fails_keeps_nobody_waiting(
    business: Business, documents: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no model")

    monkeypatch.setattr(warming, "quotes_for", fail)
    await asyncio.to_thread(warming.get_ready_to_answer, business)
    await asyncio.wait_for(warming.ready_to_answer(), 20)
