"""The carrier as a whole: its calls from the first ring to the last callback."""

from typing import Any

import pytest

from calls.sandbox import carrier as carrier_module
from calls.sandbox.call import Status
from calls.sandbox.carrier import Carrier, UnknownNumber
from calls.sandbox.script import AfterPause, AtTheEnd, CallerScript, Keys, Line
from calls.sandbox.timeline import Kind
from calls.tests.sandbox.product import (
    CALLER,
    OWN_NUMBER,
    Product,
    voice,
)

STAYING = CallerScript(at_the_end=AtTheEnd.STAY)


async def test_a_number_that_nobody_has_cannot_be_rung(carrier: Carrier) -> None:
    with pytest.raises(UnknownNumber, match=CALLER.replace("+", r"\+")):
        await carrier.ring(to=CALLER, from_=OWN_NUMBER, script=STAYING)


async def test_leaving_ends_all_calls_and_tells_the_product(
    product: Product, carrier_options: dict[str, Any]
) -> None:
    product.stream()
    async with Carrier(**carrier_options) as carrier:
        call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=STAYING)
        await call.wait_for(Kind.STREAM_STARTED)
    assert call.status is Status.COMPLETED
    assert product.asked_at("/status/")[-1].params["CallStatus"] == "completed"
    assert product.peers[0].messages[-1]["event"] == "stop"


async def test_a_test_can_lead_the_person_by_hand(carrier: Carrier, product: Product) -> None:
    product.stream()
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=STAYING)
    await call.wait_for(Kind.STREAM_STARTED)
    await carrier.do_now(call, Line("Hello", when=AfterPause()))
    await call.wait_for(Kind.CALLER_STOPPED)
    await carrier.do_now(call, Keys("7", AfterPause()))
    await product.peers[0].wait_for("dtmf")
    call.hang_up()
    await call.wait_ended()
    assert [happening.detail["text"] for happening in call.timeline.of(Kind.CALLER_STARTED)] == [
        "Hello"
    ]


async def test_nobody_can_be_led_before_the_answer(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Pause length="60"/>')
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=STAYING)
    with pytest.raises(LookupError, match="answered"):
        await carrier.do_now(call, Keys("7", AfterPause()))


async def test_the_oldest_finished_calls_are_forgotten(
    carrier: Carrier, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrier_module, "MOST_CALLS_KEPT", 2)
    product.answer_with("<Reject/>")
    calls = []
    for _ in range(3):
        call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=STAYING)
        await call.wait_ended()
        calls.append(call)
    assert list(carrier.calls.values()) == calls[1:]


async def test_waiting_for_what_never_happens_ends_with_the_call(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with("<Hangup/>")
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=STAYING)
    with pytest.raises(LookupError, match="0 of 1"):
        await call.wait_for(Kind.CLEARED)


async def test_the_recording_has_both_sides(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Say>Hi</Say><Pause length="1"/>')
    script = CallerScript([Line("Hello", when=AfterPause(300))], AtTheEnd.STAY)
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=script)
    await call.wait_ended()
    assert call.phone is not None
    recording = call.phone.recording
    assert voice("Hello") in recording.said
    assert voice("Hi") in recording.heard
    assert len(recording.said) == len(recording.heard) == recording.duration_ms * 8
