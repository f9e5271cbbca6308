"""Twilio's adapter, through the official package, against the sandbox carrier."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from asgiref.sync import sync_to_async
from pytest_django import Settings
from twilio.rest.api.v2010.account.call import CallInstance, CallList

from calls.carriers.base import Detection, Dial
from calls.carriers.twilio import SENTENCES, TwilioCarrier, sentence_for
from calls.sandbox.carrier import Carrier, OwnNumber
from calls.sandbox.script import Answer, AtTheEnd, Callee, CallerScript, Silence
from calls.sandbox.server import Sandbox
from calls.sandbox.stage import Source
from salesdesk.lib.errors import NotConfigured, ProviderError

SID, TOKEN = "AC" + "7" * 32, "token"
PATIENT = CallerScript([Silence(60_000)], AtTheEnd.STAY)


@pytest.fixture
async def sandbox(settings: Settings) -> AsyncIterator[Carrier]:
    people = {
        "+14155552671": Callee(PATIENT, ring_ms=60_000),
        "+14155552672": Callee(answer=Answer.BUSY, ring_ms=0),
    }
    numbers = {"+14155550100": OwnNumber(Source("http://127.0.0.1:9/voice"))}
    carrier = Sandbox(account_sid=SID, auth_token=TOKEN, numbers=numbers, callees=people)
    async with carrier:
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
        settings.TWILIO_API_BASE_URL = carrier.url
        yield carrier


def dial(to: str = "+14155552671") -> Dial:
    return Dial(to, "+14155550100", "http://127.0.0.1:9/voice", "http://127.0.0.1:9/status")


async def test_a_call_is_placed_looked_up_and_hung_up(sandbox: Carrier) -> None:
    twilio = TwilioCarrier()
    sid = await sync_to_async(twilio.place)(dial())
    assert await sync_to_async(twilio.status)(sid) in {"queued", "ringing"}
    await sync_to_async(twilio.hang_up)(sid)
    await sandbox.calls[sid].wait_ended()
    assert await sync_to_async(twilio.status)(sid) == "canceled"


@pytest.mark.parametrize(
    ("waits", "mode"), [(False, "Enable"), (True, "DetectMessageEnd"), (None, None)]
)
async def test_who_answers_is_found_out_in_the_background(
    sandbox: Carrier, monkeypatch: pytest.MonkeyPatch, waits: bool | None, mode: str | None
) -> None:
    asked: list[dict[str, str]] = []
    create = CallList.create

    def note(self: CallList, **wanted: str) -> CallInstance:
        asked.append(wanted)
        return create(self, **wanted)

    monkeypatch.setattr(CallList, "create", note)
    url = "http://127.0.0.1:9/amd"
    detection = None if waits is None else Detection(url, waits_for_beep=waits)
    await sync_to_async(TwilioCarrier().place)(replace(dial(), detection=detection))

    [wanted] = asked
    assert wanted.get("machine_detection") == mode
    assert wanted.get("async_amd") == (mode and "true")
    assert wanted.get("async_amd_status_callback") == (mode and url)


async def test_hanging_up_what_is_over_is_no_error(sandbox: Carrier) -> None:
    twilio = TwilioCarrier()
    sid = await sync_to_async(twilio.place)(dial("+14155552672"))
    await sandbox.calls[sid].wait_ended()
    await sync_to_async(twilio.hang_up)(sid)
    assert await sync_to_async(twilio.status)(sid) == "busy"


async def test_a_call_that_twilio_does_not_know_has_no_status(sandbox: Carrier) -> None:
    assert await sync_to_async(TwilioCarrier().status)("CA" + "0" * 32) == ""


async def test_refusals_become_sentences(sandbox: Carrier, settings: Settings) -> None:
    with pytest.raises(ProviderError) as invalid:
        await sync_to_async(TwilioCarrier().place)(dial("+1555"))
    assert invalid.value.message == SENTENCES[21211]
    settings.TWILIO_AUTH_TOKEN = "wrong"
    with pytest.raises(ProviderError) as refused:
        await sync_to_async(TwilioCarrier().place)(dial())
    assert (refused.value.message, refused.value.retryable) == (SENTENCES[20003], False)


async def test_a_twilio_out_of_reach_may_be_asked_again(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = SID, TOKEN
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(ProviderError) as error:
        await sync_to_async(TwilioCarrier().place)(dial())
    assert error.value.retryable


def test_without_an_account_nothing_is_dialled(settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    with pytest.raises(NotConfigured):
        TwilioCarrier().place(dial())


@pytest.mark.parametrize(
    ("code", "status", "retryable"),
    [(21211, 400, False), (20429, 429, True), (None, 503, True), (99999, 400, False)],
)
def test_every_refusal_has_a_sentence(code: int | None, status: int, retryable: bool) -> None:
    sentence, again = sentence_for(code, status)
    assert sentence.endswith(".")
    assert again is retryable
