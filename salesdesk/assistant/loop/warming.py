"""Loads what the first search of a process would wait for, and fail of: its model of meaning."""

import asyncio
import logging
from concurrent.futures import Future
from typing import Any

from knowledge.models import Passage
from knowledge.quoting import quotes_for
from salesdesk.businesses.models import Business
from salesdesk.lib.background import start
from salesdesk.lib.threads import DatabaseThreads

log = logging.getLogger(__name__)

LOADS_WITHIN_S = 30.0

_threads = DatabaseThreads(1, "warming")
_first_search: "Future[Any] | None" = None


def get_ready_to_answer(business: Business) -> None:
    """Begin to load, while somebody still types; once in the life of this process.

    Nothing is loaded for a business without documents.
    """
    global _first_search
    if _first_search is None and Passage.objects.filter(business=business).exists():
        _first_search = start(_threads.run(quotes_for, business.pk, business.name))
        _first_search.add_done_callback(_log_failure)


def _log_failure(search: "Future[Any]") -> None:
    if search.exception() is not None:
        log.warning("the first search failed", exc_info=search.exception())


async def ready_to_answer() -> None:
    """Wait for what is being loaded. Where that failed, the search that is asked for says so."""
    if _first_search is None:
        return
    done, _ = await asyncio.wait({asyncio.wrap_future(_first_search)}, timeout=LOADS_WITHIN_S)
    for search in done:
        search.exception()  # looked at, so that it is not logged again
