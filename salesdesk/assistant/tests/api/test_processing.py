"""A customer's message through the API: the answer, who may ask, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from leads.models import Lead
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import give_role
from salesdesk.assistant.enums import Channel
from salesdesk.assistant.loop.agent import Sentence
from salesdesk.assistant.models import Message, Thread
from salesdesk.assistant.tests.conftest import FollowScript
from salesdesk.assistant.tests.scripted import ANSWER, GOODBYE, PASSAGE, ScriptedAgent
from salesdesk.assistant.writing import threads
from salesdesk.assistant.writing.threads import APOLOGY
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError

pytestmark = pytest.mark.django_db(transaction=True)

ApiFor = Callable[[User | None], APIClient]
URL = "/api/v1/process_message"
QUESTION = "How long is the warranty on the panels?"


@pytest.fixture(autouse=True)
def _scripted(follow: FollowScript) -> None:
    follow(ANSWER)


def refusal(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content
    return response.json()["error"]


# ---------------------------------------------------------------- the answer


def test_the_answer_has_all_that_is_documented(
    business: Business, rep: User, api_for: ApiFor
) -> None:
    response = api_for(rep).post(URL, {"message": QUESTION})

    assert response.status_code == 200, response.content
    data = response.json()
    thread = Thread.objects.get()
    asked, answer = thread.messages.all()
    assert data.pop("took_ms") >= 0
    assert data == {
        "conversation_id": thread.public_id,
        "message_id": answer.public_id,
        "reply": "The panels have a warranty of 25 years. May I help you with anything else?",
        "status": "done",
        "has_ended": False,
        "intent": "warranty",
        "entities": [{"type": "product", "value": "panels", "text": "panels"}],
        "sentiment": {"score": 0.0, "label": "neutral"},
        "confidence": pytest.approx(0.911, abs=0.001),
        "needs_clarification": False,
        "reasoning": (
            "Warranty: the customer asks about the warranty; 1 tool used, 1 passage cited."
        ),
        "citations": [PASSAGE],
        "tool_calls": [
            {
                "name": "search_knowledge",
                "status": "ok",
                "latency_ms": 42,
                "arguments": {"query": "warranty"},
            }
        ],
        "model": "offline",
        "usage": {"input_tokens": 0, "output_tokens": 0, "cost": None},
    }
    assert asked.text == QUESTION
    assert (thread.channel, thread.started_by, thread.business) == (Channel.API, rep, business)


def test_a_conversation_goes_on(rep: User, api_for: ApiFor) -> None:
    client = api_for(rep)
    first = client.post(URL, {"message": "Hello"}).json()["conversation_id"]
    second = client.post(URL, {"message": QUESTION, "conversation_id": first}).json()

    assert second["conversation_id"] == first
    conversation, _ = ScriptedAgent.asked[-1]
    assert [line.text for line in conversation.lines][::2] == ["Hello", QUESTION]


def test_the_customer_is_the_lead_with_that_number(
    business: Business, rep: User, api_for: ApiFor
) -> None:
    customer = {"phone": "(415) 555-2671", "email": "maria@example.com", "name": "Maria de Souza"}
    client = api_for(rep)
    client.post(URL, {"message": "Hello", "customer": customer})
    client.post(URL, {"message": "Hello again", "customer": {"phone": "+1 415 555 2671"}})

    lead = Lead.objects.get()
    assert (lead.phone, lead.email) == ("+14155552671", "maria@example.com")
    assert (lead.first_name, lead.last_name, lead.source) == ("Maria", "de Souza", "api")
    told = set(Thread.objects.values_list("lead", "customer_phone"))
    assert told == {(lead.pk, "+14155552671")}


def test_who_is_not_named_stays_unknown(rep: User, api_for: ApiFor) -> None:
    api_for(rep).post(URL, {"message": "Hello", "customer": {"name": "Maria"}})
    assert not Lead.objects.exists()


def test_the_agent_can_end_the_conversation(
    rep: User, api_for: ApiFor, follow: FollowScript
) -> None:
    follow(GOODBYE)
    client = api_for(rep)
    data = client.post(URL, {"message": "Bye"}).json()
    assert data["has_ended"]

    again = {"message": "Hello?", "conversation_id": data["conversation_id"]}
    assert refusal(client.post(URL, again), 409)["code"] == "conflict"


def test_an_agent_that_fails_loses_nothing(
    rep: User, api_for: ApiFor, follow: FollowScript
) -> None:
    follow([ProviderError("The model is down.")])
    response = api_for(rep).post(URL, {"message": QUESTION})

    assert response.status_code == 200
    data = response.json()
    assert (data["status"], data["reply"], data["model"]) == ("failed", APOLOGY, "unknown")
    assert data["intent"] == "warranty"
    assert list(Message.objects.values_list("text", flat=True)) == [QUESTION, APOLOGY]


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("member", ["admin_user", "manager", "rep"])
def test_members_may_ask(member: str, request: pytest.FixtureRequest, api_for: ApiFor) -> None:
    user = request.getfixturevalue(member)
    assert api_for(user).post(URL, {"message": "Hello"}).status_code == 200


def test_a_superuser_says_which_business(
    business: Business, superuser: User, api_for: ApiFor
) -> None:
    body = {"message": "Hello", "business": business.public_id}
    assert api_for(superuser).post(URL, body).status_code == 200


def test_auditors_only_look(auditor: User, api_for: ApiFor) -> None:
    assert refusal(api_for(auditor).post(URL, {"message": "Hello"}), 403)["code"] == "not_allowed"


def test_nobody_asks_without_signing_in(business: Business, api_for: ApiFor) -> None:
    response = api_for(None).post(URL, {"message": "Hello"})
    assert refusal(response, 401)["code"] == "not_authenticated"
    assert not Thread.objects.exists()


def test_another_business_is_not_there(business: Business, outsider: User, api_for: ApiFor) -> None:
    body = {"message": "Hello", "business": business.public_id}
    assert refusal(api_for(outsider).post(URL, body), 404)["code"] == "not_found"


def test_another_users_conversation_is_not_there(
    thread: Thread, outsider: User, api_for: ApiFor
) -> None:
    body = {"message": "Hello", "conversation_id": thread.public_id}
    refusal(api_for(outsider).post(URL, body), 404)


def test_managers_read_others_conversations_but_do_not_write_in_them(
    thread: Thread, manager: User, api_for: ApiFor
) -> None:
    body = {"message": "Hello", "conversation_id": thread.public_id}
    refusal(api_for(manager).post(URL, body), 403)


def test_a_conversation_of_one_business_is_not_anothers(
    thread: Thread, rep: User, other_business: Business, api_for: ApiFor
) -> None:
    give_role(rep, business_id=other_business.pk, role=Role.REP)
    body = {
        "message": "Hello",
        "conversation_id": thread.public_id,
        "business": other_business.public_id,
    }
    refusal(api_for(rep).post(URL, body), 404)


def test_who_is_in_several_businesses_says_which(
    rep: User, other_business: Business, api_for: ApiFor
) -> None:
    give_role(rep, business_id=other_business.pk, role=Role.REP)
    client = api_for(rep)
    refusal(client.post(URL, {"message": "Hello"}), 422)

    body = {"message": "Hello", "business": other_business.public_id}
    assert client.post(URL, body).status_code == 200
    assert Thread.objects.get().business == other_business


def test_a_page_may_ask_with_its_session(rep: User, client_for: Callable[..., Client]) -> None:
    response = client_for(rep).post(URL, {"message": "Hello"}, content_type="application/json")
    assert response.status_code == 200


# ---------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "message"),
        ({"message": ""}, "message"),
        ({"message": "   "}, "message"),
        ({"message": "x" * 4001}, "message"),
        ({"message": "a\x00b"}, "message"),
        ({"message": "Hello", "channel": "phone"}, "channel"),
        ({"message": "Hello", "channel": "chat"}, "channel"),
        ({"message": "Hello", "customer": {"phone": "12"}}, "customer"),
        ({"message": "Hello", "customer": {"email": "nobody"}}, "customer"),
    ],
)
def test_wrong_values_are_told_by_field(
    body: dict[str, Any], field: str, rep: User, api_for: ApiFor
) -> None:
    error = refusal(api_for(rep).post(URL, body), 422)
    assert list(error["fields"]) == [field]
    assert not Thread.objects.exists()


def test_the_longest_message_is_taken(rep: User, api_for: ApiFor) -> None:
    assert api_for(rep).post(URL, {"message": "x" * 4000}).status_code == 200


def test_one_message_at_a_time(thread: Thread, rep: User, api_for: ApiFor) -> None:
    threads.begin_turn(thread, "First")
    body = {"message": "Second", "conversation_id": thread.public_id}
    assert refusal(api_for(rep).post(URL, body), 409)["code"] == "conflict"
    assert thread.messages.count() == 2


def test_the_101st_message_in_a_minute_waits(
    rep: User, api_for: ApiFor, follow: FollowScript
) -> None:
    follow([Sentence("Hi.")])
    client = api_for(rep)
    statuses = [client.post(URL, {"message": ""}).status_code for _ in range(99)]
    assert set(statuses) == {422}, "what is refused counts as well"
    assert client.post(URL, {"message": "Hello"}).status_code == 200

    response = client.post(URL, {"message": "Hello"})

    assert refusal(response, 429)["code"] == "throttled"
    assert 0 < int(response.headers["Retry-After"]) <= 60
    assert Thread.objects.count() == 1


def test_a_key_lets_a_message_act_once(rep: User, api_for: ApiFor) -> None:
    client = api_for(rep)
    key = {"Idempotency-Key": "message-1"}
    first = client.post(URL, {"message": QUESTION}, headers=key)
    again = client.post(URL, {"message": QUESTION}, headers=key)
    other = client.post(URL, {"message": "Something else"}, headers=key)

    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert refusal(other, 409)["code"] == "conflict"
    assert Thread.objects.count() == 1
