"""The chat pages: who may open which, asking without script, and judging answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads.models import Lead
from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Channel, MessageStatus
from salesdesk.assistant.models import Feedback, Message, Thread
from salesdesk.assistant.tests.conftest import FollowScript
from salesdesk.assistant.tests.scripted import PASSAGE
from salesdesk.assistant.writing import threads
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError

ClientFor = Callable[[User | None], Client]
HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}
QUESTION = "How long is the warranty?"

pytestmark = pytest.mark.django_db


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)


def url(name: str, *arguments: str) -> str:
    return reverse(f"assistant:{name}", args=arguments)


@pytest.fixture
def answer(thread: Thread) -> Message:
    """A finished one, in the rep's thread."""
    turn = threads.begin_turn(thread, QUESTION)
    threads.finish(turn.answer, MessageStatus.DONE, text="25 years.", citations=[PASSAGE])
    return turn.answer


# ---------------------------------------------------------------- who may

LIST = {"admin_user": 200, "manager": 200, "rep": 200, "auditor": 403, "outsider": 200}
ONE = {"admin_user": 200, "manager": 200, "rep": 200, "auditor": 403, "outsider": 404}
WRITING = {"admin_user": 403, "manager": 403, "rep": 302, "auditor": 403, "outsider": 404}
JUDGING = {"admin_user": 302, "manager": 302, "rep": 302, "auditor": 403, "outsider": 404}
SIGNED_OUT = {"anonymous": 302}


def cases(table: dict[str, int]) -> list[tuple[str, int]]:
    return list({**table, **SIGNED_OUT}.items())


@pytest.mark.parametrize(("who", "status"), cases(LIST))
def test_who_opens_the_list(
    who: str, status: int, thread: Thread, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    response = client_for(visitor(who, request)).get(url("chats"))
    assert response.status_code == status
    sees_it = "New conversation" in response.content.decode()
    assert sees_it is (status == 200)


@pytest.mark.parametrize(("who", "status"), cases(ONE))
def test_who_reads_a_reps_conversation(
    who: str, status: int, answer: Message, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    client = client_for(visitor(who, request))
    response = client.get(url("thread", answer.thread.public_id))
    assert response.status_code == status
    assert ("25 years." in response.content.decode()) is (status == 200)


@pytest.mark.parametrize("action", ["ask", "stop", "end"])
@pytest.mark.parametrize(("who", "status"), cases(WRITING))
@pytest.mark.django_db(transaction=True)
def test_who_writes_in_a_reps_conversation(
    who: str,
    status: int,
    action: str,
    thread: Thread,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
    follow: FollowScript,
) -> None:
    client = client_for(visitor(who, request))
    response = client.post(url(action, thread.public_id), {"text": QUESTION})
    assert response.status_code == status
    wrote = who == "rep" and action == "ask"
    assert thread.messages.exists() is wrote
    thread.refresh_from_db()
    assert (thread.ended_at is not None) is (who == "rep" and action == "end")


@pytest.mark.parametrize(("who", "status"), cases(JUDGING))
def test_who_judges_an_answer(
    who: str, status: int, answer: Message, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    client = client_for(visitor(who, request))
    response = client.post(url("feedback", answer.public_id), {"is_good": "false", "comment": "No"})
    assert response.status_code == status
    is_kept = status == 302 and who != "anonymous"
    assert Feedback.objects.filter(is_good=False, comment="No").exists() is is_kept


def test_another_reps_conversation_is_not_there(
    business: Business, manager: User, rep: User, client_for: ClientFor
) -> None:
    others = threads.open_thread(business, channel=Channel.CHAT, started_by=manager)
    assert client_for(rep).get(url("thread", others.public_id)).status_code == 404


@pytest.mark.parametrize(
    ("who", "is_shown"), [("rep", True), ("manager", True), ("auditor", False)]
)
def test_the_menu_leads_there_who_may_go(
    who: str, is_shown: bool, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    page = client_for(visitor(who, request)).get("/").content.decode()
    assert ('href="/assistant/"' in page) is is_shown


# ---------------------------------------------------------------- lists


def test_everybodys_are_for_managers(
    answer: Message, manager: User, rep: User, client_for: ClientFor
) -> None:
    whose = {"whose": "all"}
    assert QUESTION not in client_for(manager).get(url("chats")).content.decode()
    assert QUESTION in client_for(manager).get(url("chats"), whose).content.decode()
    assert "Everybody" not in client_for(rep).get(url("chats"), whose).content.decode()


def test_calls_are_not_among_the_chats(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    call = threads.open_thread(business, channel=Channel.PHONE, conversation="call1")
    page = client_for(manager).get(url("chats"), {"whose": "all"})
    assert call.public_id not in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_however_long_it_is(
    count: int,
    business: Business,
    rep: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        lead = Lead.objects.create(business=business, first_name=f"L{number}", source="manual")
        threads.open_thread(business, channel=Channel.CHAT, lead=lead, started_by=rep)
    client = client_for(rep)
    client.get(url("chats"))
    with django_assert_num_queries(15):
        page = client.get(url("chats"))
    ids = Thread.objects.values_list("public_id", flat=True)
    assert len(ids) == count
    assert all(url("thread", each) in page.content.decode() for each in ids)


# ---------------------------------------------------------------- asking, without script


@pytest.mark.django_db(transaction=True)
def test_a_conversation_begins_with_a_question(
    business: Business, rep: User, client_for: ClientFor, follow: FollowScript
) -> None:
    lead = Lead.objects.create(business=business, phone="+14155550123", source="manual")
    body = {"business": business.public_id, "lead": lead.public_id, "text": QUESTION}

    response = client_for(rep).post(url("new_thread"), body, follow=True)

    thread = Thread.objects.get()
    assert response.redirect_chain == [(url("thread", thread.public_id), 302)]
    assert (thread.lead, thread.customer_phone) == (lead, "+14155550123")
    assert (thread.channel, thread.started_by, thread.title) == ("chat", rep, QUESTION)
    page = response.content.decode()
    assert "The panels have a warranty of 25 years." in page
    assert "Search the documents" in page and "42 ms" in page
    assert "?passage=passage1#passage-passage1" in page


@pytest.mark.django_db(transaction=True)
def test_a_suggestion_is_asked_in_place_of_the_text(
    business: Business, rep: User, client_for: ClientFor, follow: FollowScript
) -> None:
    body = {"business": business.public_id, "text": "", "suggestion": "Do you offer financing?"}
    client_for(rep).post(url("new_thread"), body)
    assert Message.objects.get(sequence=1).text == "Do you offer financing?"


@pytest.mark.django_db(transaction=True)
def test_what_is_written_is_shown_as_text(
    thread: Thread, rep: User, client_for: ClientFor, follow: FollowScript
) -> None:
    text = "<script>alert(1)</script>"
    response = client_for(rep).post(url("ask", thread.public_id), {"text": text}, follow=True)
    page = response.content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page


@pytest.mark.django_db(transaction=True)
def test_an_agent_that_fails_is_seen(
    thread: Thread, rep: User, client_for: ClientFor, follow: FollowScript
) -> None:
    follow([ProviderError("The model is down.")])
    response = client_for(rep).post(url("ask", thread.public_id), {"text": QUESTION}, follow=True)
    page = response.content.decode()
    assert QUESTION in page and "something went wrong on our side" in page
    assert "The model is down." not in page


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("text", "", "Write a message."),
        ("text", "x" * 4001, "4,000 characters at most"),
        ("business", "nothing", "Select a valid choice"),
        ("lead", "nothing", "Select a valid choice"),
    ],
)
def test_what_cannot_be_asked_is_said_beside_the_field(
    field: str, value: str, problem: str, business: Business, rep: User, client_for: ClientFor
) -> None:
    body = {"business": business.public_id, "text": QUESTION, field: value}
    response = client_for(rep).post(url("new_thread"), body)
    assert response.status_code == 422
    assert problem in response.content.decode()
    assert not Thread.objects.exists()


def test_another_businesss_lead_cannot_be_chosen(
    business: Business, other_business: Business, rep: User, client_for: ClientFor
) -> None:
    lead = Lead.objects.create(business=other_business, first_name="Otto", source="manual")
    body = {"business": business.public_id, "lead": lead.public_id, "text": QUESTION}
    assert client_for(rep).post(url("new_thread"), body).status_code == 422


def test_a_draft_that_is_too_long_stays(thread: Thread, rep: User, client_for: ClientFor) -> None:
    draft = "y" * 4001
    response = client_for(rep).post(url("ask", thread.public_id), {"text": draft})
    assert response.status_code == 422
    assert draft in response.content.decode()


def test_with_script_only_the_problem_comes_back(
    thread: Thread, rep: User, client_for: ClientFor
) -> None:
    response = client_for(rep).post(url("ask", thread.public_id), {"text": " "}, **HTMX)
    assert response.status_code == 422
    assert response.content.decode().strip().startswith('<div id="composer-problems"')


def test_what_is_being_answered_takes_no_second_message(
    thread: Thread, rep: User, client_for: ClientFor
) -> None:
    threads.begin_turn(thread, "First")
    response = client_for(rep).post(url("ask", thread.public_id), {"text": "Second"}, **HTMX)
    assert response.status_code == 409
    assert "still being answered" in response.headers["HX-Trigger"]
    assert thread.messages.count() == 2


def test_an_answer_is_stopped(thread: Thread, rep: User, client_for: ClientFor) -> None:
    answer = threads.begin_turn(thread, "First").answer
    client = client_for(rep)
    assert client.post(url("stop", thread.public_id), **HTMX).status_code == 204
    answer.refresh_from_db()
    assert answer.status == MessageStatus.STOPPED
    assert "Stopped" in client.get(url("thread", thread.public_id)).content.decode()


def test_an_ended_conversation_is_still_read(
    answer: Message, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    client.post(url("end", answer.thread.public_id))
    page = client.get(url("thread", answer.thread.public_id)).content.decode()
    assert 'data-state="ended"' in page and "25 years." in page
    again = client.post(url("end", answer.thread.public_id))
    assert again.status_code == 409


# ---------------------------------------------------------------- judging


def test_a_thumb_is_kept_and_can_be_turned(
    answer: Message, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    client.post(url("feedback", answer.public_id), {"is_good": "true"}, **HTMX)
    body = {"is_good": "false", "comment": "Which panels?"}
    piece = client.post(url("feedback", answer.public_id), body, **HTMX).content.decode()

    assert f'id="feedback-{answer.public_id}"' in piece and "Which panels?" in piece
    feedback = Feedback.objects.get()
    assert (feedback.is_good, feedback.comment, feedback.user) == (False, "Which panels?", rep)
    page = client.get(url("thread", answer.thread.public_id)).content.decode()
    assert "Which panels?" in page


def test_each_sees_their_own_feedback(
    answer: Message, rep: User, manager: User, client_for: ClientFor
) -> None:
    threads.give_feedback(answer, user=manager, is_good=False, comment="Wrong product")
    page = client_for(rep).get(url("thread", answer.thread.public_id)).content.decode()
    assert "Wrong product" not in page


def test_feedback_without_a_thumb_is_refused(
    answer: Message, rep: User, client_for: ClientFor
) -> None:
    response = client_for(rep).post(url("feedback", answer.public_id), {"comment": "?"}, **HTMX)
    assert response.status_code == 422
