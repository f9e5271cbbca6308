"""TwiML carried out on calls, verb by verb."""

import asyncio
from typing import Any

import pytest

from calls.sandbox.call import Call, Status
from calls.sandbox.carrier import Carrier, OwnNumber
from calls.sandbox.hearing import is_audible
from calls.sandbox.interpreter import APOLOGY
from calls.sandbox.notifications import Problem
from calls.sandbox.recording import Recording
from calls.sandbox.script import (
    AfterAgent,
    AfterPause,
    AtTheEnd,
    CallerScript,
    DuringAgent,
    HangUp,
    Keys,
    Step,
)
from calls.sandbox.stage import Source
from calls.sandbox.timeline import Kind
from calls.tests.sandbox.product import (
    CALLER,
    LONGEST_WAIT_S,
    OWN_NUMBER,
    Product,
    Reply,
    twiml,
    voice,
)


async def ring(carrier: Carrier, *steps: Step) -> Call:
    """A caller who stays on the line unless a step says otherwise; the call is over."""
    script = CallerScript(steps, AtTheEnd.STAY)
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=script)
    await asyncio.wait_for(call.wait_ended(), LONGEST_WAIT_S)
    return call


def heard_ms(call: Call) -> int:
    """How much sound was played into the caller's ear."""
    assert call.phone is not None
    heard = call.phone.recording.heard
    frames = [heard[start : start + 160] for start in range(0, len(heard), 160)]
    return sum(20 for frame in frames if is_audible(frame))


def speech_ms(text: str) -> int:
    return len(voice(text)) // 8


def verbs(call: Call) -> list[object]:
    return [happening.detail["verb"] for happening in call.timeline.of(Kind.VERB)]


def problems(call: Call) -> list[Problem]:
    return [notification.problem for notification in call.notifications]


def wav_of(mulaw: bytes) -> bytes:
    recording = Recording()
    recording.add(said=mulaw, heard=mulaw)
    return recording.heard_wav()


async def test_the_voice_url_is_asked_with_the_calls_parameters(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with("<Hangup/>")
    call = await ring(carrier)
    (asked,) = product.asked_at("/voice/")
    assert (asked.method, asked.signed) == ("POST", True)
    assert asked.params == {
        "CallSid": call.sid,
        "AccountSid": carrier.account_sid,
        "ApiVersion": "2010-04-01",
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": CALLER,
        "Caller": CALLER,
        "FromCountry": "US",
        "CallerCountry": "US",
        "To": OWN_NUMBER,
        "Called": OWN_NUMBER,
        "ToCountry": "US",
        "CalledCountry": "US",
    }


async def test_say_is_heard_and_then_the_call_is_over(carrier: Carrier, product: Product) -> None:
    product.answer_with("<Say>Hello there</Say>")
    call = await ring(carrier)
    assert call.status is Status.COMPLETED
    assert heard_ms(call) == speech_ms("Hello there")
    assert call.timeline.of(Kind.HUNG_UP)[0].detail == {"by": "agent"}


async def test_say_can_be_repeated(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Say loop="3">Ha</Say>')
    assert heard_ms(await ring(carrier)) == 3 * speech_ms("Ha")


async def test_say_forever_ends_when_the_caller_hangs_up(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Say loop="0">Please hold</Say><Say>Never</Say>')
    call = await ring(carrier, HangUp(AfterPause(600)))
    assert call.status is Status.COMPLETED
    assert verbs(call) == ["Say"]
    assert call.timeline.of(Kind.HUNG_UP)[0].detail == {"by": "caller"}


async def test_play_fetches_a_file_and_plays_it(carrier: Carrier, product: Product) -> None:
    product.replies["/hello.wav"] = wav_reply(voice("a file of many characters"))
    product.answer_with("<Play>/hello.wav</Play>")
    call = await ring(carrier)
    assert heard_ms(call) == speech_ms("a file of many characters")
    assert product.asked_at("/hello.wav")[0].method == "GET"


def wav_reply(mulaw: bytes) -> Reply:
    return Reply(wav_of(mulaw), content_type="audio/wav")


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(status=404), Problem.HTTP_RETRIEVAL),
        (Reply("no audio", content_type="audio/wav"), Problem.CONTENT_TYPE),
    ],
)
async def test_a_file_that_cannot_be_played_is_skipped(
    carrier: Carrier, product: Product, reply: Reply, problem: Problem
) -> None:
    product.replies["/hello.wav"] = reply
    product.answer_with("<Play>/hello.wav</Play><Say>Go on</Say>")
    call = await ring(carrier)
    assert call.status is Status.COMPLETED
    assert problems(call) == [problem]
    assert heard_ms(call) == speech_ms("Go on")


async def test_play_digits_are_heard_as_tones(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Play digits="12"/>')
    assert heard_ms(await ring(carrier)) == 200


async def test_pause_lets_time_pass_on_the_line(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Say>A</Say><Pause length="1"/><Say>B</Say>')
    call = await ring(carrier)
    starts = [happening.at_ms for happening in call.timeline.of(Kind.AGENT_STARTED)]
    assert 1_000 <= starts[1] - starts[0] < 4_000


async def test_a_call_is_not_answered_while_it_pauses_first(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Pause length="1"/><Say>Now</Say>')
    call = await ring(carrier)
    answered = call.timeline.of(Kind.STATUS)[2]
    assert answered.detail == {"status": "in-progress"}
    assert answered.at_ms >= 1_000


async def test_redirect_goes_to_the_next_document(carrier: Carrier, product: Product) -> None:
    product.answer_with("<Redirect>/other/</Redirect><Say>Never</Say>")
    product.answer_with("<Say>Here</Say>", "/other/")
    call = await ring(carrier)
    assert verbs(call) == ["Redirect", "Say"]
    assert product.asked_at("/other/")[0].signed


async def test_redirect_by_get_carries_the_parameters_in_the_signed_address(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Redirect method="GET">/other/?lead=7</Redirect>')
    product.answer_with("<Hangup/>", "/other/")
    call = await ring(carrier)
    (asked,) = product.asked_at("/other/")
    assert (asked.method, asked.signed) == ("GET", True)
    assert (asked.params["lead"], asked.params["CallSid"]) == ("7", call.sid)


@pytest.mark.parametrize(
    ("verb", "status"),
    [("<Reject/>", Status.NO_ANSWER), ('<Reject reason="busy"/>', Status.BUSY)],
)
async def test_reject_ends_a_call_that_was_never_answered(
    carrier: Carrier, product: Product, verb: str, status: Status
) -> None:
    product.answer_with(verb)
    call = await ring(carrier)
    assert (call.status, call.is_answered, call.duration_s) == (status, False, 0)


async def test_hangup_ends_the_call_before_the_next_verb(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with("<Say>Bye</Say><Hangup/><Say>Never</Say>")
    call = await ring(carrier)
    assert (call.status, verbs(call)) == (Status.COMPLETED, ["Say", "Hangup"])


async def test_an_empty_document_answers_and_hangs_up(carrier: Carrier, product: Product) -> None:
    product.answer_with("")
    call = await ring(carrier)
    assert (call.status, call.is_answered) == (Status.COMPLETED, True)


# ---------------------------------------------------------------- gather


async def test_gather_ends_with_the_last_digit_and_asks_its_action(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Gather numDigits="3" action="/keys/"><Say>Type</Say></Gather>')
    product.answer_with("<Hangup/>", "/keys/")
    await ring(carrier, Keys("4711", AfterAgent()))
    (asked,) = product.asked_at("/keys/")
    assert (asked.params["Digits"], asked.params["FinishedOnKey"]) == ("471", "")
    assert asked.signed


async def test_gather_ends_with_its_key_which_is_no_digit(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Gather finishOnKey="*" action="/keys/"><Say>Type</Say></Gather>')
    product.answer_with("<Hangup/>", "/keys/")
    await ring(carrier, Keys("4#7*", DuringAgent(0)))
    (asked,) = product.asked_at("/keys/")
    assert (asked.params["Digits"], asked.params["FinishedOnKey"]) == ("4#7", "*")


async def test_gather_ends_when_no_further_key_comes(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Gather timeout="1" action="/keys/"><Say>Type</Say></Gather>')
    product.answer_with("<Hangup/>", "/keys/")
    await ring(carrier, Keys("47", DuringAgent(0)))
    assert product.asked_at("/keys/")[0].params["Digits"] == "47"


async def test_the_first_key_cuts_the_prompt_short(carrier: Carrier, product: Product) -> None:
    prompt = "A very long menu. " * 20
    product.answer_with(f'<Gather numDigits="1" action="/keys/"><Say>{prompt}</Say></Gather>')
    product.answer_with("<Hangup/>", "/keys/")
    call = await ring(carrier, Keys("1", DuringAgent(400)))
    assert product.asked_at("/keys/")[0].params["Digits"] == "1"
    assert heard_ms(call) < speech_ms(prompt) // 2


async def test_without_keys_the_next_verb_follows(carrier: Carrier, product: Product) -> None:
    product.answer_with('<Gather timeout="1" action="/keys/"/><Say>Nothing</Say>')
    call = await ring(carrier)
    assert verbs(call) == ["Gather", "Say"]
    assert product.asked_at("/keys/") == []


async def test_without_keys_the_action_is_asked_if_it_wants_to_be(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Gather timeout="1" action="/keys/" actionOnEmptyResult="true"/>')
    product.answer_with("<Hangup/>", "/keys/")
    await ring(carrier)
    assert product.asked_at("/keys/")[0].params["Digits"] == ""


async def test_without_an_action_the_document_itself_is_asked(
    carrier: Carrier, product: Product
) -> None:
    product.replies["/voice/"] = [
        Reply(twiml('<Gather numDigits="1"><Say>Type</Say></Gather>')),
        Reply(twiml("<Hangup/>")),
    ]
    await ring(carrier, Keys("5", DuringAgent(0)))
    assert [asked.params.get("Digits") for asked in product.asked_at("/voice/")] == [None, "5"]


# ---------------------------------------------------------------- what goes wrong


def apologised(call: Call) -> bool:
    return call.status is Status.FAILED and heard_ms(call) == speech_ms(APOLOGY)


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply(status=500), Problem.HTTP_RETRIEVAL),
        (Reply(status=404), Problem.HTTP_RETRIEVAL),
        (Reply("<Response>"), Problem.DOCUMENT_PARSE),
        (Reply("<html></html>"), Problem.WRONG_ROOT),
        (Reply(twiml("<Teleport/>")), Problem.SCHEMA),
        (Reply("{}", content_type="application/json"), Problem.CONTENT_TYPE),
        (Reply(twiml("<Redirect>ftp://elsewhere/</Redirect>")), Problem.INVALID_URL),
    ],
)
async def test_a_broken_document_is_apologised_for_and_written_down(
    carrier: Carrier, product: Product, reply: Reply, problem: Problem
) -> None:
    product.replies["/voice/"] = reply
    call = await ring(carrier)
    assert apologised(call)
    assert problems(call) == [problem]


async def test_an_unreachable_server_is_written_down(carrier: Carrier, product: Product) -> None:
    product.answer_with("<Redirect>http://127.0.0.1:9/</Redirect>")
    call = await ring(carrier)
    assert apologised(call)
    assert problems(call) == [Problem.HTTP_CONNECTION]
    assert call.notifications[0].url == "http://127.0.0.1:9/"


async def test_a_server_that_never_answers_is_written_down(
    product: Product, carrier_options: dict[str, Any]
) -> None:
    product.replies["/voice/"] = Reply(never=True)
    async with Carrier(**carrier_options, webhook_timeout_s=0.3) as impatient:
        call = await ring(impatient)
    assert apologised(call)
    assert problems(call) == [Problem.HTTP_CONNECTION]


async def test_a_caller_can_hang_up_before_the_call_is_answered(
    carrier: Carrier, product: Product
) -> None:
    product.answer_with('<Pause length="60"/><Say>Too late</Say>')
    script = CallerScript(at_the_end=AtTheEnd.STAY)
    call = await carrier.ring(to=OWN_NUMBER, from_=CALLER, script=script)
    await call.wait_for(Kind.VERB)
    call.hang_up()
    await call.wait_ended()
    assert (call.status, call.is_answered) == (Status.NO_ANSWER, False)


async def test_the_fallback_is_asked_instead_and_told_why(
    carrier: Carrier, product: Product
) -> None:
    carrier.numbers[OWN_NUMBER] = OwnNumber(
        Source(f"{product.url}/broken/"), fallback=Source(f"{product.url}/fallback/")
    )
    product.replies["/broken/"] = Reply(status=500)
    product.answer_with("<Say>Saved</Say>", "/fallback/")
    call = await ring(carrier)
    assert (call.status, problems(call)) == (Status.COMPLETED, [Problem.HTTP_RETRIEVAL])
    asked = product.asked_at("/fallback/")[0].params
    assert asked["ErrorCode"] == "11200"
    assert asked["ErrorUrl"] == f"{product.url}/broken/"


async def test_a_voice_that_breaks_fails_the_call(
    carrier: Carrier, product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    def mute(text: str) -> bytes:
        raise RuntimeError("no voice")

    carrier.speech = mute
    product.answer_with("<Say>Hello</Say>")
    call = await ring(carrier)
    assert call.status is Status.FAILED
    assert "a call broke" in caplog.text
