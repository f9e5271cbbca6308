"""Facts are heard, read back and confirmed."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.enums import FactStatus
from salesdesk.assistant.loop.state import Fact
from salesdesk.assistant.models import CapturedFact, Thread
from salesdesk.assistant.signals import facts_changed
from salesdesk.assistant.tests.capturing import (
    PHONE,
    change_field,
    make_thread,
    news_of,
    with_fields,
)
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotFound

pytestmark = pytest.mark.django_db
MAIL = "maria dot lopez at gmail dot com"


@pytest.fixture
def thread(business: Business) -> Thread:
    return make_thread(with_fields(business))


def status(thread: Thread, key: str) -> str:
    return thread.captured.get(field__key=key).status


def test_the_fields_come_in_the_order_of_asking_without_those_put_away(thread: Thread) -> None:
    change_field(thread.business, "budget", position=99)
    change_field(thread.business, "age", is_active=False)

    keys = [spec.key for spec in capture.fields_of(thread.business)]

    assert keys == "name interest owner start email phone address budget".split()


def test_a_fact_is_kept_with_the_words(thread: Thread) -> None:
    said = "Our budget is around eighteen thousand dollars."

    captured = capture.capture_fact(thread, "budget", "18000", said=said)

    assert captured.reading.spoken == "eighteen thousand dollars"
    assert not captured.needs_read_back
    assert capture.load_facts(thread) == {"budget": Fact(18000, said, FactStatus.HEARD, 1.0)}


def test_the_words_help_where_the_value_cannot_be_read(thread: Thread) -> None:
    captured = capture.capture_fact(thread, "age", "quite old", said="about twenty years")

    assert captured.reading.value == 20
    assert captured.confidence == capture.ONLY_FROM_WORDS
    assert capture.load_facts(thread)["age"].confidence == capture.ONLY_FROM_WORDS


def test_what_cannot_be_is_not_kept(thread: Thread) -> None:
    captured = capture.capture_fact(thread, "age", "nine hundred", said="nine hundred years")

    assert captured.reading.problem == "It should be between zero and two hundred."
    assert capture.load_facts(thread) == {}


def test_a_field_that_there_is_not(thread: Thread) -> None:
    with pytest.raises(NotFound, match=r"There is no field “shoe size”\. The fields are: name, "):
        capture.capture_fact(thread, "shoe size", "9")


def test_dates_are_those_of_the_business(thread: Thread) -> None:
    late = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # still the 20th in New York

    captured = capture.capture_fact(thread, "start", "tomorrow", now=late)

    assert captured.reading.value == "2026-11-21"


def test_this_number_is_the_caller_s(thread: Thread) -> None:
    assert capture.capture_fact(thread, "phone", "this number").reading.value == PHONE


def test_reading_back_and_confirming(thread: Thread) -> None:
    captured = capture.capture_fact(thread, "email", MAIL)
    assert captured.needs_read_back
    assert status(thread, "email") == FactStatus.HEARD

    assert capture.read_back(thread, "email")
    assert not capture.read_back(thread, "email")
    assert status(thread, "email") == FactStatus.READ_BACK

    capture.confirm_fact(thread, "email", is_right=True)
    assert status(thread, "email") == FactStatus.CONFIRMED


def test_the_same_value_again_stays_confirmed_and_another_is_only_heard(thread: Thread) -> None:
    capture.capture_fact(thread, "email", MAIL)
    capture.confirm_fact(thread, "email", is_right=True)

    again = capture.capture_fact(thread, "email", "maria.lopez@gmail.com")
    assert not again.needs_read_back
    assert status(thread, "email") == FactStatus.CONFIRMED

    other = capture.capture_fact(thread, "email", "m.lopez@gmail.com", said="m dot lopez")
    assert other.needs_read_back
    assert status(thread, "email") == FactStatus.HEARD
    assert capture.load_facts(thread)["email"].said == "m dot lopez"


def test_a_wrong_value_is_forgotten(thread: Thread) -> None:
    capture.capture_fact(thread, "email", MAIL)

    capture.confirm_fact(thread, "email", is_right=False)

    assert not CapturedFact.objects.exists()
    with pytest.raises(NotFound, match="Nothing has been noted for “E-mail address”"):
        capture.confirm_fact(thread, "email", is_right=True)


@pytest.mark.parametrize(
    ("line", "is_read_back"),
    [
        ("That is m a r i a dot l o p e z at gmail dot com. Is that right?", True),
        ("I have maria.lopez@gmail.com, is that right?", True),
        ("So M-A-R-I-A dot Lopez at gmail dot com?", True),
        ("I have m.lopez@gmail.com.", False),
        ("Thank you, Maria.", False),
        ("", False),
    ],
)
def test_what_the_customer_heard_says_whether_it_was_read_back(
    thread: Thread, line: str, is_read_back: bool
) -> None:
    capture.capture_fact(thread, "email", MAIL)

    capture.note_read_back(thread.conversation, line)

    assert status(thread, "email") == ("read_back" if is_read_back else "heard")


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("phone", "415 555 0123", "four one five, five five five, zero one two three, right?"),
        ("phone", "415 555 0123", "I have (415) 555-0123."),
        ("start", "in March", "You would like to start in March, is that right?"),
        ("start", "March 15th", "So March fifteenth."),
    ],
)
def test_other_values_are_recognised_in_what_is_said(
    thread: Thread, key: str, value: str, line: str
) -> None:
    change_field(thread.business, key, reads_back=True)
    capture.capture_fact(thread, key, value)

    capture.note_read_back(thread.conversation, line)

    assert status(thread, key) == FactStatus.READ_BACK


def test_a_line_is_read_only_where_a_fact_waits_for_it(
    thread: Thread, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    capture.capture_fact(thread, "budget", "18k")

    with django_assert_num_queries(1):
        capture.note_read_back(thread.conversation, "eighteen thousand dollars")

    assert status(thread, "budget") == FactStatus.HEARD


def test_news_are_told_when_something_has_changed_and_only_then(
    thread: Thread, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    told = news_of(facts_changed)
    steps = (
        lambda: capture.capture_fact(thread, "email", MAIL),
        lambda: capture.capture_fact(thread, "email", MAIL),
        lambda: capture.read_back(thread, "email"),
        lambda: capture.read_back(thread, "email"),
        lambda: capture.confirm_fact(thread, "email", is_right=True),
        lambda: capture.confirm_fact(thread, "email", is_right=True),
        lambda: capture.confirm_fact(thread, "email", is_right=False),
        lambda: capture.capture_fact(thread, "email", "no idea"),
    )
    counts = []
    for step in steps:
        with django_capture_on_commit_callbacks(execute=True):
            step()
        counts.append(len(told))

    assert counts == [1, 1, 2, 2, 3, 3, 4, 4]
    assert told[0] == {
        "business_id": thread.business_id,
        "conversation": "call1",
        "thread_id": thread.public_id,
    }


def test_another_thread_s_facts_are_its_own(thread: Thread) -> None:
    other = make_thread(thread.business, "call2")
    capture.capture_fact(thread, "budget", "18k")
    capture.capture_fact(other, "budget", "20k")

    assert capture.load_facts(thread)["budget"].value == 18000
    assert capture.load_facts(other)["budget"].value == 20000
