"""A call of which the agents know something."""

from typing import Any

from calls.models import Call
from salesdesk.assistant import escalations
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.models import HandOver, Thread, ToolInvocation
from salesdesk.assistant.tests.capturing import make_thread, with_fields


def thread_of(call: Call) -> Thread:
    """The call's thread, in a business with the usual fields."""
    assert call.business is not None
    with_fields(call.business)
    return make_thread(call.business, call.public_id, customer_phone=call.customer_number)


def use_tool(thread: Thread, name: str = "capture_fact", **fields: Any) -> ToolInvocation:
    values = {"channel": "phone", "status": "ok", "latency_ms": 12, **fields}
    return ToolInvocation.objects.create(
        business=thread.business, conversation=thread.conversation, name=name, **values
    )


def learn_everything(thread: Thread, times: int = 1) -> None:
    """Facts, a request for a person, hand-overs and tools."""
    told = [("budget", "18k"), ("age", "about twenty"), ("email", "maria@gmail.com")]
    for key, value in told[:times]:
        capture.capture_fact(thread, key, value, said=f"It is {value}.")
    for number in range(times):
        escalations.request_person(thread, f"Reason {number}")
        use_tool(thread, arguments={"field": "budget", "value": f"{number} dollars"})
        HandOver.objects.create(
            thread=thread,
            from_agent="desk",
            to_agent="lead",
            reason="Wants to buy",
            knew={"facts": {"budget": {"value": 18000}}, "notes": {}, "agent": "desk"},
        )
