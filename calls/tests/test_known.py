"""“What we know” on the page of a call: what it shows, to whom, and that it fills live."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from celery import current_app
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from calls import services
from calls.enums import CallStatus
from calls.live.events import RecordUtterance, Speaker
from calls.models import Call
from calls.tests.knowing import learn_everything, thread_of, use_tool
from conftest import MakeCall
from leads.models import Lead
from salesdesk.accounts.models import User
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.enums import FactStatus
from salesdesk.assistant.memory.known import known_of
from salesdesk.assistant.models import CaptureField, HandOver, Thread
from salesdesk.assistant.tests.capturing import change_field, make_thread
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User | None], Client]
ApiFor = Callable[[User | None], APIClient]
MEMBERS = ["admin_user", "manager", "rep", "auditor", "superuser"]


@pytest.fixture
def page(manager: User, client_for: ClientFor) -> Client:
    return client_for(manager)


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are queued."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture(params=MEMBERS)
def member(request: pytest.FixtureRequest) -> User:
    user: User = request.getfixturevalue(request.param)
    return user


def html_of(client: Client, call: Call, rest: str = "") -> str:
    return client.get(f"/calls/{call.public_id}/{rest}").content.decode()


def statuses(html: str) -> dict[str, str]:
    return dict(re.findall(r'data-fact="(\w+)" data-status="(\w+)"', html))


def said_by_agent(call: Call, text: str, sequence: int = 0) -> None:
    services.record_utterance(call, RecordUtterance(sequence, Speaker.AGENT, text, 0, 900))


# ---------------------------------------------------------------- what is shown


def test_every_field_with_its_status(page: Client, call: Call) -> None:
    thread = thread_of(call)
    capture.capture_fact(thread, "budget", "18k", said="Around <b>eighteen</b> thousand.")
    capture.capture_fact(thread, "email", "maria@gmail.com")
    capture.confirm_fact(thread, "email", is_right=True)
    capture.capture_fact(thread, "phone", "415 555 0123")
    capture.read_back(thread, "phone")

    html = html_of(page, call)

    assert statuses(html) == {
        "name": "missing",
        "interest": "missing",
        "age": "missing",
        "budget": "heard",
        "owner": "missing",
        "start": "missing",
        "email": "confirmed",
        "phone": "read_back",
        "address": "missing",
    }
    assert "$18,000" in html
    assert "“Around &lt;b&gt;eighteen&lt;/b&gt; thousand.”" in html
    assert "+1 415-555-0123" in html
    assert "3 of 9 told" in html


def test_requests_hand_overs_and_tools(page: Client, call: Call) -> None:
    thread = thread_of(call)
    learn_everything(thread)
    use_tool(thread, "book_appointment", status="timed_out", error="Took too long", latency_ms=5000)

    html = html_of(page, call)

    assert "A person is wanted" in html
    assert "Reason 0" in html
    assert re.search(r"Desk</span>.*Lead</span>", html, re.S)
    assert "Wants to buy" in html
    assert '<span class="text-muted">Budget:</span> $18,000' in html
    assert "field: budget, value: 0 dollars" in html
    assert re.search(r"book_appointment.*Took too long.*5000 ms", html, re.S)


def test_a_past_call_and_its_history_show_it_too(page: Client, make_call: MakeCall) -> None:
    call = make_call(status=CallStatus.COMPLETED)
    learn_everything(thread_of(call))

    assert statuses(html_of(page, call))["budget"] == "heard"
    assert statuses(html_of(page, call, "history/"))["budget"] == "heard"


def test_a_business_without_fields_and_a_call_of_nobody(
    page: Client, call: Call, superuser: User, client_for: ClientFor
) -> None:
    nobodys = services.receive_call(sid="CA9", from_number="+14155550199", to_number="+13105550100")

    assert "no fields are set up" in html_of(page, call)
    assert "no fields are set up" in html_of(client_for(superuser), nobodys)


def test_a_field_put_away_is_shown_where_it_was_told(page: Client, call: Call) -> None:
    thread = thread_of(call)
    capture.capture_fact(thread, "age", "20")
    CaptureField.objects.filter(key__in=("age", "owner")).update(is_active=False)

    shown = statuses(html_of(page, call))

    assert shown["age"] == "heard"
    assert "owner" not in shown


def test_long_arguments_are_cut(page: Client, call: Call) -> None:
    use_tool(thread_of(call), arguments={"query": "x" * 500})

    html = html_of(page, call)

    assert "x" * 100 in html
    assert "x" * 121 not in html


def test_a_conversation_with_the_same_id_at_another_business_is_not_shown(
    page: Client, call: Call, other_business: Business
) -> None:
    theirs = make_thread(other_business, call.public_id)
    HandOver.objects.create(thread=theirs, from_agent="desk", to_agent="lead", reason="Theirs")
    use_tool(theirs, "their_tool")

    html = html_of(page, call)

    assert "Theirs" not in html
    assert "their_tool" not in html


@pytest.mark.parametrize("times", [1, 3])
def test_number_of_queries(
    times: int, call: Call, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    learn_everything(thread_of(call), times)

    with django_assert_num_queries(5):
        known = known_of(call.business_id, call.public_id)
    assert len(known.uses) == len(known.requests) == len(known.hand_overs) == known.told == times


# ---------------------------------------------------------------- who sees it


def test_who_sees_the_call_sees_what_is_known(
    member: User, call: Call, client_for: ClientFor, api_for: ApiFor
) -> None:
    learn_everything(thread_of(call))

    assert statuses(html_of(client_for(member), call))["budget"] == "heard"
    told = api_for(member).get(f"/api/v1/calls/{call.public_id}/captured").json()
    assert [fact["value"] for fact in told["facts"] if fact["key"] == "budget"] == [18000]


def test_who_does_not_see_the_call_does_not(
    outsider: User, call: Call, client_for: ClientFor, api_for: ApiFor
) -> None:
    learn_everything(thread_of(call))
    address = f"/calls/{call.public_id}/"

    assert client_for(outsider).get(address).status_code == 404
    assert client_for(None).get(address).status_code == 302
    assert api_for(outsider).get(f"/api/v1{address}captured").status_code == 404
    assert api_for(None).get(f"/api/v1{address}captured").status_code == 401


# ---------------------------------------------------------------- the API


def test_the_api_tells_every_field(call: Call, manager: User, api_for: ApiFor) -> None:
    thread = thread_of(call)
    capture.capture_fact(thread, "owner", "yes", said="We own it.")

    told = api_for(manager).get(f"/api/v1/calls/{call.public_id}/captured").json()

    by_key: dict[str, Any] = {fact["key"]: fact for fact in told["facts"]}
    assert by_key["owner"] == {
        "key": "owner",
        "label": "Owns the home",
        "type": "yes_no",
        "is_required": True,
        "status": "heard",
        "value": True,
        "said": "We own it.",
        "confidence": 1.0,
    }
    missing = {"status": "missing", "value": None, "said": "", "confidence": None}
    assert missing.items() <= by_key["budget"].items()
    assert not told["is_complete"]
    change_field(thread.business, "owner", is_required=True)
    CaptureField.objects.exclude(key="owner").update(is_required=False)
    told = api_for(manager).get(f"/api/v1/calls/{call.public_id}/captured").json()
    assert told["is_complete"]


# ---------------------------------------------------------------- what a call tells


def test_a_line_that_the_caller_heard_is_a_read_back(
    call: Call, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    thread = thread_of(call)
    capture.capture_fact(thread, "email", "maria@gmail.com")
    fact = thread.captured.get()

    with django_capture_on_commit_callbacks(execute=True):
        said_by_agent(call, "That is m a r i a at")  # cut off by the caller
        services.record_utterance(
            call, RecordUtterance(1, Speaker.CALLER, "maria at gmail dot com", 0, 900)
        )
    fact.refresh_from_db()
    assert fact.status == FactStatus.HEARD

    with django_capture_on_commit_callbacks(execute=True):
        said_by_agent(call, "That is m a r i a at gmail dot com, right?", sequence=2)
    fact.refresh_from_db()
    assert fact.status == FactStatus.READ_BACK


def test_the_lead_is_told_when_the_call_ends(
    call: Call,
    at_once: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    capture.capture_fact(thread_of(call), "name", "Maria Lopez")

    with django_capture_on_commit_callbacks(execute=True):
        services.advance_call(call, CallStatus.COMPLETED)

    lead = Lead.objects.get()
    assert (lead.name, lead.phone) == ("Maria Lopez", call.customer_number)
    assert Thread.objects.get().lead == lead


def test_a_call_without_an_agent_tells_no_lead(
    call: Call,
    at_once: None,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        services.advance_call(call, CallStatus.COMPLETED)

    assert not Lead.objects.exists()
