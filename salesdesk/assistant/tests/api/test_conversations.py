"""Conversations, their messages and feedback through the API."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from leads.models import Lead
from salesdesk.accounts.models import User
from salesdesk.assistant.enums import Channel, MessageStatus
from salesdesk.assistant.models import Feedback, Message, Thread
from salesdesk.assistant.tests.scripted import PASSAGE
from salesdesk.assistant.writing import threads
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

ApiFor = Callable[[User | None], APIClient]
LIST = "/api/v1/conversations"


def refusal(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content
    return response.json()["error"]


def found(client: APIClient, **query: str) -> list[str]:
    response = client.get(LIST, query)
    assert response.status_code == 200, response.content
    return [each["id"] for each in response.json()["results"]]


@pytest.fixture
def answer(thread: Thread) -> Message:
    """A finished one, in the rep's thread."""
    turn = threads.begin_turn(thread, "How long is the warranty?")
    threads.understand(turn.asked, {"intent": "warranty"})
    threads.finish(turn.answer, MessageStatus.DONE, text="25 years.", citations=[PASSAGE])
    return turn.answer


# ---------------------------------------------------------------- lists


def test_reps_see_their_own_and_managers_all(
    business: Business, thread: Thread, manager: User, rep: User, outsider: User, api_for: ApiFor
) -> None:
    others = threads.open_thread(business, channel=Channel.API, started_by=manager)
    call = threads.open_thread(business, channel=Channel.PHONE, conversation="call1")

    assert found(api_for(rep)) == [thread.public_id]
    assert set(found(api_for(manager))) == {thread.public_id, others.public_id, call.public_id}
    assert found(api_for(outsider)) == []


def test_auditors_do_not_read_conversations(thread: Thread, auditor: User, api_for: ApiFor) -> None:
    refusal(api_for(auditor).get(LIST), 403)
    refusal(api_for(auditor).get(f"{LIST}/{thread.public_id}"), 403)


def test_the_list_is_narrowed_down(business: Business, manager: User, api_for: ApiFor) -> None:
    lead = Lead.objects.create(business=business, first_name="Maria", source="manual")
    old = threads.open_thread(business, channel=Channel.API, started_by=manager)
    Thread.objects.filter(pk=old.pk).update(created_at=datetime(2026, 3, 1, 12, tzinfo=UTC))
    new = threads.open_thread(business, channel=Channel.CHAT, lead=lead, started_by=manager)
    client = api_for(manager)

    assert found(client, channel="api") == [old.public_id]
    assert found(client, lead=lead.public_id) == [new.public_id]
    assert found(client, to_date="2026-03-01") == [old.public_id]
    assert found(client, from_date="2026-03-02") == [new.public_id]
    assert found(client, business=business.public_id) == [new.public_id, old.public_id]
    assert "channel" in refusal(client.get(LIST, {"channel": "fax"}), 422)["fields"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_however_long_it_is(
    count: int,
    business: Business,
    manager: User,
    api_for: ApiFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        lead = Lead.objects.create(business=business, first_name=f"L{number}", source="manual")
        threads.open_thread(business, channel=Channel.CHAT, lead=lead, started_by=manager)
    client = api_for(manager)
    with django_assert_num_queries(4):
        assert len(found(client)) == count


# ---------------------------------------------------------------- one


def test_a_conversation_comes_with_its_messages(
    answer: Message, rep: User, api_for: ApiFor
) -> None:
    threads.give_feedback(answer, user=rep, is_good=True, comment="Good")
    data = api_for(rep).get(f"{LIST}/{answer.thread.public_id}").json()

    assert data["title"] == "How long is the warranty?"
    assert (data["channel"], data["call"], data["lead"]) == ("chat", None, None)
    asked, answered = data["messages"]
    assert (asked["author"], asked["understanding"]["intent"]) == ("customer", "warranty")
    assert (answered["text"], answered["status"]) == ("25 years.", "done")
    assert answered["citations"] == [PASSAGE]
    assert answered["feedback"][0]["comment"] == "Good"


def test_a_call_is_named(business: Business, manager: User, api_for: ApiFor) -> None:
    call = threads.open_thread(business, channel=Channel.PHONE, conversation="call1")
    assert api_for(manager).get(f"{LIST}/{call.public_id}").json()["call"] == "call1"


def test_messages_come_in_pages_and_after_another(
    answer: Message, rep: User, api_for: ApiFor
) -> None:
    url = f"{LIST}/{answer.thread.public_id}/messages"
    client = api_for(rep)
    assert [each["sequence"] for each in client.get(url).json()["results"]] == [1, 2]
    assert [each["sequence"] for each in client.get(url, {"after": 1}).json()["results"]] == [2]


@pytest.mark.parametrize("path", ["", "/messages", "/end"])
@pytest.mark.parametrize(("who", "status"), [("outsider", 404), ("auditor", 403)])
def test_others_do_not_come_near(
    path: str,
    who: str,
    status: int,
    thread: Thread,
    request: pytest.FixtureRequest,
    api_for: ApiFor,
) -> None:
    client = api_for(request.getfixturevalue(who))
    act = client.post if path == "/end" else client.get
    refusal(act(f"{LIST}/{thread.public_id}{path}"), status)


def test_another_reps_conversation_is_not_there(
    business: Business, manager: User, rep: User, api_for: ApiFor
) -> None:
    others = threads.open_thread(business, channel=Channel.CHAT, started_by=manager)
    refusal(api_for(rep).get(f"{LIST}/{others.public_id}"), 404)


def test_a_conversation_is_ended_once(thread: Thread, rep: User, api_for: ApiFor) -> None:
    url = f"{LIST}/{thread.public_id}/end"
    client = api_for(rep)
    assert client.post(url).json()["ended_at"] is not None
    assert refusal(client.post(url), 409)["code"] == "conflict"


def test_managers_do_not_end_others_conversations(
    thread: Thread, manager: User, api_for: ApiFor
) -> None:
    refusal(api_for(manager).post(f"{LIST}/{thread.public_id}/end"), 403)


# ---------------------------------------------------------------- feedback


def feedback_url(message: Message) -> str:
    return f"/api/v1/messages/{message.public_id}/feedback"


def test_an_answer_is_judged_and_judged_anew(answer: Message, rep: User, api_for: ApiFor) -> None:
    client = api_for(rep)
    client.put(feedback_url(answer), {"is_good": True})
    data = client.put(feedback_url(answer), {"is_good": False, "comment": "Too short"}).json()

    assert (data["is_good"], data["comment"]) == (False, "Too short")
    assert data["user"] == {"email": rep.email, "name": "Ray"}
    assert Feedback.objects.get().is_good is False


def test_managers_judge_others_answers(answer: Message, manager: User, api_for: ApiFor) -> None:
    assert api_for(manager).put(feedback_url(answer), {"is_good": True}).status_code == 200


def test_who_may_not_read_may_not_judge(
    answer: Message, outsider: User, auditor: User, api_for: ApiFor
) -> None:
    refusal(api_for(outsider).put(feedback_url(answer), {"is_good": True}), 404)
    refusal(api_for(auditor).put(feedback_url(answer), {"is_good": True}), 403)
    refusal(api_for(None).put(feedback_url(answer), {"is_good": True}), 401)
    assert not Feedback.objects.exists()


def test_a_customers_message_is_not_judged(answer: Message, rep: User, api_for: ApiFor) -> None:
    asked = answer.thread.messages.get(sequence=1)
    refusal(api_for(rep).put(feedback_url(asked), {"is_good": True}), 409)
    refusal(api_for(rep).put("/api/v1/messages/nothing/feedback", {"is_good": True}), 404)


@pytest.mark.parametrize(
    "body", [{}, {"is_good": "perhaps"}, {"is_good": True, "comment": "x" * 1001}]
)
def test_feedback_has_a_thumb_and_a_short_comment(
    body: dict[str, Any], answer: Message, rep: User, api_for: ApiFor
) -> None:
    refusal(api_for(rep).put(feedback_url(answer), body), 422)
