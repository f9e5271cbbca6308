import pytest
from twilio.twiml.voice_response import Connect, Gather, VoiceResponse
from twilio.twiml.voice_response import Dial as DialBuilder

from calls.sandbox import twiml
from calls.sandbox.notifications import CallError, Problem
from calls.sandbox.twiml import read_twiml


def read(verbs: str) -> list[twiml.Verb]:
    return read_twiml(f"<Response>{verbs}</Response>")


@pytest.mark.parametrize(
    ("verbs", "meaning"),
    [
        ("<Say>Hello\n  there</Say>", twiml.Say("Hello there")),
        ('<Say loop="0">Hello</Say>', twiml.Say("Hello", loop=twiml.FOREVER)),
        ("<Say>Mind <break/>the <emphasis>gap</emphasis></Say>", twiml.Say("Mind the gap")),
        ("<Play> https://x.test/a.wav </Play>", twiml.Play("https://x.test/a.wav")),
        ('<Play digits="w1#"/>', twiml.Play(digits="w1#")),
        ("<Pause/>", twiml.Pause(1)),
        ('<Pause length="3"/>', twiml.Pause(3)),
        ("<Redirect>/next/</Redirect>", twiml.Redirect("/next/")),
        ('<Redirect method="get">/next/</Redirect>', twiml.Redirect("/next/", "GET")),
        ("<Reject/>", twiml.Reject()),
        ('<Reject reason="busy"/>', twiml.Reject("busy")),
        ("<Hangup/>", twiml.Hangup()),
        ("<Gather/>", twiml.Gather()),
        ("<Dial>+14155550111</Dial>", twiml.Dial((twiml.Number("+14155550111"),))),
        (
            '<Connect><Stream url="wss://x.test/m"/></Connect>',
            twiml.ConnectStream("wss://x.test/m"),
        ),
    ],
)
def test_reads_a_verb(verbs: str, meaning: twiml.Verb) -> None:
    assert read(verbs) == [meaning]


def test_reads_what_twilios_own_builder_writes() -> None:
    response = VoiceResponse()
    gather = Gather(action="/keys/", num_digits=4, finish_on_key="*", timeout=3)
    gather.say("Your number, please")
    gather.pause(length=2)
    response.append(gather)
    connect = Connect(action="/over/", method="POST")
    connect.stream(url="wss://x.test/m", name="s1").parameter(name="lead", value="7")
    response.append(connect)
    assert read_twiml(str(response)) == [
        twiml.Gather(
            prompts=(twiml.Say("Your number, please"), twiml.Pause(2)),
            action="/keys/",
            num_digits=4,
            finish_on_key="*",
            timeout=3,
        ),
        twiml.ConnectStream("wss://x.test/m", {"lead": "7"}, name="s1", action="/over/"),
    ]


def test_dial_takes_numbers_with_their_own_callbacks() -> None:
    dial = DialBuilder(action="/after/", timeout=5, time_limit=60, caller_id="+14155550100")
    dial.number("+14155550111", status_callback="/s/", status_callback_event="ringing answered")
    response = VoiceResponse()
    response.append(dial)
    assert read_twiml(str(response)) == [
        twiml.Dial(
            numbers=(
                twiml.Number(
                    "+14155550111",
                    status_callback="/s/",
                    status_callback_events=("ringing", "answered"),
                ),
            ),
            action="/after/",
            timeout=5,
            time_limit=60,
            caller_id="+14155550100",
        )
    ]


def test_an_empty_document_is_valid() -> None:
    assert read("") == []


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("", Problem.DOCUMENT_PARSE),
        ("just text", Problem.DOCUMENT_PARSE),
        ("<Response><Say>Hello</Response>", Problem.DOCUMENT_PARSE),
        ("<html/>", Problem.WRONG_ROOT),
        ("<Response><say>lower case</say></Response>", Problem.SCHEMA),
        ("<Response><Teleport/></Response>", Problem.SCHEMA),
        ("<Response><Pause length='long'/></Response>", Problem.SCHEMA),
        ("<Response><Pause length='-1'/></Response>", Problem.SCHEMA),
        ("<Response><Play/></Response>", Problem.SCHEMA),
        ("<Response><Play digits='abc'/></Response>", Problem.SCHEMA),
        ("<Response><Redirect/></Response>", Problem.SCHEMA),
        ("<Response><Redirect method='PUT'>/x/</Redirect></Response>", Problem.SCHEMA),
        ("<Response><Reject reason='tired'/></Response>", Problem.SCHEMA),
        ("<Response><Gather input='speech'/></Response>", Problem.SCHEMA),
        ("<Response><Gather><Hangup/></Gather></Response>", Problem.SCHEMA),
        ("<Response><Dial/></Response>", Problem.SCHEMA),
        ("<Response><Dial><Sip>sip:a@b</Sip></Dial></Response>", Problem.SCHEMA),
        ("<Response><Connect/></Response>", Problem.SCHEMA),
        ("<Response><Connect><Room>x</Room></Connect></Response>", Problem.SCHEMA),
        ("<Response><Connect><Stream><Say/></Stream></Connect></Response>", Problem.SCHEMA),
        ("<Response><Say><Hangup/></Say></Response>", Problem.SCHEMA),
    ],
)
def test_refuses_what_is_no_twiml(document: str, problem: Problem) -> None:
    with pytest.raises(CallError) as refused:
        read_twiml(document)
    assert refused.value.problem is problem
