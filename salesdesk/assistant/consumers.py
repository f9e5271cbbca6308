"""The socket of a conversation's page: messages as they are written, as the page's partials."""

from typing import Any

from django.urls import reverse
from django.utils.html import escape

from salesdesk.assistant.enums import Author, MessageStatus
from salesdesk.assistant.models import Message, Thread
from salesdesk.assistant.permissions import get_thread_for
from salesdesk.assistant.writing import push
from salesdesk.assistant.writing.pages import ThreadView
from salesdesk.lib.errors import NotAllowed, NotFound
from salesdesk.lib.fragments import insert, update
from salesdesk.lib.page_socket import PageSocket

ANSWERING = "The assistant is answering."


class ThreadSocket(PageSocket):
    """`?after=` is the version of the conversation that the page shows.

    What is read out by screen readers is an answer that is complete, once.
    """

    templates = "assistant/chat"

    async def connect(self) -> None:
        self.thread_id = self.scope["url_route"]["kwargs"]["thread_id"]
        self.seen: int | None = None
        self.state = ""
        await super().connect()

    def groups_to_join(self) -> set[str]:
        self._thread()
        return {push.thread_group(self.thread_id)}

    def note(self, message: dict[str, Any]) -> str:
        return str(message["event"])

    async def thread_news(self, message: dict[str, Any]) -> None:
        self.mark(message)

    def page_path(self) -> str:
        return reverse("assistant:thread", args=[self.thread_id])

    def read_changes(self, stale: set[str]) -> list[str]:
        thread = self._thread()
        view = ThreadView(thread, self.user)
        if self.seen is None:
            self.seen = _version(self.query.get("after", ""))
        state = view.state
        changed = view.changed_after(self.seen)
        fragments = [self._message(view, message) for message in changed]
        fragments += self._announced(changed, state)
        if state != self.state or changed:
            self.state = state
            self.seen = max([self.seen, *(message.version for message in changed)])
            context = {"thread": thread, "state": state, "is_own": view.is_own}
            fragments += [
                update(self.render("thread.html#header", context), "thread-header"),
                update(self.render("thread.html#state", context), "thread-state"),
                update(
                    self.render("thread.html#version", {"version": self.seen}), "thread-version"
                ),
            ]
        return ["\n".join(fragments)] if fragments else []

    def _thread(self) -> Thread:
        """Who may not read it (any more) is turned away, for whatever reason."""
        try:
            return get_thread_for(self.user, self.thread_id)
        except NotAllowed as error:
            raise NotFound(error.message) from error

    def _message(self, view: ThreadView, message: Message) -> str:
        context = {"message": message, "is_own": view.is_own, "is_pushed": True}
        html = self.render("thread.html#message", context)
        assert self.seen is not None, "it is read before messages are rendered"
        if message.created_version <= self.seen:
            return update(html, f"message-{message.public_id}")
        return insert(html, "beforeend:#thread-messages")

    def _announced(self, changed: list[Message], state: str) -> list[str]:
        """What a screen reader is told: that an answer is coming, and then the answer."""
        finished = [
            message.text
            for message in changed
            if message.author == Author.AGENT and message.status != MessageStatus.WRITING
        ]
        if finished:
            return [_said(f"The assistant: {finished[-1]}")]
        return [_said(ANSWERING)] if state == "answering" and self.state != "answering" else []


def _said(text: str) -> str:
    return insert(f"<p>{escape(text)}</p>", "innerHTML:#announcement")


def _version(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
