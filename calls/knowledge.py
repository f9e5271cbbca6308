"""A call's way to its business's documents: off the event loop, and ahead of the question."""

import asyncio
import logging
from dataclasses import replace
from functools import partial

from django.db import DatabaseError

from calls.live.profile import CallProfile
from calls.live.searching import in_search_process
from knowledge.quoting import Quote, quotes_for
from salesdesk.assistant.foresight import Foreseen, Foresight
from salesdesk.assistant.knowledge import Prepared
from salesdesk.assistant.sentences import Sentence
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.sources import Sources

log = logging.getLogger(__name__)

SEARCH_WITHIN_S = 3.0
"""A caller waits no longer than this for an answer that turns out not to be there."""

Quotes = tuple[Quote, ...]


def knowledge_for(profile: CallProfile) -> "CallKnowledge | None":
    """What the documents of the call's business say; nothing where it has none."""
    if profile.business_id is None or not profile.has_documents:
        return None
    return CallKnowledge(profile.business_id)


async def warm_up_search(profile: CallProfile) -> None:
    """While the greeting is spoken, load what the first search would wait for."""
    if profile.business_id is not None and profile.has_documents:
        await look_up(profile.business_id, profile.business_name)


async def look_up(business_id: int, question: str) -> Quotes:
    """A search that fails is logged, and nothing is known."""
    try:
        async with asyncio.timeout(SEARCH_WITHIN_S):
            return await in_search_process(quotes_for, business_id, question)
    except (SalesdeskError, DatabaseError, TimeoutError):
        log.exception("the documents could not be searched")
        return ()


class CallKnowledge:
    """A :class:`~salesdesk.assistant.knowledge.Knowledge` for one call."""

    def __init__(self, business_id: int) -> None:
        self._foresight: Foresight[Quotes] = Foresight(partial(look_up, business_id))

    def expect(self, text: str) -> None:
        self._foresight.expect(text)

    async def answer(self, question: str) -> Prepared:
        return prepared(await self._foresight.find(question))

    def close(self) -> None:
        self._foresight.close()


def prepared(found: Foreseen[Quotes]) -> Prepared:
    """The sentences, each with the passages that it comes from and what finding them cost."""
    cost = Sources((), found.took_ms, found.waited_ms, found.ahead)
    return Prepared(
        tuple(
            Sentence(quote.sentence, replace(cost, citations=quote.citations))
            for quote in found.value
        )
    )
