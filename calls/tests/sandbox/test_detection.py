"""Who answered, found out in the background and told as Twilio tells it."""

import asyncio
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from calls.sandbox.call import Call
from calls.sandbox.script import AfterPause, AtTheEnd, Callee, CallerScript, HangUp, Line, Tone
from calls.sandbox.server import Sandbox
from calls.tests.sandbox.product import ACCOUNT_SID, AUTH_TOKEN, OWN_NUMBER, Product, twiml

CALLEE = "+14155550111"
GREETING = Line("Leave a message", when=AfterPause(100))
MACHINE = CallerScript([GREETING, Tone(), HangUp(AfterPause(3_000))], AtTheEnd.STAY)
PERSON = CallerScript([Line("Hello", when=AfterPause(100)), HangUp(AfterPause(2_000))])


async def place(sandbox: Sandbox, product: Product, script: CallerScript, **wanted: Any) -> Call:
    """Called, and talked with to the end."""
    sandbox.default_callee = Callee(script, ring_ms=0)
    client = Client(ACCOUNT_SID, AUTH_TOKEN)
    client.api.base_url = sandbox.url
    detection = {"async_amd": "true", "async_amd_status_callback": f"{product.url}/amd/"}
    created = await asyncio.to_thread(
        client.calls.create,
        to=CALLEE,
        from_=OWN_NUMBER,
        twiml=twiml('<Pause length="60"/>'),
        **{**detection, **wanted},
    )
    call = sandbox.calls[created.sid]
    await call.wait_ended()
    return call


@pytest.mark.parametrize(
    ("script", "mode", "told"),
    [
        (MACHINE, "Enable", "machine_start"),
        (MACHINE, "DetectMessageEnd", "machine_end_beep"),
        (PERSON, "DetectMessageEnd", "human"),
    ],
)
async def test_who_answered_is_told_once_and_signed(
    sandbox: Sandbox, product: Product, script: CallerScript, mode: str, told: str
) -> None:
    call = await place(sandbox, product, script, machine_detection=mode)

    (asked,) = product.asked_at("/amd/")
    assert asked.signed
    assert (asked.params["CallSid"], asked.params["AnsweredBy"]) == (call.sid, told)
    assert int(asked.params["MachineDetectionDuration"]) > 0
    assert call.answered_by == told


async def test_nothing_is_told_of_a_call_that_ends_first(
    sandbox: Sandbox, product: Product
) -> None:
    script = CallerScript([HangUp(AfterPause(200))], AtTheEnd.STAY)
    await place(sandbox, product, script, machine_detection="Enable")
    assert product.asked_at("/amd/") == []


async def test_without_being_asked_it_detects_nothing(sandbox: Sandbox, product: Product) -> None:
    call = await place(sandbox, product, PERSON)
    assert (call.answered_by, product.asked_at("/amd/")) == (None, [])


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ({"machine_detection": "Perhaps"}, 21640),
        ({"machine_detection": "Enable", "async_amd": "false"}, 21640),
        ({"machine_detection": "Enable", "async_amd_status_callback": "amd"}, 21609),
        ({"machine_detection": "Enable", "async_amd_status_callback_method": "GET"}, 21209),
    ],
)
async def test_what_it_cannot_do_is_refused(
    sandbox: Sandbox, product: Product, wanted: dict[str, str], code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        await place(sandbox, product, PERSON, **wanted)
    assert refused.value.code == code
