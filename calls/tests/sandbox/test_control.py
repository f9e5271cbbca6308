"""The sandbox's own API, as the demo and people use it."""

import io
import wave
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from calls.sandbox.script import Answer
from calls.sandbox.server import Sandbox
from calls.sandbox.timeline import Kind
from calls.tests.sandbox.product import CALLER, OWN_NUMBER, Product

JSON = dict[str, Any]


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[ClientSession]:
    async with ClientSession(sandbox.url) as session:
        yield session


async def get(http: ClientSession, path: str) -> JSON:
    async with http.get(path) as response:
        assert response.status == 200
        return dict(await response.json())


async def send(http: ClientSession, method: str, path: str, body: object) -> tuple[int, JSON]:
    async with http.request(method, path, json=body) as response:
        return response.status, dict(await response.json())


async def test_scenarios_are_listed_with_their_words(http: ClientSession) -> None:
    scenarios = {
        each["name"]: each for each in (await get(http, "/sandbox/scenarios"))["scenarios"]
    }
    assert scenarios["opt-out"]["lines"][0] == "Hello?"
    assert scenarios["silent-caller"]["about"].startswith("inbound")


async def test_a_number_is_configured_and_rung(
    http: ClientSession, sandbox: Sandbox, product: Product
) -> None:
    number = {"number": "+13125550100", "voice_url": f"{product.url}/there/"}
    assert (await send(http, "PUT", "/sandbox/numbers", number))[0] == 200
    product.answer_with("<Say>Hello</Say>", "/there/")
    call = {"from": CALLER, "to": "+13125550100", "scenario": "silent-caller"}
    status, rung = await send(http, "POST", "/sandbox/calls", call)
    assert (status, rung["from"], rung["to"]) == (201, CALLER, "+13125550100")
    await sandbox.calls[rung["sid"]].wait_ended()
    found = await get(http, f"/sandbox/calls/{rung['sid']}")
    assert (found["status"], found["direction"], found["errors"]) == ("completed", "inbound", [])
    assert found["summary"]["agent"][0]["end_ms"] > found["summary"]["agent"][0]["start_ms"]
    assert [each["kind"] for each in found["timeline"]][:2] == ["status", "status"]
    later = await get(http, f"/sandbox/calls/{rung['sid']}?after=2")
    assert later["timeline"] == found["timeline"][2:]


async def test_numbers_are_shown_as_they_were_given(http: ClientSession) -> None:
    given = {
        "number": "+13125550100",
        "voice_url": "http://localhost:1/voice/",
        "status_callback": "http://localhost:1/status/",
        "status_callback_events": ["answered", "completed"],
        "voice_fallback_url": "http://localhost:1/sorry/",
        "sms_url": "http://localhost:1/text/",
    }
    assert await send(http, "PUT", "/sandbox/numbers", given) == (200, given)
    numbers = (await get(http, "/sandbox/numbers"))["numbers"]
    assert given in numbers
    assert len(numbers) == 2


async def test_what_was_heard_can_be_downloaded(
    http: ClientSession, sandbox: Sandbox, product: Product
) -> None:
    product.answer_with("<Say>Hello</Say>")
    _, rung = await send(
        http, "POST", "/sandbox/calls", {"to": OWN_NUMBER, "scenario": "silent-caller"}
    )
    await sandbox.calls[rung["sid"]].wait_ended()
    for path, channels in (("heard.wav", 1), ("recording.wav", 2)):
        async with http.get(f"/sandbox/calls/{rung['sid']}/{path}") as response:
            assert response.content_type == "audio/wav"
            with wave.open(io.BytesIO(await response.read())) as wav:
                assert (wav.getnchannels(), wav.getframerate()) == (channels, 8000)
                assert wav.getnframes() > 0


async def test_nothing_was_heard_on_a_call_that_was_not_answered(
    http: ClientSession, sandbox: Sandbox, product: Product
) -> None:
    product.answer_with("<Reject/>")
    _, rung = await send(
        http, "POST", "/sandbox/calls", {"to": OWN_NUMBER, "scenario": "silent-caller"}
    )
    await sandbox.calls[rung["sid"]].wait_ended()
    async with http.get(f"/sandbox/calls/{rung['sid']}/heard.wav") as response:
        assert response.status == 404


async def test_a_person_can_press_keys_and_hang_up_by_hand(
    http: ClientSession, sandbox: Sandbox, product: Product
) -> None:
    product.answer_with('<Gather numDigits="2" action="/keys/"/>')
    product.answer_with('<Pause length="60"/>', "/keys/")
    _, rung = await send(
        http, "POST", "/sandbox/calls", {"to": OWN_NUMBER, "scenario": "solar-warranty"}
    )
    call = sandbox.calls[rung["sid"]]
    assert await call.wait_answered_or_ended()
    path = f"/sandbox/calls/{call.sid}"
    assert (await send(http, "POST", f"{path}/keys", {"keys": "42"}))[0] == 202
    await call.wait_for(Kind.VERB, 2)
    assert product.asked_at("/keys/")[0].params["Digits"] == "42"
    assert (await send(http, "POST", f"{path}/hang-up", {}))[0] == 202
    await call.wait_ended()
    assert (await send(http, "POST", f"{path}/keys", {"keys": "1"}))[0] == 409
    assert call.sid in [each["sid"] for each in (await get(http, "/sandbox/calls"))["calls"]]


async def test_people_are_put_behind_numbers(http: ClientSession, sandbox: Sandbox) -> None:
    busy = {"number": "+14155550111", "answer": "busy"}
    assert (await send(http, "POST", "/sandbox/callees", busy))[0] == 200
    assert sandbox.callees["+14155550111"].answer is Answer.BUSY
    default = {"number": "default", "scenario": "voicemail", "ring_ms": 5}
    assert (await send(http, "POST", "/sandbox/callees", default))[0] == 200
    assert sandbox.default_callee.ring_ms == 5


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("PUT", "numbers", {"number": "12", "voice_url": "http://x.test/"}, 400, "number"),
        ("PUT", "numbers", {"number": OWN_NUMBER}, 400, "voice_url"),
        ("PUT", "numbers", {"number": OWN_NUMBER, "voice_url": "here"}, 400, "voice_url"),
        ("PUT", "numbers", [], 400, "object"),
        ("POST", "calls", {"to": OWN_NUMBER, "scenario": "nonsense"}, 400, "solar-warranty"),
        ("POST", "calls", {"to": OWN_NUMBER}, 400, "scenario"),
        ("POST", "calls", {"to": "x", "scenario": "keypad"}, 400, "to"),
        ("POST", "calls", {"to": CALLER, "scenario": "keypad"}, 404, "not a number of this"),
        ("POST", "callees", {"number": OWN_NUMBER, "answer": "maybe"}, 400, "answer"),
        (
            "POST",
            "callees",
            {"number": OWN_NUMBER, "scenario": "keypad", "ring_ms": "x"},
            400,
            "ms",
        ),
        ("POST", "calls/CA1/hang-up", {}, 404, "no such call"),
    ],
)
async def test_mistakes_are_answered_with_a_sentence(
    http: ClientSession, method: str, path: str, body: object, status: int, words: str
) -> None:
    answered, answer = await send(http, method, f"/sandbox/{path}", body)
    assert answered == status
    assert words in answer["error"]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("to=1", "application/x-www-form-urlencoded", 415),
        ("{}", "text/plain", 415),
        ("{", "application/json", 400),
    ],
)
async def test_only_json_is_taken(http: ClientSession, body: str, kind: str, status: int) -> None:
    async with http.post("/sandbox/calls", data=body, headers={"Content-Type": kind}) as response:
        assert response.status == status
        assert "JSON" in (await response.json())["error"]


async def test_it_says_that_it_is_well(http: ClientSession) -> None:
    assert await get(http, "/healthz") == {"status": "ok"}
