"""Conversations in writing: order, versions, and what is refused."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from leads.models import Lead
from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Author, Channel, MessageStatus
from salesdesk.assistant.models import Feedback, Message, Thread
from salesdesk.assistant.signals import thread_changed, thread_ended
from salesdesk.assistant.writing import threads
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound

pytestmark = pytest.mark.django_db


@pytest.fixture
def lead(business: Business) -> Lead:
    return Lead.objects.create(business=business, phone="+14155550123", source="manual")


@pytest.fixture
def news() -> Iterator[list[str]]:
    """What ``thread_changed`` and ``thread_ended`` told, in order."""
    told: list[str] = []

    def note(event: str = "thread_ended", **_: object) -> None:
        told.append(event)

    for signal in (thread_changed, thread_ended):
        signal.connect(note)
    yield told
    for signal in (thread_changed, thread_ended):
        signal.disconnect(note)


# ---------------------------------------------------------------- threads


def test_a_thread_of_its_own_is_named_by_its_id(thread: Thread, rep: User) -> None:
    assert thread.conversation == thread.public_id
    assert (thread.channel, thread.started_by) == (Channel.CHAT, rep)


def test_a_conversation_has_one_thread(business: Business, other_business: Business) -> None:
    first = threads.open_thread(business, channel=Channel.PHONE, conversation="call1")
    assert threads.open_thread(business, channel=Channel.PHONE, conversation="call1") == first
    with pytest.raises(NotFound):
        threads.open_thread(other_business, channel=Channel.PHONE, conversation="call1")


def test_the_lead_gives_the_number(business: Business, lead: Lead) -> None:
    thread = threads.open_thread(business, channel=Channel.API, lead=lead)
    assert (thread.lead, thread.customer_phone) == (lead, "+14155550123")


def test_a_lead_of_another_business_is_not_there(other_business: Business, lead: Lead) -> None:
    with pytest.raises(NotFound):
        threads.open_thread(other_business, channel=Channel.API, lead=lead)


def test_an_ended_conversation_stays_ended(
    thread: Thread, news: list[str], django_capture_on_commit_callbacks: object
) -> None:
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert threads.end_thread(thread)
        assert not threads.end_thread(thread)
    assert news == ["ended", "thread_ended"]
    with pytest.raises(Conflict, match="has ended"):
        threads.begin_turn(thread, "Hello?")


# ---------------------------------------------------------------- turns


def test_a_turn_stores_what_was_asked_and_a_place_for_the_answer(thread: Thread) -> None:
    turn = threads.begin_turn(thread, "  How long is the warranty?  ")

    assert (turn.asked.text, turn.asked.sequence) == ("How long is the warranty?", 1)
    assert (turn.answer.text, turn.answer.sequence) == ("", 2)
    assert turn.answer.status == MessageStatus.WRITING
    thread.refresh_from_db()
    assert thread.title == "How long is the warranty?"
    assert thread.version == 2


def test_the_title_is_the_first_words(thread: Thread) -> None:
    threads.finish(threads.begin_turn(thread, "word " * 40).answer, MessageStatus.DONE)
    threads.begin_turn(thread, "Another question")
    thread.refresh_from_db()
    assert thread.title == " ".join(["word"] * 15) + "…"


@pytest.mark.parametrize("text", ["", " \n ", "\x00", "x" * 4001])
def test_a_message_has_words_and_an_end(thread: Thread, text: str) -> None:
    with pytest.raises(InvalidInput):
        threads.begin_turn(thread, text)
    assert not thread.messages.exists()


def test_one_answer_at_a_time(thread: Thread) -> None:
    turn = threads.begin_turn(thread, "First")
    with pytest.raises(Conflict, match="still being answered"):
        threads.begin_turn(thread, "Second")

    assert threads.finish(turn.answer, MessageStatus.DONE, text="Yes.")
    assert threads.begin_turn(thread, "Second").asked.sequence == 3


def test_an_answer_whose_process_is_gone_is_given_up(thread: Thread) -> None:
    lost = threads.begin_turn(thread, "First").answer
    threads.write(lost, text="Well,")
    long_ago = timezone.now() - threads.ANSWER_WITHIN - timedelta(seconds=1)
    Thread.objects.filter(pk=thread.pk).update(answering_since=long_ago)

    threads.begin_turn(thread, "Second")

    lost.refresh_from_db()
    assert lost.status == MessageStatus.FAILED
    assert lost.text == f"Well, {threads.APOLOGY}"


def test_nobody_writes_into_a_call(business: Business) -> None:
    call = threads.open_thread(business, channel=Channel.PHONE, conversation="call1")
    with pytest.raises(Conflict, match="on the phone"):
        threads.begin_turn(call, "Hello")


def test_a_stopped_answer_keeps_what_was_written_and_takes_no_more(thread: Thread) -> None:
    answer = threads.begin_turn(thread, "Tell me all").answer
    assert threads.write(answer, text="It is")

    assert threads.stop(thread) == answer
    assert threads.stop(thread) is None
    assert not threads.write(answer, text="It is long")
    assert not threads.finish(answer, MessageStatus.DONE, text="It is long")

    answer.refresh_from_db()
    assert (answer.status, answer.text) == (MessageStatus.STOPPED, "It is")
    assert threads.begin_turn(thread, "Shorter").asked.sequence == 3


def test_each_change_takes_the_next_version(thread: Thread) -> None:
    turn = threads.begin_turn(thread, "Hello")
    threads.write(turn.answer, text="Hi.")
    threads.understand(turn.asked, {"intent": "small_talk"})
    threads.finish(turn.answer, MessageStatus.DONE)

    versions = list(thread.messages.values_list("created_version", "version"))
    assert versions == [(1, 4), (2, 5)]


@pytest.mark.django_db(transaction=True)
def test_messages_at_once_leave_no_gap(thread: Thread) -> None:
    """Twenty threads add a message each; numbers and versions are whole afterwards."""
    barrier = threading.Barrier(20)

    def add(number: int) -> None:
        barrier.wait(timeout=20)
        threads.add_message(thread, Author.CUSTOMER, f"Message {number}")
        connection.close()

    workers = [threading.Thread(target=add, args=(number,)) for number in range(20)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)

    numbers = list(range(1, 21))
    assert list(thread.messages.values_list("sequence", flat=True)) == numbers
    assert sorted(thread.messages.values_list("version", flat=True)) == numbers
    assert {each.text for each in thread.messages.all()} == {f"Message {n}" for n in range(20)}


@pytest.mark.django_db(transaction=True)
def test_of_two_turns_at_once_one_begins(thread: Thread) -> None:
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def ask() -> None:
        barrier.wait(timeout=20)
        try:
            threads.begin_turn(thread, "Hello")
            outcomes.append("begun")
        except Conflict:
            outcomes.append("refused")
        connection.close()

    workers = [threading.Thread(target=ask) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)

    assert sorted(outcomes) == ["begun", "refused"]
    assert thread.messages.count() == 2


# ---------------------------------------------------------------- for agents


def test_an_agent_sees_what_was_written_so_far(thread: Thread) -> None:
    threads.finish(threads.begin_turn(thread, "Hello").answer, MessageStatus.DONE, text="Hi there.")
    turn = threads.begin_turn(thread, "How long is the warranty?")

    conversation = threads.conversation_of(turn.thread)

    assert [(line.role, line.text) for line in conversation.lines] == [
        ("caller", "Hello"),
        ("agent", "Hi there."),
        ("caller", "How long is the warranty?"),
    ]
    assert conversation.business_name == "Bright Solar"
    assert conversation.now is not None and str(conversation.now.tzinfo) == "America/New_York"


def test_an_agent_sees_a_hundred_turns(thread: Thread) -> None:
    Message.objects.bulk_create(
        Message(thread=thread, sequence=number, author=Author.CUSTOMER, text=f"{number}")
        for number in range(1, 301)
    )
    lines = threads.conversation_of(thread).lines
    assert [line.text for line in lines] == [str(number) for number in range(101, 301)]


# ---------------------------------------------------------------- feedback


def test_feedback_is_one_a_user_and_can_change(thread: Thread, rep: User, manager: User) -> None:
    answer = threads.begin_turn(thread, "Hello").answer
    threads.finish(answer, MessageStatus.DONE, text="Hi.")

    threads.give_feedback(answer, user=rep, is_good=True)
    threads.give_feedback(answer, user=manager, is_good=True)
    threads.give_feedback(answer, user=rep, is_good=False, comment=" Too short ")

    told = Feedback.objects.order_by("user__email").values_list("user", "is_good", "comment")
    assert set(told) == {(rep.pk, False, "Too short"), (manager.pk, True, "")}


def test_only_a_finished_answer_is_judged(thread: Thread, rep: User) -> None:
    turn = threads.begin_turn(thread, "Hello")
    for message in (turn.asked, turn.answer):
        with pytest.raises(Conflict):
            threads.give_feedback(message, user=rep, is_good=True)
    threads.finish(turn.answer, MessageStatus.DONE, text="Hi.")
    with pytest.raises(InvalidInput):
        threads.give_feedback(turn.answer, user=rep, is_good=True, comment="x" * 1001)
