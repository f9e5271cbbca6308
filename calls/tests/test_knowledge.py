"""A call's way to its business's documents."""

import logging
from typing import Any

import pytest

from calls import knowledge
from calls.knowledge import CallKnowledge, knowledge_for
from calls.live.profile import CallProfile
from knowledge.quoting import Quote
from salesdesk.assistant.foresight import Foreseen
from salesdesk.assistant.knowledge import Prepared
from salesdesk.assistant.sentences import Sentence
from salesdesk.lib.errors import ProviderError
from salesdesk.lib.sources import Sources

CITATION = {"document": "d1", "title": "Warranty"}


class Library:
    """In the place of the search: knows one answer."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.asked: list[tuple[int, str]] = []

    def quotes_for(self, business_id: int, question: str) -> tuple[Quote, ...]:
        self.asked.append((business_id, question))
        if self.error:
            raise self.error
        return (Quote("Twelve years.", (CITATION,)),) if "inverter" in question else ()


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Library:
    library = Library()
    monkeypatch.setattr(knowledge, "quotes_for", library.quotes_for)
    return library


def profile(**values: Any) -> CallProfile:
    return CallProfile(
        call_id="c1", business_name="B", engine="cascade", greeting="", prompt="", **values
    )


def test_a_business_without_documents_has_no_knowledge() -> None:
    assert knowledge_for(profile(business_id=7)) is None
    assert knowledge_for(profile(business_id=None, has_documents=True)) is None
    assert isinstance(knowledge_for(profile(business_id=7, has_documents=True)), CallKnowledge)


async def test_an_answer_says_where_it_comes_from_and_what_it_cost(library: Library) -> None:
    answered = await CallKnowledge(7).answer("Does the warranty cover the inverter?")
    [sentence] = answered.sentences
    assert sentence.text == "Twelve years."
    assert sentence.sources is not None
    assert sentence.sources.citations == (CITATION,)
    assert sentence.sources.waited_ms == sentence.sources.retrieval_ms
    assert not sentence.sources.prefetched
    assert library.asked == [(7, "Does the warranty cover the inverter?")]


async def test_what_was_expected_is_prefetched(library: Library) -> None:
    call = CallKnowledge(7)
    call.expect("does the warranty cover the inverter")
    answered = await call.answer("Does the warranty cover the inverter?")
    assert [s.sources.prefetched for s in answered.sentences if s.sources] == [True]
    assert len(library.asked) == 1
    call.close()


async def test_what_the_documents_do_not_say_is_not_known(library: Library) -> None:
    assert await CallKnowledge(7).answer("Who is the chief executive?") == Prepared()


async def test_a_search_that_fails_is_logged_and_nothing_is_known(
    library: Library, caplog: pytest.LogCaptureFixture
) -> None:
    library.error = ProviderError("The model is away.")
    with caplog.at_level(logging.ERROR):
        answered = await CallKnowledge(7).answer("the inverter warranty")
    assert not answered.is_known
    assert "The model is away." in caplog.text


def test_every_sentence_carries_the_cost() -> None:
    quotes: knowledge.Quotes = (Quote("A.", ()), Quote("B.", (CITATION,)))
    found = Foreseen(quotes, 40, 2, ahead=True)
    assert [s.sources for s in knowledge.prepared(found).sentences] == [
        Sources((), 40, 2, prefetched=True),
        Sources((CITATION,), 40, 2, prefetched=True),
    ]
    assert isinstance(knowledge.prepared(found).sentences[0], Sentence)


async def test_the_search_is_warmed_up_where_there_is_something_to_search(
    library: Library,
) -> None:
    await knowledge.warm_up_search(profile(business_id=7))
    assert library.asked == []
    await knowledge.warm_up_search(profile(business_id=7, has_documents=True))
    assert library.asked == [(7, "B")]
