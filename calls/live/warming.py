"""What the first search of a call would have to wait for."""

import logging

from django.db import DatabaseError

from calls.live.profile import CallProfile
from calls.live.searching import in_search_process
from knowledge.quoting import quotes_for
from salesdesk.lib.errors import SalesdeskError

log = logging.getLogger(__name__)


async def warm_up_search(profile: CallProfile) -> None:
    """While the greeting is spoken, load what the first search would wait for."""
    if profile.business_id is None or not profile.has_documents:
        return
    try:
        await in_search_process(quotes_for, profile.business_id, profile.business_name)
    except (SalesdeskError, DatabaseError):
        log.exception("the documents could not be searched")
