"""What a lead's page shows of the conversations in writing."""

from collections.abc import Collection

from django.db.models import Q
from django.urls import reverse

from leads.conversations import MOST, Conversation
from leads.models import Lead
from salesdesk.accounts.enums import Ability
from salesdesk.accounts.permissions import Visitor, within
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.models import Thread


def threads_of(user: Visitor, lead: Lead, ids: Collection[str]) -> list[Conversation]:
    """A source of :mod:`leads.conversations`. Calls tell of themselves.

    Who may not read the assistant's log sees their own only, as on the pages of the threads.
    """
    visible = Thread.objects.where(user, Ability.USE_ASSISTANT).filter(business=lead.business_id)
    readable = visible.filter(Q(started_by=user.pk) | within(user, Ability.VIEW_ASSISTANT_LOG))
    written = readable.exclude(channel=Channel.PHONE)
    theirs = written.filter(Q(lead=lead) | Q(conversation__in=ids))
    return [_told(thread) for thread in theirs.newest_first()[:MOST]]


def _told(thread: Thread) -> Conversation:
    return Conversation(
        id=thread.conversation,
        at=thread.created_at,
        title=str(thread.get_channel_display()),
        detail=thread.title,
        url=reverse("assistant:thread", args=[thread.public_id]),
        icon="message-square",
    )
