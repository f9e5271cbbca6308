"""Status callbacks: their order, their content, their delivery."""

import asyncio
from email.utils import parsedate_to_datetime

import pytest

from calls.sandbox.call import Call
from calls.sandbox.callbacks import EVENTS, CallbackTarget
from calls.sandbox.carrier import Carrier, OutboundCall
from calls.sandbox.notifications import Problem
from calls.sandbox.script import Answer, AtTheEnd, Callee, CallerScript
from calls.sandbox.stage import Source
from calls.tests.sandbox.product import CALLER, LONGEST_WAIT_S, OWN_NUMBER, Product, Reply, twiml

CALLEE = "+14155550111"


async def place(carrier: Carrier, product: Product, *events: str, verbs: str = "<Hangup/>") -> Call:
    """An outbound call with these events, to its end."""
    order = OutboundCall(
        to=CALLEE,
        from_=OWN_NUMBER,
        source=Source(twiml=twiml(verbs)),
        callbacks=CallbackTarget(f"{product.url}/status/", events=events or EVENTS),
        timeout_s=1,
    )
    call = await carrier.place(order)
    await asyncio.wait_for(call.wait_ended(), LONGEST_WAIT_S)
    return call


def statuses(product: Product) -> list[str]:
    return [asked.params["CallStatus"] for asked in product.asked_at("/status/")]


async def test_callbacks_come_in_order_and_signed(carrier: Carrier, product: Product) -> None:
    call = await place(carrier, product)
    asked = product.asked_at("/status/")
    assert statuses(product) == ["initiated", "ringing", "in-progress", "completed"]
    assert [each.params["SequenceNumber"] for each in asked] == ["0", "1", "2", "3"]
    assert all(each.signed for each in asked)
    assert {each.params["CallSid"] for each in asked} == {call.sid}
    assert {each.params["CallbackSource"] for each in asked} == {"call-progress-events"}


async def test_the_last_callback_tells_the_duration(carrier: Carrier, product: Product) -> None:
    await place(carrier, product, verbs='<Pause length="1"/>')
    *before, last = product.asked_at("/status/")
    assert 1 <= int(last.params["CallDuration"]) <= 3
    assert last.params["Duration"] == "1"
    assert all("CallDuration" not in each.params for each in before)
    times = [parsedate_to_datetime(each.params["Timestamp"]) for each in (*before, last)]
    assert times == sorted(times)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Answer.BUSY, ["initiated", "ringing", "busy"]),
        (Answer.NO_ANSWER, ["initiated", "ringing", "no-answer"]),
        (Answer.FAILED, ["initiated", "failed"]),
    ],
)
async def test_a_call_that_is_not_answered_completes_with_its_reason(
    carrier: Carrier, product: Product, answer: Answer, expected: list[str]
) -> None:
    carrier.callees[CALLEE] = Callee(answer=answer, ring_ms=0)
    await place(carrier, product)
    assert statuses(product) == expected
    assert product.asked_at("/status/")[-1].params["CallDuration"] == "0"


async def test_only_what_was_asked_for_is_reported(carrier: Carrier, product: Product) -> None:
    await place(carrier, product, "answered", "completed")
    asked = product.asked_at("/status/")
    assert statuses(product) == ["in-progress", "completed"]
    assert [each.params["SequenceNumber"] for each in asked] == ["0", "1"]


async def test_an_inbound_number_reports_its_end_only_unless_told_otherwise(
    carrier: Carrier, product: Product
) -> None:
    carrier.numbers[OWN_NUMBER] = product.own_number(events=("completed",))
    product.answer_with("<Hangup/>")
    call = await carrier.ring(
        to=OWN_NUMBER, from_=CALLER, script=CallerScript(at_the_end=AtTheEnd.STAY)
    )
    await call.wait_ended()
    assert statuses(product) == ["completed"]


async def test_a_refused_callback_is_sent_once_more(carrier: Carrier, product: Product) -> None:
    product.replies["/status/"] = [Reply(status=503), Reply(), Reply(), Reply(), Reply()]
    call = await place(carrier, product)
    assert statuses(product) == ["initiated", "initiated", "ringing", "in-progress", "completed"]
    assert call.notifications == []


async def test_a_callback_that_is_never_taken_is_written_down(
    carrier: Carrier, product: Product
) -> None:
    product.replies["/status/"] = Reply(status=500)
    call = await place(carrier, product, "completed")
    assert statuses(product) == ["completed", "completed"]
    (notification,) = call.notifications
    assert notification.problem is Problem.CALLBACK_FAILED
    assert notification.is_warning
    assert call.status == "completed"
