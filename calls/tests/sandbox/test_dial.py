"""One call that rings another number."""

import asyncio

import pytest

from calls.sandbox.call import Call, Direction, Status
from calls.sandbox.carrier import Carrier
from calls.sandbox.notifications import Problem
from calls.sandbox.script import (
    AfterPause,
    Answer,
    AtTheEnd,
    Callee,
    CallerScript,
    HangUp,
    Keys,
    Line,
    Step,
)
from calls.sandbox.timeline import Kind
from calls.tests.sandbox.product import CALLER, LONGEST_WAIT_S, OWN_NUMBER, Product, voice

REP, OTHER_REP = "+14155550111", "+14155550112"
TALK = (Line("How can I help?", when=AfterPause(200)), HangUp(AfterPause(200)))


def callee(*steps: Step, ring_ms: int = 0) -> Callee:
    return Callee(CallerScript(steps, AtTheEnd.STAY), ring_ms=ring_ms)


async def ring(carrier: Carrier, *steps: Step) -> Call:
    script = CallerScript(steps, AtTheEnd.STAY)
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=script)
    await asyncio.wait_for(call.wait_ended(), LONGEST_WAIT_S)
    return call


def leg_to(carrier: Carrier, number: str) -> Call:
    (leg,) = (call for call in carrier.calls.values() if call.parties.to == number)
    return leg


def heard_by(call: Call) -> bytes:
    assert call.phone is not None
    return call.phone.recording.heard


def result_of(product: Product) -> dict[str, str]:
    (asked,) = product.asked_at("/after/")
    assert asked.signed
    return asked.params


@pytest.fixture(autouse=True)
def _hang_up_afterwards(product: Product) -> None:
    product.answer_with("<Hangup/>", "/after/")


async def test_both_sides_hear_each_other(carrier: Carrier, product: Product) -> None:
    carrier.callees[REP] = callee(*TALK)
    product.answer_with(f'<Dial action="/after/">{REP}</Dial>')
    call = await ring(carrier, Line("Hi, I am Maria", when=AfterPause(250)))
    leg = leg_to(carrier, REP)
    assert voice("How can I help?") in heard_by(call)
    assert voice("Hi,") in heard_by(leg)
    assert (leg.parties.direction, leg.parties.parent_sid) == (Direction.DIALED, call.sid)
    assert leg.parties.from_ == CALLER


async def test_the_action_is_told_how_it_went(carrier: Carrier, product: Product) -> None:
    carrier.callees[REP] = callee(*TALK)
    product.answer_with(f'<Dial action="/after/">{REP}</Dial>')
    await ring(carrier)
    result = result_of(product)
    leg = leg_to(carrier, REP)
    assert (result["DialCallStatus"], result["DialBridged"]) == ("completed", "true")
    assert (result["DialCallSid"], result["DialCallDuration"]) == (leg.sid, str(leg.duration_s))
    assert result["CallStatus"] == "in-progress"


@pytest.mark.parametrize("answer", [Answer.BUSY, Answer.NO_ANSWER, Answer.FAILED])
async def test_a_rep_who_does_not_answer(
    carrier: Carrier, product: Product, answer: Answer
) -> None:
    carrier.callees[REP] = Callee(answer=answer, ring_ms=0)
    product.answer_with(f'<Dial action="/after/" timeout="1">{REP}</Dial>')
    call = await ring(carrier)
    result = result_of(product)
    assert (result["DialCallStatus"], result["DialBridged"]) == (answer.value, "false")
    assert "DialCallDuration" not in result
    assert call.status is Status.COMPLETED


async def test_without_action_the_next_verb_follows(carrier: Carrier, product: Product) -> None:
    carrier.callees[REP] = Callee(answer=Answer.BUSY, ring_ms=0)
    product.answer_with(f"<Dial>{REP}</Dial><Say>Nobody there</Say>")
    call = await ring(carrier)
    verbs = [happening.detail["verb"] for happening in call.timeline.of(Kind.VERB)]
    assert verbs == ["Dial", "Say"]


async def test_the_time_limit_ends_the_conversation(carrier: Carrier, product: Product) -> None:
    carrier.callees[REP] = callee()
    product.answer_with(f'<Dial action="/after/" timeLimit="1">{REP}</Dial>')
    await ring(carrier)
    assert result_of(product)["DialCallStatus"] == "completed"
    assert 1 <= leg_to(carrier, REP).duration_s <= 3


async def test_when_the_caller_hangs_up_the_rep_is_let_go(
    carrier: Carrier, product: Product
) -> None:
    carrier.callees[REP] = callee()
    product.answer_with(f'<Dial action="/after/">{REP}</Dial>')
    call = await ring(carrier, HangUp(AfterPause(500)))
    assert (call.status, leg_to(carrier, REP).status) == (Status.COMPLETED, Status.COMPLETED)
    assert result_of(product)["CallStatus"] == "completed"


async def test_when_the_caller_hangs_up_first_the_ringing_stops(
    carrier: Carrier, product: Product
) -> None:
    carrier.callees[REP] = callee(ring_ms=20_000)
    product.answer_with(f"<Dial>{REP}</Dial>")
    await ring(carrier, HangUp(AfterPause(300)))
    assert leg_to(carrier, REP).status is Status.CANCELED


async def test_the_first_of_several_to_answer_gets_the_call(
    carrier: Carrier, product: Product
) -> None:
    carrier.callees[REP] = callee(ring_ms=20_000)
    carrier.callees[OTHER_REP] = callee(*TALK, ring_ms=100)
    numbers = f"<Number>{REP}</Number><Number>{OTHER_REP}</Number>"
    product.answer_with(f'<Dial action="/after/">{numbers}</Dial>')
    await ring(carrier)
    assert leg_to(carrier, REP).status is Status.CANCELED
    assert result_of(product)["DialCallSid"] == leg_to(carrier, OTHER_REP).sid


async def test_the_caller_id_and_callbacks_of_a_number(carrier: Carrier, product: Product) -> None:
    carrier.callees[REP] = callee(*TALK)
    number = (
        f'<Number statusCallback="{product.url}/leg/" '
        f'statusCallbackEvent="ringing answered completed">{REP}</Number>'
    )
    product.answer_with(f'<Dial callerId="{OWN_NUMBER}">{number}</Dial>')
    call = await ring(carrier)
    leg = leg_to(carrier, REP)
    await leg.wait_ended()
    asked = product.asked_at("/leg/")
    assert [each.params["CallStatus"] for each in asked] == ["ringing", "in-progress", "completed"]
    assert {each.params["ParentCallSid"] for each in asked} == {call.sid}
    assert leg.parties.from_ == OWN_NUMBER


async def test_a_number_that_is_none_fails_the_dialling_only(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Dial action="/after/">12</Dial>')
    call = await ring(carrier)
    assert result_of(product)["DialCallStatus"] == "failed"
    assert [each.problem for each in call.notifications] == [Problem.DIAL_NUMBER]
    assert call.status is Status.COMPLETED


async def test_keys_are_heard_as_tones_at_the_other_end(carrier: Carrier, product: Product) -> None:
    carrier.callees[REP] = callee(HangUp(AfterPause(1_000)))
    product.answer_with(f"<Dial>{REP}</Dial>")
    await ring(carrier, Keys("5", AfterPause(300)))
    leg = leg_to(carrier, REP)
    assert len(leg.timeline.of(Kind.AGENT_STARTED)) == 1
