"""The calls and threads with a lead, told by the apps that have them.

These stand above this one and cannot be imported; the setting ``LEAD_CONVERSATIONS`` names their
functions.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from leads.models import Lead
from salesdesk.accounts.permissions import Visitor

MOST = 100
"""Of each source."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """``id`` is the public id by which the lead's history names it, ``icon`` a name in the sprite.

    ``title`` says what it was, ``detail`` how it went.
    """

    id: str
    at: datetime
    title: str
    detail: str
    url: str
    icon: str


Source = Callable[[Visitor, Lead, Collection[str]], list[Conversation]]
"""Those with the lead that the user may see, and those with these ids: the newest first, a
hundred at most."""


def conversations_with(user: Visitor, lead: Lead, ids: Collection[str]) -> list[Conversation]:
    """From all sources, the newest first."""
    sources: list[Source] = [import_string(path) for path in settings.LEAD_CONVERSATIONS]
    found = {each.id: each for source in sources for each in source(user, lead, ids)}
    return sorted(found.values(), key=lambda each: each.at, reverse=True)
