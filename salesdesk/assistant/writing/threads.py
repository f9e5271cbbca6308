"""Conversations in writing: what is stored of them, and in which order.

Every change of a thread's messages is made here. It takes the thread's next version under a lock
on its row, so that versions become visible in order, and tells of itself after commit.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from leads.models import Lead
from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Author, Channel, MessageStatus
from salesdesk.assistant.loop.conversation import Conversation, Role
from salesdesk.assistant.loop.state import State
from salesdesk.assistant.models import Feedback, Message, Thread
from salesdesk.assistant.signals import send_after_commit, thread_changed, thread_ended
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound
from salesdesk.lib.ids import public_id

LONGEST_MESSAGE = 4_000
LONGEST_COMMENT = 1_000
LONGEST_TITLE = 80
MOST_LINES = 200
"""Messages that an agent is given: a hundred turns."""
ANSWER_WITHIN = timedelta(minutes=2)
"""An answer that is written for longer is given up: the process that wrote it is gone."""
APOLOGY = (
    "I am sorry, something went wrong on our side and I cannot answer this at the moment. "
    "Your message is kept; please try again, or a colleague will get back to you."
)


@dataclass(frozen=True, slots=True)
class Turn:
    """What a customer wrote, and the message in which the answer is being written."""

    thread: Thread
    asked: Message
    answer: Message


# ---------------------------------------------------------------- threads


def open_thread(
    business: Business,
    *,
    channel: Channel,
    conversation: str = "",
    customer_phone: str = "",
    lead: Lead | None = None,
    started_by: User | None = None,
) -> Thread:
    """The thread of ``conversation`` (a call's public id), made if need be; without one, a new one.

    Raises :class:`NotFound` when the conversation or the lead is another business's.
    """
    if lead is not None and lead.business_id != business.pk:
        raise NotFound("There is no such lead, or not for you.")
    own_id = public_id()
    thread, _ = Thread.objects.get_or_create(
        conversation=conversation or own_id,
        defaults={
            "public_id": own_id,
            "business": business,
            "channel": channel,
            "customer_phone": customer_phone or (lead.phone if lead else ""),
            "lead": lead,
            "started_by": started_by,
        },
    )
    if thread.business_id != business.pk:
        raise NotFound("There is no such conversation, or not for you.")
    return thread


def attach_lead(thread: Thread, lead: Lead | None) -> None:
    """From now on the conversation is with this lead; nothing where there is none."""
    if lead is None:
        return
    thread.lead = lead
    thread.customer_phone = thread.customer_phone or lead.phone
    now = timezone.now()
    changes = {"lead": lead, "customer_phone": thread.customer_phone, "updated_at": now}
    Thread.objects.filter(pk=thread.pk).update(**changes)


def end_thread(thread: Thread) -> bool:
    """End the conversation; whether it was still open. Sends ``thread_ended`` once."""
    with transaction.atomic():
        now = timezone.now()
        open_now = Thread.objects.filter(pk=thread.pk, ended_at=None)
        if not open_now.update(ended_at=now, updated_at=now):
            return False
        thread.ended_at = now
        _tell(thread, "ended")
        ids = {"thread_id": thread.public_id, "business_id": thread.business_id}
        send_after_commit(thread_ended, **ids)
    return True


def conversation_of(thread: Thread) -> Conversation:
    """The thread as an agent sees it: the business's wishes, the newest messages, the state."""
    business = thread.business
    conversation = Conversation(
        business_name=business.name,
        prompt=business.prompt,
        facts=tuple((question, answer) for question, answer in business.facts),
        state=State.from_json(thread.state),
        now=timezone.now().astimezone(business.tz),
    )
    newest = thread.messages.exclude(text="").order_by("-sequence")[:MOST_LINES]
    conversation.restore((_role(message), message.text) for message in reversed(newest))
    return conversation


def _role(message: Message) -> str:
    return Role.CALLER if message.author == Author.CUSTOMER else Role.AGENT


# ---------------------------------------------------------------- messages


def add_message(thread: Thread, author: Author, text: str) -> Message:
    """The thread's next message, as it stands. Raises :class:`InvalidInput` for one too long."""
    with transaction.atomic():
        locked = _locked(thread)
        return _add(locked, author, _checked(text))


def begin_turn(thread: Thread, text: str) -> Turn:
    """Store what the customer wrote, and an empty message for the answer, which is now written.

    Raises :class:`InvalidInput` for a text that is empty or too long, and :class:`Conflict` where
    nothing can be written: the conversation has ended, is a phone call, or is being answered.
    """
    text = _checked(text)
    with transaction.atomic():
        locked = _locked(thread)
        _require_open(locked)
        _give_up_lost(locked)
        now = timezone.now()
        title = locked.title or title_of(text)
        Thread.objects.filter(pk=locked.pk).update(answering_since=now, title=title)
        locked.answering_since, locked.title = now, title
        asked = _add(locked, Author.CUSTOMER, text)
        answer = _add(locked, Author.AGENT, "", status=MessageStatus.WRITING)
    return Turn(locked, asked, answer)


def title_of(text: str) -> str:
    """The first words, on one line."""
    words = " ".join(text.split())
    if len(words) <= LONGEST_TITLE:
        return words
    return words[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def write(answer: Message, **changes: Any) -> bool:
    """Change a message that is being written; whether it still is. Nothing changes if not."""
    with transaction.atomic():
        thread = _locked(answer.thread)
        if not _change(thread, answer, only_writing=True, **changes):
            return False
        _tell(thread, "written")
    return True


def finish(answer: Message, status: MessageStatus, **changes: Any) -> bool:
    """The answer is complete, failed or was stopped; whether it was still being written."""
    with transaction.atomic():
        thread = _locked(answer.thread)
        if not _change(thread, answer, only_writing=True, status=status, **changes):
            return False
        Thread.objects.filter(pk=thread.pk).update(answering_since=None)
        _tell(thread, "answered")
    return True


def stop(thread: Thread) -> Message | None:
    """The answer under way, which is now stopped, if there was one. What was written stays."""
    answer = thread.messages.filter(status=MessageStatus.WRITING).last()
    return answer if answer and finish(answer, MessageStatus.STOPPED) else None


def understand(asked: Message, understanding: dict[str, Any]) -> None:
    """Put down what the customer meant."""
    with transaction.atomic():
        thread = _locked(asked.thread)
        _change(thread, asked, understanding=understanding)
        _tell(thread, "understood")


def give_feedback(message: Message, *, user: User, is_good: bool, comment: str = "") -> Feedback:
    """What ``user`` thinks of an answer, in place of what they thought before.

    Raises :class:`Conflict` for what is no answer, :class:`InvalidInput` for a long comment.
    """
    if message.author != Author.AGENT or message.status == MessageStatus.WRITING:
        raise Conflict("Only a finished answer can be judged.")
    if len(comment) > LONGEST_COMMENT:
        raise InvalidInput(f"A comment can have {LONGEST_COMMENT} characters at most.")
    judged = {"is_good": is_good, "comment": comment.strip()}
    feedback, _ = Feedback.objects.update_or_create(message=message, user=user, defaults=judged)
    return feedback


# ---------------------------------------------------------------- under the lock


def _checked(text: str) -> str:
    text = text.replace("\x00", "").strip()
    if not text:
        raise InvalidInput("Write a message.")
    if len(text) > LONGEST_MESSAGE:
        raise InvalidInput(f"A message can have {LONGEST_MESSAGE:,} characters at most.")
    return text


def _locked(thread: Thread) -> Thread:
    locked = Thread.objects.select_for_update(of=("self",)).select_related("business")
    return locked.get(pk=thread.pk)


def _require_open(thread: Thread) -> None:
    if thread.channel == Channel.PHONE:
        raise Conflict("This conversation is held on the phone.")
    if thread.ended_at is not None:
        raise Conflict("This conversation has ended; begin a new one.")
    since = thread.answering_since
    if since is not None and timezone.now() - since < ANSWER_WITHIN:
        raise Conflict("The last message is still being answered; wait, or stop the answer.")


def _give_up_lost(thread: Thread) -> None:
    """Answers of processes that are gone."""
    for answer in thread.messages.filter(status=MessageStatus.WRITING):
        text = f"{answer.text} {APOLOGY}".strip()
        _change(thread, answer, text=text, status=MessageStatus.FAILED)


def _add(thread: Thread, author: Author, text: str, **fields: Any) -> Message:
    last = thread.messages.aggregate(last=Max("sequence"))["last"] or 0
    version = _next_version(thread)
    message = Message.objects.create(
        thread=thread,
        sequence=last + 1,
        author=author,
        text=text,
        version=version,
        created_version=version,
        **fields,
    )
    _tell(thread, "added")
    return message


def _change(
    thread: Thread, message: Message, *, only_writing: bool = False, **changes: Any
) -> bool:
    rows = Message.objects.filter(pk=message.pk)
    if only_writing:
        rows = rows.filter(status=MessageStatus.WRITING)
    if not rows.update(**changes, version=thread.version + 1):
        return False
    for name, value in {**changes, "version": _next_version(thread)}.items():
        setattr(message, name, value)
    return True


def _next_version(thread: Thread) -> int:
    thread.version += 1
    Thread.objects.filter(pk=thread.pk).update(version=thread.version, updated_at=timezone.now())
    return thread.version


def _tell(thread: Thread, event: str) -> None:
    send_after_commit(
        thread_changed, thread_id=thread.public_id, business_id=thread.business_id, event=event
    )
