"""What the chat pages show: the reads behind their views and their socket."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet

from salesdesk.accounts.enums import Ability
from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Channel, MessageStatus
from salesdesk.assistant.models import Feedback, Message, Thread, ThreadQuerySet
from salesdesk.assistant.permissions import businesses_where, visible_threads

PAGE_SIZE = 30
MOST_BESIDE = 20
MOST_MESSAGES = 200
SUGGESTIONS = (
    "How long is the warranty on the solar panels?",
    "What does a heat pump cost?",
    "Do you offer financing?",
    "Which areas do you serve?",
    "I would like to book a visit next Tuesday afternoon.",
)
"""Asked of the demo's documents, all of them are answered."""


def chats_of(user: User, *, whose: str = "") -> ThreadQuerySet:
    """The user's conversations on the chat page, the newest first; ``whose="all"``: everybody's
    that the user may read."""
    chats = visible_threads(user).filter(channel=Channel.CHAT)
    if whose != "all":
        chats = chats.filter(started_by=user)
    return chats.select_related("business", "started_by", "lead").newest_first()


def sees_others(user: User) -> bool:
    seen = businesses_where(user, Ability.VIEW_ASSISTANT_LOG)
    return seen.filter(pk__in=businesses_where(user, Ability.USE_ASSISTANT).values("pk")).exists()


def chat_list(user: User, query: Any) -> dict[str, Any]:
    """A page of conversations, and whether there is a choice of whose."""
    others = sees_others(user)
    whose = "all" if others and query.get("whose") == "all" else ""
    page: Page[Thread] = Paginator(chats_of(user, whose=whose), PAGE_SIZE).get_page(
        query.get("page")
    )
    return {"page_obj": page, "whose": whose, "sees_others": others}


@dataclass(frozen=True, slots=True)
class ThreadView:
    """A conversation as ``user`` sees it."""

    thread: Thread
    user: User

    @property
    def is_own(self) -> bool:
        return self.thread.started_by_id == self.user.pk

    @property
    def state(self) -> str:
        """``ended``, ``answering`` or ``open``."""
        if self.thread.ended_at is not None:
            return "ended"
        return "answering" if self.is_answering else "open"

    @property
    def is_answering(self) -> bool:
        return self.thread.messages.filter(status=MessageStatus.WRITING).exists()

    def messages(self) -> list[Message]:
        newest = self._all().order_by("-sequence")[:MOST_MESSAGES]
        return list(reversed(newest))

    def changed_after(self, version: int) -> list[Message]:
        """Messages that are new or changed since that version of the thread, in order."""
        return list(self._all().filter(version__gt=version).order_by("sequence"))

    def _all(self) -> QuerySet[Message]:
        own = Feedback.objects.filter(user=self.user)
        return self.thread.messages.prefetch_related(
            Prefetch("feedback", queryset=own, to_attr="own_feedback")
        )

    def context(self) -> dict[str, Any]:
        messages = self.messages()
        return {
            "thread": self.thread,
            "is_own": self.is_own,
            "state": self.state,
            "thread_messages": messages,
            "version": max((message.version for message in messages), default=0),
        }
