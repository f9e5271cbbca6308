"""What conversations in writing set off: read-backs noted, leads told."""

from collections.abc import Iterator

import pytest
from celery import current_app
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads.models import Lead
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.enums import Channel, FactStatus, MessageStatus
from salesdesk.assistant.models import Thread
from salesdesk.assistant.tasks import tell_lead
from salesdesk.assistant.tests.capturing import with_fields
from salesdesk.assistant.writing import threads
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db
Committed = DjangoCaptureOnCommitCallbacks


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are queued."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def thread(business: Business) -> Thread:
    return threads.open_thread(with_fields(business), channel=Channel.CHAT)


def answer(thread: Thread, text: str) -> None:
    turn = threads.begin_turn(thread, "Go on.")
    threads.finish(turn.answer, MessageStatus.DONE, text=text)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("I have maria@gmail.com, is that right?", FactStatus.READ_BACK),
        ("Thank you.", FactStatus.HEARD),
    ],
)
def test_a_finished_answer_reads_back(
    thread: Thread, text: str, status: str, django_capture_on_commit_callbacks: Committed
) -> None:
    capture.capture_fact(thread, "email", "maria@gmail.com")

    with django_capture_on_commit_callbacks(execute=True):
        answer(thread, text)

    assert thread.captured.get().status == status


def test_the_end_of_a_conversation_tells_the_lead(
    thread: Thread, at_once: None, django_capture_on_commit_callbacks: Committed
) -> None:
    capture.capture_fact(thread, "name", "Maria Lopez")

    with django_capture_on_commit_callbacks(execute=True):
        threads.end_thread(thread)

    assert Lead.objects.get().name == "Maria Lopez"


def test_a_conversation_that_is_not_there_tells_nobody(db: None) -> None:
    tell_lead("nothing")

    assert not Lead.objects.exists()
