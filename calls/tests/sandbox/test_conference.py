"""Calls that meet in a conference."""

import asyncio

import pytest

from calls.audio import mulaw_from_pcm16, pcm16_from_mulaw
from calls.sandbox.call import Call, Status
from calls.sandbox.carrier import Carrier, OutboundCall
from calls.sandbox.conference import mix
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.playback import SILENT_FRAME
from calls.sandbox.script import AfterPause, AtTheEnd, Callee, CallerScript, HangUp, Line, Step
from calls.sandbox.stage import Source
from calls.sandbox.timeline import Kind
from calls.sandbox.twiml import Conference, Dial, read_twiml
from calls.tests.sandbox.product import LONGEST_WAIT_S, OWN_NUMBER, Product, twiml, voice

REP, LEAD, BOSS = "+14155550111", "+14155550112", "+14155550113"
ROOM = '<Dial action="/after/"><Conference {}>room-1</Conference></Dial>'
ENDS = 'endConferenceOnExit="true"'
WAITS = 'startConferenceOnEnter="false"'


async def join(carrier: Carrier, product: Product, number: str, how: str, *steps: Step) -> Call:
    carrier.callees[number] = Callee(CallerScript(steps, AtTheEnd.STAY), ring_ms=0)
    path = f"/room/{number}/"
    product.answer_with(ROOM.format(how), path)
    order = OutboundCall(to=number, from_=OWN_NUMBER, source=Source(f"{product.url}{path}"))
    call = await carrier.place(order)
    await asyncio.wait_for(call.wait_for(Kind.CONFERENCE), LONGEST_WAIT_S)
    return call


def heard_by(call: Call) -> bytes:
    assert call.phone is not None
    return call.phone.recording.heard


def told(call: Call) -> list[object]:
    return [happening.detail["event"] for happening in call.timeline.of(Kind.CONFERENCE)]


@pytest.fixture(autouse=True)
def _hang_up_afterwards(product: Product) -> None:
    product.answer_with("<Hangup/>", "/after/")


async def test_both_sides_hear_each_other_and_end_together(
    carrier: Carrier, product: Product
) -> None:
    rep = await join(carrier, product, REP, ENDS, Line("Hello from Ray", when=AfterPause(600)))
    lead = await join(
        carrier,
        product,
        LEAD,
        ENDS,
        Line("Hello from Maria Lopez", when=AfterPause(300)),
        HangUp(AfterPause(900)),
    )
    await asyncio.wait_for(rep.wait_ended(), LONGEST_WAIT_S)

    assert voice("Hello from Maria Lopez") in heard_by(rep)
    assert voice("Hello from Ray") in heard_by(lead)
    assert (rep.status, lead.status) == (Status.COMPLETED, Status.COMPLETED)
    assert carrier.rooms == {}
    assert [asked.params.get("DialCallStatus") for asked in product.asked_at("/after/")].count(
        "answered"
    ) == 1  # who hung up is not asked what comes next


async def test_who_waits_for_the_start_hears_nothing_before(
    carrier: Carrier, product: Product
) -> None:
    lead = await join(carrier, product, LEAD, WAITS, Line("Anybody?", when=AfterPause(100)))
    await lead.wait_for(Kind.CALLER_STOPPED)
    assert not carrier.rooms["room-1"].has_started

    await join(carrier, product, REP, ENDS, HangUp(AfterPause(300)))
    await asyncio.wait_for(lead.wait_ended(), LONGEST_WAIT_S)

    assert told(lead) == ["participant-join", "participant-leave"]


async def test_a_muted_member_is_not_heard(carrier: Carrier, product: Product) -> None:
    rep = await join(carrier, product, REP, ENDS)
    boss = await join(
        carrier, product, BOSS, 'muted="true"', Line("A whisper", when=AfterPause(100))
    )
    await boss.wait_for(Kind.CALLER_STOPPED)
    rep.hang_up()
    await asyncio.wait_for(boss.wait_ended(), LONGEST_WAIT_S)

    assert set(heard_by(rep)) <= {0xFF}


async def test_a_member_who_leaves_lets_the_others_talk_on(
    carrier: Carrier, product: Product
) -> None:
    rep = await join(carrier, product, REP, ENDS)
    lead = await join(carrier, product, LEAD, ENDS)
    boss = await join(carrier, product, BOSS, "", HangUp(AfterPause(200)))
    await asyncio.wait_for(boss.wait_ended(), LONGEST_WAIT_S)
    assert not rep.has_ended
    assert not lead.has_ended

    carrier.redirect(lead, Source(twiml=twiml("<Hangup/>")))
    await asyncio.wait_for(rep.wait_ended(), LONGEST_WAIT_S)


async def test_callbacks_tell_who_came_and_went(carrier: Carrier, product: Product) -> None:
    asks = f'{ENDS} statusCallback="{product.url}/room/" statusCallbackEvent="start end join leave"'
    rep = await join(carrier, product, REP, asks)
    lead = await join(carrier, product, LEAD, "", HangUp(AfterPause(100)))
    await asyncio.wait_for(lead.wait_ended(), LONGEST_WAIT_S)
    room_itself = carrier.rooms["room-1"]
    rep.hang_up()
    await asyncio.wait_for(rep.wait_ended(), LONGEST_WAIT_S)
    await room_itself.delivered()
    room = product.asked_at("/room/")

    assert [asked.params["StatusCallbackEvent"] for asked in room] == [
        "participant-join",
        "conference-start",
        "participant-join",
        "participant-leave",
        "participant-leave",
        "conference-end",
    ]
    assert all(asked.signed for asked in room)
    assert {asked.params["FriendlyName"] for asked in room} == {"room-1"}


def test_voices_at_once_are_added_and_one_alone_is_left_as_it_is() -> None:
    one, other = voice("one"), mulaw_from_pcm16(b"\x10\x20" * 160)

    assert mix([SILENT_FRAME, one, SILENT_FRAME]) == one
    assert mix([SILENT_FRAME]) == SILENT_FRAME
    both = pcm16_from_mulaw(mix([other, other]))
    single = pcm16_from_mulaw(other)
    assert int.from_bytes(both[:2], "little", signed=True) > int.from_bytes(
        single[:2], "little", signed=True
    )


def test_a_conference_is_read() -> None:
    document = f"<Response>{ROOM.format(ENDS)}</Response>"

    assert read_twiml(document) == [
        Dial(conference=Conference("room-1", ends=True), action="/after/")
    ]


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<Conference/>",
        "<Conference>a</Conference><Conference>b</Conference>",
        "+14155550111<Conference>a</Conference>",
    ],
)
def test_a_dial_of_both_or_nothing_is_refused(inside: str) -> None:
    with pytest.raises(CallError) as refused:
        read_twiml(f"<Response><Dial>{inside}</Dial></Response>")
    assert refused.value.problem is Problem.SCHEMA
