"""Loads what the first search of a process would wait for, while somebody still types."""

from functools import cache

from knowledge.models import Passage
from knowledge.quoting import quotes_for
from salesdesk.businesses.models import Business
from salesdesk.lib.background import start
from salesdesk.lib.threads import DatabaseThreads

_threads = DatabaseThreads(1, "warming")


def get_ready_to_answer(business: Business) -> None:
    """Search the business's documents once in the life of this process, where it has any.

    A search that fails is none the worse: the one that is asked for says so.
    """
    if Passage.objects.filter(business=business).exists():
        _search_once(business.pk, business.name)


@cache
def _search_once(business_id: int, question: str) -> None:
    start(_threads.run(quotes_for, business_id, question))
