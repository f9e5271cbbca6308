"""The tools that capture and escalate, as agents use them."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings

from salesdesk.assistant.models import CapturedFact, EscalationRequest, Thread
from salesdesk.assistant.tests.capturing import PHONE, make_thread, with_fields
from salesdesk.assistant.tools.desk import CaptureFact, ConfirmFact, Escalate
from salesdesk.assistant.tools.registry import describe, tools_for, use_tool
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import Tool, ToolContext, ToolResult, Trust

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def thread(business: Business) -> Thread:
    return make_thread(with_fields(business))


def use(tool: Tool, thread: Thread, **given: Any) -> ToolResult:
    context = ToolContext(
        thread.business_id,
        thread.conversation,
        NOW,
        customer_phone=thread.customer_phone,
        thread_id=thread.pk,
    )
    return use_tool(tool, json.dumps(given), context).result


def test_callers_may_use_them_and_models_are_told_how() -> None:
    mine = {tool.name: tool for tool in (CaptureFact(), ConfirmFact(), Escalate())}

    assert mine.keys() <= tools_for(Trust.CALLER).keys()
    assert {
        f"salesdesk.assistant.tools.desk.{type(tool).__name__}" for tool in mine.values()
    } <= set(settings.AGENT_TOOLS)
    described: Any = describe(mine["capture_fact"])
    assert described["parameters"]["required"] == ["field", "value"]


def test_a_fact_that_is_read_back(thread: Thread) -> None:
    result = use(CaptureFact(), thread, field="email", value="maria dot lopez at gmail dot com")

    assert result.data == {
        "field": "email",
        "value": "maria.lopez@gmail.com",
        "spoken": "m a r i a dot l o p e z at gmail dot com",
        "needs_read_back": True,
        "problem": "",
    }
    assert "Read this back" in result.output
    assert not result.is_clarification
    assert result.confidence == 1.0


def test_a_fact_that_needs_no_reading_back(thread: Thread) -> None:
    result = use(CaptureFact(), thread, field="start", value="in March", said="in March maybe")

    assert result.data["value"] == "2027-03-01"
    assert not result.data["needs_read_back"]
    assert result.output == "Noted. Wants to start: March twenty twenty-seven."


def test_a_fact_that_was_not_understood(thread: Thread) -> None:
    result = use(CaptureFact(), thread, field="budget", value="quite a lot")

    assert result.data["problem"] == "I did not catch an amount."
    assert result.data["value"] is None
    assert result.is_clarification
    assert result.output.startswith("Not noted. I did not catch an amount.")
    assert not CapturedFact.objects.exists()


def test_confirming(thread: Thread) -> None:
    use(CaptureFact(), thread, field="email", value="maria@gmail.com")

    right = use(ConfirmFact(), thread, field="email", is_right=True)
    assert right.data == {"field": "email", "confirmed": True}
    assert CapturedFact.objects.get().status == "confirmed"

    wrong = use(ConfirmFact(), thread, field="email", is_right=False)
    assert wrong.is_clarification
    assert not CapturedFact.objects.exists()


@pytest.mark.parametrize("tool", [CaptureFact(), ConfirmFact()])
def test_a_field_that_there_is_not_is_told_in_words(thread: Thread, tool: Tool) -> None:
    given = {"field": "ssn", "value": "1", "is_right": True}

    assert (
        "There is no field “ssn”. The fields are: name, interest"
        in use(tool, thread, **given).output
    )


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        (CaptureFact(), {"field": "age"}),
        (CaptureFact(), {"field": "age", "value": ""}),
        (CaptureFact(), {"field": "age", "value": "9" * 501}),
        (ConfirmFact(), {"field": "age", "is_right": "perhaps"}),
        (Escalate(), {"reason": ""}),
        (Escalate(), {"reason": "x" * 301}),
        (Escalate(), {"reason": "Wants a person", "urgency": "extreme"}),
    ],
)
def test_arguments_that_do_not_fit(thread: Thread, tool: Tool, given: dict[str, Any]) -> None:
    assert "do not fit" in use(tool, thread, **given).output
    assert not CapturedFact.objects.exists()
    assert not EscalationRequest.objects.exists()


def test_escalating(thread: Thread) -> None:
    result = use(Escalate(), thread, reason="Wants a manager", urgency="high")
    again = use(Escalate(), thread, reason="wants a manager")

    request = EscalationRequest.objects.get()
    assert result.data == again.data == {"request": request.pk}
    assert (request.thread, request.urgency, request.callback_phone) == (thread, "high", PHONE)


def test_a_number_that_cannot_be_is_told_in_words(thread: Thread) -> None:
    result = use(Escalate(), thread, reason="Wants a manager", callback_phone="415 555")

    assert result.output == "This phone number has too many or too few digits."
    assert not EscalationRequest.objects.exists()


def test_a_conversation_that_nobody_put_down_is_begun(business: Business) -> None:
    with_fields(business)
    context = ToolContext(business.pk, "call9", NOW, customer_phone=PHONE)

    for value in ("18k", "20k"):
        use_tool(CaptureFact(), json.dumps({"field": "budget", "value": value}), context)

    thread = Thread.objects.get()
    assert (thread.conversation, thread.channel, thread.customer_phone) == ("call9", "phone", PHONE)
    assert CapturedFact.objects.get().value == 20000


def test_a_conversation_of_another_business_stays_closed(
    thread: Thread, other_business: Business
) -> None:
    with_fields(other_business)
    context = ToolContext(other_business.pk, thread.conversation, NOW)
    mine = ToolContext(other_business.pk, thread.conversation, NOW, thread_id=thread.pk)

    for each in (context, mine):
        use_tool(CaptureFact(), json.dumps({"field": "budget", "value": "18k"}), each)

    assert not CapturedFact.objects.exists()
