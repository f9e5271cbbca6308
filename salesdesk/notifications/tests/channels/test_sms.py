"""SMS by Twilio's own package, over the sandbox carrier, whose callbacks come back here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from calls.sandbox.callbacks import CallbackTarget
from calls.sandbox.carrier import OwnNumber
from calls.sandbox.server import Sandbox
from calls.sandbox.stage import Source
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.notifications import messages
from salesdesk.notifications.channels.sms import TwilioMessages, sentence_for
from salesdesk.notifications.delivering import attempt
from salesdesk.notifications.enums import Channel
from salesdesk.notifications.models import Delivery, Notification
from salesdesk.notifications.preferences import set_reach
from salesdesk.tests.browser import Server, do

ACCOUNT, TOKEN = "AC" + "b" * 32, "very-secret-token"
SENDER = "+14155550100"
CUSTOMER = "+14155550199"
Notify = Callable[..., Notification]

needs_commits = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def sandbox(settings: Settings) -> AsyncIterator[Sandbox]:
    own = OwnNumber(Source("http://127.0.0.1:9/voice/"), CallbackTarget())
    async with Sandbox(account_sid=ACCOUNT, auth_token=TOKEN, numbers={SENDER: own}) as sandbox:
        settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
        settings.TWILIO_API_BASE_URL = sandbox.url
        yield sandbox


def send(delivery: Delivery) -> Delivery:
    attempt.deliver(delivery.pk, delivery.next_try)
    delivery.refresh_from_db()
    return delivery


@needs_commits
async def test_a_message_goes_out_and_its_arrival_comes_back(
    business: Business, sandbox: Sandbox, server: Server, settings: Settings
) -> None:
    settings.PUBLIC_URL = server.url
    delivery = await do(messages.send_sms, business, CUSTOMER, "See you at nine.")

    await do(send, delivery)
    await asyncio.wait_for(sandbox.messages.settled(), 20)

    [message] = sandbox.messages.sent.values()
    assert (message.from_, message.to, message.body) == (SENDER, CUSTOMER, "See you at nine.")
    assert message.problems == []
    await do(delivery.refresh_from_db)
    assert (delivery.status, delivery.reference) == ("delivered", message.sid)


@needs_commits
async def test_a_message_goes_out_from_the_number_that_is_meant(
    business: Business, sandbox: Sandbox
) -> None:
    second = "+14155550101"
    sandbox.numbers[second] = sandbox.numbers[SENDER]
    delivery = await do(messages.send_sms, business, CUSTOMER, "Hello.", sender=second)

    await do(send, delivery)

    [message] = sandbox.messages.sent.values()
    assert message.from_ == second


@needs_commits
async def test_a_phone_that_is_off_is_said_in_words(
    business: Business, sandbox: Sandbox, server: Server, settings: Settings
) -> None:
    settings.PUBLIC_URL = server.url
    sandbox.messages.unreachable[CUSTOMER] = 30003
    delivery = await do(messages.send_sms, business, CUSTOMER, "See you at nine.")

    await do(send, delivery)
    await asyncio.wait_for(sandbox.messages.settled(), 20)

    await do(delivery.refresh_from_db)
    assert (delivery.status, delivery.error) == ("failed", sentence_for(30003))


@needs_commits
async def test_a_notification_is_short_and_carries_its_link(
    notify: Notify, only: Callable[..., None], rep: User, sandbox: Sandbox
) -> None:
    def tell() -> Delivery:
        set_reach(rep, phone=CUSTOMER)
        only(Channel.SMS)
        notify(title="A very long title " * 10, body="Nobody reads this.")
        return send(Delivery.objects.get())

    await do(tell)

    [message] = sandbox.messages.sent.values()
    assert len(message.body) <= 300
    assert message.body.startswith("Bright Solar: A very long title")
    assert "/notifications/act/" in message.body


@needs_commits
async def test_what_twilio_refuses_for_good_is_not_tried_again(
    business: Business, sandbox: Sandbox
) -> None:
    def send_to_who_said_stop() -> Delivery:
        delivery = messages.send_sms(business, CUSTOMER, "Hello")
        Delivery.objects.filter(pk=delivery.pk).update(to="+15005550004")
        return send(delivery)

    delivery = await do(send_to_who_said_stop)

    assert (delivery.status, delivery.attempts) == ("failed", 1)
    assert delivery.error == "The person has answered STOP and gets no more messages."


@pytest.mark.django_db
def test_a_twilio_that_is_away_may_come_back(business: Business, settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN = ACCOUNT, TOKEN
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(ProviderError) as error:
        TwilioMessages().send(messages.send_sms(business, CUSTOMER, "Hello"))

    assert error.value.retryable


@pytest.mark.django_db
@pytest.mark.parametrize("missing", ["account", "number", "address"])
def test_what_is_missing_is_named(business: Business, settings: Settings, missing: str) -> None:
    settings.TWILIO_ACCOUNT_SID = "" if missing == "account" else ACCOUNT
    settings.TWILIO_AUTH_TOKEN, settings.TWILIO_PHONE_NUMBER = TOKEN, ""
    if missing == "number":
        business.numbers.all().delete()
    delivery = messages.send_sms(business, CUSTOMER, "Hello")
    delivery.to = "" if missing == "address" else CUSTOMER
    with pytest.raises(NotConfigured):
        TwilioMessages().send(delivery)


@pytest.mark.parametrize(
    ("code", "words"), [(30006, "landline"), (99999, "error 99999"), (None, "no reason")]
)
def test_every_number_has_a_sentence(code: int | None, words: str) -> None:
    assert words in sentence_for(code)


# ---------------------------------------------------------------- the webhook


@pytest.fixture
def sent(business: Business, settings: Settings) -> Delivery:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    delivery = messages.send_sms(business, CUSTOMER, "Hello")
    Delivery.objects.filter(pk=delivery.pk).update(status="sent")
    return delivery


def tell(delivery_id: str, told: dict[str, str], *, token: str = TOKEN) -> int:
    """The status of the answer to a callback that is signed with ``token``."""
    path = f"/twilio/messages/{delivery_id}/"
    signature = RequestValidator(token).compute_signature(f"http://localhost:8000{path}", told)
    answer = Client().post(
        path,
        urlencode(told),
        content_type="application/x-www-form-urlencoded",
        HTTP_X_TWILIO_SIGNATURE=signature,
    )
    return answer.status_code


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (["delivered"], "delivered"),
        (["undelivered"], "failed"),
        (["queued", "sent"], "sent"),
        (["delivered", "sent"], "delivered"),
        (["delivered", "delivered"], "delivered"),
        (["nonsense"], "sent"),
    ],
)
def test_a_callback_may_come_twice_or_late(sent: Delivery, told: list[str], status: str) -> None:
    codes = [tell(sent.public_id, {"MessageStatus": word, "ErrorCode": "x"}) for word in told]

    assert set(codes) == {204}
    sent.refresh_from_db()
    assert sent.status == status


def test_a_callback_that_twilio_has_not_signed_changes_nothing(sent: Delivery) -> None:
    assert tell(sent.public_id, {"MessageStatus": "delivered"}, token="wrong") == 403

    sent.refresh_from_db()
    assert sent.status == "sent"


def test_a_callback_for_nothing_of_ours_is_not_asked_again(sent: Delivery) -> None:
    assert tell("nothing", {"MessageStatus": "delivered"}) == 204
