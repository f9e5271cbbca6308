"""Text messages: Twilio's own package against the sandbox."""

import dataclasses
from typing import Any

import pytest
from aiohttp import ClientSession

from calls.sandbox import messages
from calls.sandbox.server import Sandbox
from calls.tests.sandbox.product import ACCOUNT_SID, OWN_NUMBER, Product, Reply
from calls.tests.sandbox.test_rest import ask, client_of, refusal_of

CUSTOMER = "+14155550111"


async def send(sandbox: Sandbox, **options: Any) -> Any:
    values = {"to": CUSTOMER, "from_": OWN_NUMBER, "body": "See you at nine."} | options
    return await ask(client_of(sandbox).messages.create, **values)


async def test_a_message_is_taken_and_arrives(sandbox: Sandbox) -> None:
    created = await send(sandbox)
    assert created.sid.startswith("SM")
    assert (created.status, created.direction) == ("queued", "outbound-api")
    assert (created.to, created.from_, created.body) == (CUSTOMER, OWN_NUMBER, "See you at nine.")
    assert created.account_sid == ACCOUNT_SID

    await sandbox.messages.settled()
    fetched = await ask(client_of(sandbox).messages(created.sid).fetch)
    assert (fetched.status, fetched.error_code) == ("delivered", None)


async def test_its_way_is_told_in_order_and_signed(sandbox: Sandbox, product: Product) -> None:
    created = await send(sandbox, status_callback=f"{product.url}/told/")
    await sandbox.messages.settled()

    told = product.asked_at("/told/")
    assert [each.params["MessageStatus"] for each in told] == ["sent", "delivered"]
    assert all(each.signed and each.method == "POST" for each in told)
    assert told[0].params["MessageSid"] == created.sid


async def test_a_phone_that_is_off_is_told_with_its_number(
    sandbox: Sandbox, product: Product
) -> None:
    sandbox.messages.unreachable[CUSTOMER] = 30003
    created = await send(sandbox, status_callback=f"{product.url}/told/")
    await sandbox.messages.settled()

    last = product.asked_at("/told/")[-1].params
    assert (last["MessageStatus"], last["ErrorCode"]) == ("undelivered", "30003")
    fetched = await ask(client_of(sandbox).messages(created.sid).fetch)
    assert (fetched.status, fetched.error_code) == ("undelivered", 30003)


async def test_a_callback_that_fails_is_kept(sandbox: Sandbox, product: Product) -> None:
    product.replies["/told/"] = Reply(status=500)
    created = await send(sandbox, status_callback=f"{product.url}/told/")
    await sandbox.messages.settled()

    message = sandbox.messages.sent[created.sid]
    assert len(message.problems) == 2
    assert message.status is messages.MessageStatus.DELIVERED


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"to": "12"}, 21211),
        ({"to": "+15005550002"}, 21612),
        ({"to": "+15005550003"}, 21408),
        ({"to": "+15005550004"}, 21610),
        ({"to": "+15005550009"}, 21614),
        ({"from_": "+12125550100"}, 21659),
        ({"from_": "12"}, 21212),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"status_callback": "nowhere"}, 21609),
    ],
)
async def test_what_twilio_refuses_is_refused(
    sandbox: Sandbox, options: dict[str, Any], code: int
) -> None:
    assert await refusal_of(send(sandbox, **options)) == (400, code)
    assert sandbox.messages.sent == {}


async def test_messages_are_listed_the_newest_first(sandbox: Sandbox) -> None:
    for text in ("one", "two"):
        await send(sandbox, body=text)
    await send(sandbox, to="+13125550111", body="three")

    listed = await ask(client_of(sandbox).messages.list, to=CUSTOMER)
    assert [each.body for each in listed] == ["two", "one"]
    async with ClientSession(sandbox.url) as http, http.get("/sandbox/messages") as response:
        everything = (await response.json())["messages"]
    assert [each["body"] for each in everything] == ["three", "two", "one"]


async def test_a_message_nobody_sent_is_not_found(sandbox: Sandbox) -> None:
    nothing = ask(client_of(sandbox).messages("SM" + "0" * 32).fetch)
    assert await refusal_of(nothing) == (404, 20404)


async def test_a_handset_is_switched_off_and_on(sandbox: Sandbox) -> None:
    async with ClientSession(sandbox.url) as http:
        for code, kept in ((30003, {CUSTOMER: 30003}), (0, {})):
            body = {"number": CUSTOMER, "error_code": code}
            async with http.post("/sandbox/handsets", json=body) as response:
                assert response.status == 200
            assert sandbox.messages.unreachable == kept
        async with http.post(
            "/sandbox/handsets", json={"number": CUSTOMER, "error_code": "off"}
        ) as response:
            assert response.status == 400


async def test_only_the_newest_are_kept(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "MOST_KEPT", 1)
    first, second = await send(sandbox), await send(sandbox)
    assert list(sandbox.messages.sent) == [second.sid] != [first.sid]


# ---------------------------------------------------------------- what people write


async def write(sandbox: Sandbox, text: str, **changes: str) -> tuple[int, dict[str, Any]]:
    body = {"from": CUSTOMER, "to": OWN_NUMBER, "text": text} | changes
    async with (
        ClientSession(sandbox.url) as session,
        session.post("/sandbox/messages", json=body) as answer,
    ):
        return answer.status, dict(await answer.json())


def listen(sandbox: Sandbox, url: str) -> None:
    own = sandbox.numbers[OWN_NUMBER]
    sandbox.numbers[OWN_NUMBER] = dataclasses.replace(own, sms_url=url)


async def test_the_product_is_asked_when_somebody_writes(
    sandbox: Sandbox, product: Product
) -> None:
    listen(sandbox, f"{product.url}/text/")
    product.answer_with("", "/text/")
    status, written = await write(sandbox, "STOP")

    assert (status, written["direction"], written["errors"]) == (201, "inbound", [])
    [asked] = product.asked_at("/text/")
    assert (asked.signed, asked.method) == (True, "POST")
    told = {name: asked.params[name] for name in ("MessageSid", "From", "To", "Body", "NumMedia")}
    assert told == {
        "MessageSid": written["sid"],
        "From": CUSTOMER,
        "To": OWN_NUMBER,
        "Body": "STOP",
        "NumMedia": "0",
    }
    assert asked.params["SmsStatus"] == "received"


async def test_what_the_product_answers_is_sent(sandbox: Sandbox, product: Product) -> None:
    listen(sandbox, f"{product.url}/text/")
    product.answer_with("<Message>One</Message><Message><Body>Two</Body></Message>", "/text/")
    await write(sandbox, "Hello")

    sent = [(each.to, each.body) for each in sandbox.messages.sent.values()]
    assert sent == [(CUSTOMER, "One"), (CUSTOMER, "Two")]


async def test_a_product_that_fails_is_told_with_the_message(
    sandbox: Sandbox, product: Product
) -> None:
    listen(sandbox, f"{product.url}/text/")
    product.replies["/text/"] = Reply(status=500)
    _, written = await write(sandbox, "Hello")

    assert [each["code"] for each in written["errors"]] == [11200]


@pytest.mark.parametrize(
    ("changes", "status"), [({"to": "+13125550188"}, 404), ({"text": ""}, 400), ({}, 404)]
)
async def test_a_number_that_takes_none_and_an_empty_one_are_refused(
    sandbox: Sandbox, changes: dict[str, str], status: int
) -> None:
    answered, told = await write(sandbox, changes.pop("text", "Hello"), **changes)
    assert (answered, bool(told["error"])) == (status, True)
