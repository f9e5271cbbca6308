"""Twilio's own package against the sandbox: it must not notice the difference."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession, encode_basic_auth
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from calls.sandbox.call import Call
from calls.sandbox.script import Answer, AtTheEnd, Callee, CallerScript
from calls.sandbox.server import Sandbox
from calls.sandbox.timeline import Kind
from calls.tests.sandbox.product import (
    ACCOUNT_SID,
    AUTH_TOKEN,
    CALLER,
    LONGEST_WAIT_S,
    OWN_NUMBER,
    Product,
    twiml,
)

CALLEE = "+14155550111"
STAYING = Callee(CallerScript(at_the_end=AtTheEnd.STAY), ring_ms=0)
WAIT = twiml('<Pause length="60"/>')


def client_of(sandbox: Sandbox, token: str = AUTH_TOKEN) -> Client:
    client = Client(ACCOUNT_SID, token)
    client.api.base_url = sandbox.url
    return client


async def ask(function: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """The package blocks: it is used in a thread, as the product does."""
    return await asyncio.to_thread(function, *args, **options)


async def create(sandbox: Sandbox, **options: Any) -> Any:
    calls = client_of(sandbox).calls
    return await ask(calls.create, **{"to": CALLEE, "from_": OWN_NUMBER, "twiml": WAIT} | options)


async def answered(sandbox: Sandbox, **options: Any) -> Call:
    sandbox.default_callee = STAYING
    created = await create(sandbox, **options)
    call = sandbox.calls[created.sid]
    assert await call.wait_answered_or_ended()
    return call


async def ended(call: Call) -> Call:
    await asyncio.wait_for(call.wait_ended(), LONGEST_WAIT_S)
    return call


async def refusal_of(attempt: Any) -> tuple[int, int]:
    with pytest.raises(TwilioRestException) as refused:
        await attempt
    assert refused.value.code is not None
    return refused.value.status, refused.value.code


# ---------------------------------------------------------------- placing calls


async def test_a_call_is_created(sandbox: Sandbox) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    call = await create(sandbox)
    assert call.sid.startswith("CA")
    assert len(call.sid) == 34
    assert (call.status, call.direction) == ("queued", "outbound-api")
    assert (call.to, call._from, call.account_sid) == (CALLEE, OWN_NUMBER, ACCOUNT_SID)
    assert call.to_formatted == "(415) 555-0111"
    assert before <= call.date_created <= datetime.now(UTC) + timedelta(seconds=2)
    assert call.uri == f"/2010-04-01/Accounts/{ACCOUNT_SID}/Calls/{call.sid}.json"


async def test_numbers_may_be_written_as_americans_do(sandbox: Sandbox) -> None:
    assert (await create(sandbox, to="(415) 555-0111")).to == CALLEE


async def test_an_answered_call_asks_for_its_document(sandbox: Sandbox, product: Product) -> None:
    product.answer_with("<Say>Hello</Say>", "/out/")
    created = await create(sandbox, twiml=None, url=f"{product.url}/out/?call=7")
    call = await ended(sandbox.calls[created.sid])
    (asked,) = product.asked_at("/out/")
    assert asked.signed
    assert asked.params["CallSid"] == call.sid
    assert (asked.params["CallStatus"], asked.params["Direction"]) == (
        "in-progress",
        "outbound-api",
    )


async def test_a_finished_call_is_fetched_with_its_times(sandbox: Sandbox) -> None:
    created = await create(sandbox, twiml=twiml('<Pause length="1"/>'))
    await ended(sandbox.calls[created.sid])
    call = await ask(client_of(sandbox).calls(created.sid).fetch)
    assert call.status == "completed"
    assert 1 <= int(call.duration) <= 3
    assert timedelta(0) <= call.end_time - call.start_time <= timedelta(seconds=4)
    assert call.subresource_uris["notifications"].endswith(f"{call.sid}/Notifications.json")


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (Answer.BUSY, "busy"),
        (Answer.NO_ANSWER, "no-answer"),
        (Answer.FAILED, "failed"),
    ],
)
async def test_a_callee_may_not_take_the_call(
    sandbox: Sandbox, answer: Answer, status: str
) -> None:
    sandbox.callees[CALLEE] = Callee(answer=answer, ring_ms=0)
    created = await create(sandbox, timeout=1)
    await ended(sandbox.calls[created.sid])
    call = await ask(client_of(sandbox).calls(created.sid).fetch)
    assert (call.status, call.duration, call.start_time) == (status, "0", None)


async def test_a_callee_who_is_too_slow_does_not_answer(sandbox: Sandbox) -> None:
    sandbox.callees[CALLEE] = Callee(ring_ms=60_000)
    created = await create(sandbox, timeout=1)
    call = await ended(sandbox.calls[created.sid])
    assert call.status == "no-answer"


async def test_the_time_limit_ends_a_call(sandbox: Sandbox) -> None:
    call = await ended(await answered(sandbox, time_limit=1))
    assert call.status == "completed"
    assert 1 <= call.duration_s <= 3
    assert call.timeline.of(Kind.HUNG_UP)[0].detail == {"by": "carrier"}


# ---------------------------------------------------------------- steering calls


async def test_a_live_call_is_ended(sandbox: Sandbox) -> None:
    call = await answered(sandbox)
    updated = await ask(client_of(sandbox).calls(call.sid).update, status="completed")
    assert updated.sid == call.sid
    await ended(call)
    assert call.status == "completed"
    assert call.timeline.of(Kind.HUNG_UP)[0].detail == {"by": "api"}


async def test_a_ringing_call_is_canceled(sandbox: Sandbox) -> None:
    sandbox.callees[CALLEE] = Callee(ring_ms=30_000)
    created = await create(sandbox)
    await ask(client_of(sandbox).calls(created.sid).update, status="canceled")
    assert (await ended(sandbox.calls[created.sid])).status == "canceled"


async def test_canceling_does_nothing_to_an_answered_call(sandbox: Sandbox) -> None:
    call = await answered(sandbox)
    updated = await ask(client_of(sandbox).calls(call.sid).update, status="canceled")
    assert updated.status == "in-progress"


async def test_a_live_call_gets_other_twiml(sandbox: Sandbox) -> None:
    call = await answered(sandbox)
    other = twiml("<Say>Other</Say>")
    await ask(client_of(sandbox).calls(call.sid).update, twiml=other)
    await ended(call)
    verbs = [happening.detail["verb"] for happening in call.timeline.of(Kind.VERB)]
    assert verbs == ["Pause", "Say"]


async def test_a_live_call_goes_to_another_address(sandbox: Sandbox, product: Product) -> None:
    call = await answered(sandbox)
    product.answer_with("<Hangup/>", "/other/")
    await ask(client_of(sandbox).calls(call.sid).update, url=f"{product.url}/other/")
    await ended(call)
    assert product.asked_at("/other/")[0].params["CallSid"] == call.sid


# ---------------------------------------------------------------- listing


async def test_calls_are_listed_newest_first_over_pages(sandbox: Sandbox) -> None:
    created = [(await create(sandbox)).sid for _ in range(5)]
    listed = await ask(client_of(sandbox).calls.list, page_size=2)
    assert [call.sid for call in listed] == created[::-1]
    assert len(await ask(client_of(sandbox).calls.list, limit=3)) == 3


async def test_calls_are_filtered(sandbox: Sandbox) -> None:
    sandbox.callees["+14155550112"] = Callee(answer=Answer.BUSY, ring_ms=0)
    await create(sandbox)
    busy = await create(sandbox, to="+14155550112")
    await ended(sandbox.calls[busy.sid])
    calls = client_of(sandbox).calls
    assert [call.sid for call in await ask(calls.list, status="busy")] == [busy.sid]
    assert [call.sid for call in await ask(calls.list, to="+14155550112")] == [busy.sid]
    assert len(await ask(calls.list, from_=OWN_NUMBER)) == 2
    assert await ask(calls.list, from_=CALLER) == []
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert await ask(calls.list, start_time_after=tomorrow) == []
    assert len(await ask(calls.list, start_time_before=tomorrow)) == 2


async def test_notifications_tell_what_went_wrong(sandbox: Sandbox) -> None:
    created = await create(sandbox, twiml=twiml("<Teleport/>"))
    await ended(sandbox.calls[created.sid])
    (found,) = await ask(client_of(sandbox).calls(created.sid).notifications.list)
    assert (found.error_code, found.log) == ("12200", "0")
    assert "Teleport" in found.message_text


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "+1555"}, 21211),
        ({"to": "not a number"}, 21211),
        ({"to": ""}, 21201),
        ({"to": "+15005550002"}, 21214),
        ({"to": "+15005550003"}, 21215),
        ({"to": "+15005550004"}, 21216),
        ({"from_": "+1555"}, 21212),
        ({"from_": CALLER}, 21210),
        ({"from_": ""}, 21213),
        ({"twiml": None}, 21205),
        ({"twiml": None, "url": "not a url"}, 21205),
        ({"twiml": None, "url": "ftp://x.test/"}, 21205),
        ({"status_callback": "nowhere"}, 21609),
        ({"status_callback": "http://x.test/", "status_callback_event": ["bored"]}, 21626),
        ({"status_callback": "http://x.test/", "status_callback_method": "PUT"}, 21209),
    ],
)
async def test_an_impossible_call_is_refused(
    sandbox: Sandbox, options: dict[str, Any], code: int
) -> None:
    assert await refusal_of(create(sandbox, **options)) == (400, code)
    assert sandbox.calls == {}


async def test_wrong_credentials_are_refused(sandbox: Sandbox) -> None:
    client = client_of(sandbox, token="wrong")
    assert await refusal_of(ask(client.calls("CA" + "0" * 32).fetch)) == (401, 20003)


async def test_another_account_is_refused(sandbox: Sandbox) -> None:
    client = Client("AC" + "b" * 32, AUTH_TOKEN)
    client.api.base_url = sandbox.url
    assert await refusal_of(ask(client.calls("CA" + "0" * 32).fetch)) == (401, 20003)


async def test_an_unknown_call_is_refused(sandbox: Sandbox) -> None:
    unknown = client_of(sandbox).calls("CA" + "0" * 32)
    assert await refusal_of(ask(unknown.fetch)) == (404, 20404)
    assert await refusal_of(ask(unknown.update, status="completed")) == (404, 20404)


async def test_a_call_that_is_over_cannot_be_changed(sandbox: Sandbox) -> None:
    created = await create(sandbox, twiml=twiml("<Hangup/>"))
    await ended(sandbox.calls[created.sid])
    call = client_of(sandbox).calls(created.sid)
    assert await refusal_of(ask(call.update, status="completed")) == (400, 21220)
    assert await refusal_of(ask(call.update, twiml=WAIT)) == (400, 21220)


async def test_a_ringing_call_cannot_be_redirected(sandbox: Sandbox) -> None:
    sandbox.callees[CALLEE] = Callee(ring_ms=30_000)
    created = await create(sandbox)
    call = client_of(sandbox).calls(created.sid)
    assert await refusal_of(ask(call.update, twiml=WAIT)) == (400, 21220)


@pytest.mark.parametrize("change", [{}, {"status": "asleep"}])
async def test_a_change_that_means_nothing_is_refused(
    sandbox: Sandbox, change: dict[str, str]
) -> None:
    call = client_of(sandbox).calls((await answered(sandbox)).sid)
    assert await refusal_of(ask(call.update, **change)) == (400, 20001)


async def test_a_refusal_has_twilios_json(sandbox: Sandbox) -> None:
    url = f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"
    headers = {"Authorization": encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)}
    async with (
        ClientSession() as session,
        session.post(url, data={"To": "12"}, headers=headers) as response,
    ):
        assert response.status == 400
        assert await response.json() == {
            "code": 21211,
            "message": "The phone number you are attempting to call, 12, is not valid.",
            "more_info": "https://www.twilio.com/docs/errors/21211",
            "status": 400,
        }


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/2010-04-01/Accounts/{sid}/Songs.json", 404, 20404),
        ("GET", "/elsewhere", 404, 20404),
        ("PUT", "/2010-04-01/Accounts/{sid}/Calls.json", 405, 20004),
        ("GET", "/2010-04-01/Accounts/{sid}/Calls.json?PageSize=0", 400, 20006),
        ("GET", "/2010-04-01/Accounts/{sid}/Calls.json?Page=x", 400, 20006),
        ("GET", "/2010-04-01/Accounts/{sid}/Calls.json?StartTime=soon", 400, 20001),
    ],
)
async def test_requests_that_twilio_does_not_know(
    sandbox: Sandbox, method: str, path: str, status: int, code: int
) -> None:
    url = sandbox.url + path.format(sid=ACCOUNT_SID)
    headers = {"Authorization": encode_basic_auth(ACCOUNT_SID, AUTH_TOKEN)}
    async with (
        ClientSession() as session,
        session.request(method, url, headers=headers) as response,
    ):
        body = await response.json()
    assert (response.status, body["status"], body["code"]) == (status, status, code)


@pytest.mark.parametrize("header", ["", "Basic", "Basic ???", "Bearer abc", "Basic Og=="])
async def test_half_credentials_are_refused(sandbox: Sandbox, header: str) -> None:
    url = f"{sandbox.url}/2010-04-01/Accounts/{ACCOUNT_SID}/Calls.json"
    headers = {"Authorization": header}
    async with ClientSession() as session, session.get(url, headers=headers) as response:
        assert response.status == 401
