"""Who answers in writing: the agent that the setting ``TEXT_AGENT`` names."""

import logging
from collections.abc import Callable
from typing import cast

from django.conf import settings
from django.db import DatabaseError
from django.utils.module_loading import import_string

from knowledge.quoting import quotes_for
from salesdesk.accounts.models import User
from salesdesk.assistant.agent import TextAgent
from salesdesk.assistant.knowledge import Prepared
from salesdesk.assistant.models import Thread
from salesdesk.assistant.offline import OfflineAgent
from salesdesk.assistant.sentences import Sentence
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.sources import Sources
from salesdesk.lib.threads import DatabaseThreads

log = logging.getLogger(__name__)

MakeAgent = Callable[[Thread, User | None], TextAgent]

_threads = DatabaseThreads(2, "searches")


def text_agent(thread: Thread, user: User | None) -> TextAgent:
    """Who answers in this thread, on behalf of the user who asked there."""
    make = cast(MakeAgent, import_string(settings.TEXT_AGENT))
    return make(thread, user)


def offline_agent(thread: Thread, user: User | None) -> TextAgent:
    """By rules and documents, without a model."""
    return OfflineAgent()


class ThreadKnowledge:
    """A :class:`~salesdesk.assistant.knowledge.Knowledge` for one conversation in writing."""

    def __init__(self, business_id: int) -> None:
        self._business_id = business_id

    def expect(self, text: str) -> None:
        """What is written comes all at once: there is nothing to get ready for."""

    async def answer(self, question: str) -> Prepared:
        """A search that fails is logged, and nothing is known."""
        try:
            quotes = await _threads.run(quotes_for, self._business_id, question)
        except (SalesdeskError, DatabaseError):
            log.exception("the documents could not be searched")
            return Prepared()
        return Prepared(tuple(Sentence(each.sentence, Sources(each.citations)) for each in quotes))

    def close(self) -> None:
        """Nothing is under way between two answers."""
