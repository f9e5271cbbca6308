"""Slack: what is posted where, what its errors mean, and messages that are settled later."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotConfigured, ProviderError
from salesdesk.notifications import services
from salesdesk.notifications.channels.slack import Slack
from salesdesk.notifications.delivering import attempt
from salesdesk.notifications.enums import Channel, Urgency, Via
from salesdesk.notifications.models import Delivery, Notification, SlackAccount
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.slack.blocks import Card, message_of
from salesdesk.notifications.tests.conftest import Committing
from salesdesk.notifications.tests.vendors.slack import (
    CHANNEL,
    SIGNING_SECRET,
    TOKEN,
    SlackServer,
    words_of,
)

pytestmark = pytest.mark.django_db
Notify = Callable[..., Notification]


@pytest.fixture
def posted(notify: Notify, only: Callable[..., None], slack_account: SlackAccount) -> Delivery:
    """A new lead on its way to the channel."""
    only(Channel.SLACK)
    notify(body="Roof in <Oakland> & around", url="/leads/1/", urgency=Urgency.HIGH)
    return Delivery.objects.select_related("notice__business", "business", "user").get()


def test_the_channel_gets_the_lead_with_its_buttons(posted: Delivery, slack: SlackServer) -> None:
    reference = Slack().send(posted)

    [(timestamp, message)] = slack.posts.items()
    assert reference == f"{CHANNEL}:{timestamp}"
    assert message["channel"] == CHANNEL
    assert message["text"] == "Ann Lee wants a quote"
    labels = [each["text"]["text"] for each in message["blocks"][-1]["elements"]]
    assert labels == ["Take", "Snooze", "Open"]
    assert "&lt;Oakland&gt; &amp; around" in words_of(message)
    assert "http://localhost:8000/leads/1/" in words_of(message)


def test_no_link_in_a_channel_answers_for_somebody(posted: Delivery, slack: SlackServer) -> None:
    Slack().send(posted)

    assert "/act/" not in words_of(slack.posts)


def test_directly_it_goes_to_the_person_with_that_address(
    notify: Notify, slack: SlackServer, business: Business, rep: User, only: Callable[..., None]
) -> None:
    accounts.connect(business, slack.credentials(), is_direct=True)
    slack.people[rep.email] = "U0RAY"
    only(Channel.SLACK)
    notify()
    Slack().send(Delivery.objects.select_related("notice__business", "user", "business").get())

    assert [each["channel"] for each in slack.posts.values()] == ["U0RAY"]


def test_who_is_not_in_slack_is_said(
    notify: Notify, slack: SlackServer, business: Business, only: Callable[..., None]
) -> None:
    accounts.connect(business, slack.credentials(), is_direct=True)
    only(Channel.SLACK)
    notify()
    delivery = Delivery.objects.get()
    attempt.deliver(delivery.pk, delivery.next_try)

    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == (
        "failed",
        "Nobody in Slack has this e-mail address.",
    )


def test_a_webhook_gets_it_without_buttons_that_it_could_not_answer(
    posted: Delivery, slack: SlackServer, business: Business
) -> None:
    hook = accounts.Credentials(webhook_url=f"{slack.hooks_url}T0/B0/secret")
    accounts.connect(business, hook)

    assert Slack().send(posted) == ""
    [(path, message)] = slack.hooked
    assert path == "/hooks/T0/B0/secret"
    labels = [each["text"]["text"] for each in message["blocks"][-1]["elements"]]
    assert labels == ["Open"]


def test_without_a_signing_secret_there_are_no_answers(
    posted: Delivery, slack: SlackServer, business: Business
) -> None:
    accounts.connect(business, slack.credentials(signing_secret=""), channel=CHANNEL)
    Slack().send(posted)

    assert "salesdesk.take" not in words_of(slack.posts)


@pytest.mark.parametrize(
    ("error", "sentence", "retryable"),
    [
        ("ratelimited", "Slack is out of order at the moment.", True),
        ("not_in_channel", "The bot is not in the channel: invite it there.", False),
        ("token_revoked", "The bot token has been revoked in Slack.", False),
        ("brand_new_error", "Slack refused the message (brand_new_error).", False),
        ("<b>what</b>", "Slack refused the message.", False),
    ],
)
def test_what_slack_refuses(
    posted: Delivery, slack: SlackServer, error: str, sentence: str, retryable: bool
) -> None:
    slack.error = error
    with pytest.raises(ProviderError) as refused:
        Slack().send(posted)

    assert (refused.value.message, refused.value.retryable) == (sentence, retryable)
    assert SlackAccount.objects.get().error == sentence


@pytest.mark.parametrize("status", [429, 500, 503])
@pytest.mark.parametrize("by", ["token", "webhook"])
def test_a_slack_out_of_order_may_come_back(
    posted: Delivery, slack: SlackServer, business: Business, status: int, by: str
) -> None:
    if by == "webhook":
        accounts.connect(business, accounts.Credentials(webhook_url=f"{slack.hooks_url}x"))
    slack.spoiled = (status, b"sorry")
    with pytest.raises(ProviderError) as refused:
        Slack().send(posted)

    assert refused.value.retryable
    assert len(slack.seen) == 1


def test_a_slack_that_is_away_may_come_back(
    posted: Delivery, slack: SlackServer, settings: Settings
) -> None:
    settings.SLACK_API_URL = "http://127.0.0.1:9/api/"
    with pytest.raises(ProviderError) as refused:
        Slack().send(posted)

    assert refused.value.retryable


def test_success_takes_an_earlier_error_back(posted: Delivery, slack: SlackServer) -> None:
    SlackAccount.objects.update(error="The channel is archived.")
    Slack().send(posted)

    account = SlackAccount.objects.get()
    assert (account.error, account.checked_at is None) == ("", False)


def test_without_a_slack_app_it_says_so(posted: Delivery) -> None:
    SlackAccount.objects.all().delete()
    with pytest.raises(NotConfigured):
        Slack().send(posted)


# ---------------------------------------------------------------- once it is answered


def test_an_answer_takes_the_buttons_off_and_names_who_gave_it(
    notify: Notify,
    only: Callable[..., None],
    slack_account: SlackAccount,
    slack: SlackServer,
    committing: Committing,
) -> None:
    only(Channel.SLACK)
    with committing():
        notification = notify()
    [message] = slack.posts.values()
    assert message["blocks"][-1]["type"] == "actions"

    with committing():
        services.answer(notification, "take", via=Via.APP)

    [message] = slack.posts.values()
    assert [block["type"] for block in message["blocks"]] == ["section", "context"]
    assert "Take: Ray" in words_of(message)


def test_what_cannot_be_marked_stays_and_harms_nothing(
    notify: Notify,
    only: Callable[..., None],
    slack_account: SlackAccount,
    slack: SlackServer,
    committing: Committing,
    caplog: pytest.LogCaptureFixture,
) -> None:
    only(Channel.SLACK)
    with committing():
        notification = notify()
    slack.error = "cant_update_message"
    with committing():
        services.answer(notification, "take", via=Via.APP)

    notification.notice.refresh_from_db()
    assert notification.notice.answer == "take"
    assert "still shows its buttons" in caplog.text


# ---------------------------------------------------------------- what is stored


def test_credentials_are_stored_encrypted_and_come_back(
    slack_account: SlackAccount, slack: SlackServer
) -> None:
    assert TOKEN not in slack_account.credentials
    assert SIGNING_SECRET not in slack_account.credentials
    assert accounts.credentials_of(slack_account) == slack.credentials()
    assert TOKEN not in repr(slack.credentials())


@pytest.mark.parametrize(
    ("credentials", "place"),
    [
        ({}, {"channel": CHANNEL}),
        ({"bot_token": TOKEN}, {}),
        ({"bot_token": "xoxp-user"}, {"channel": CHANNEL}),
        ({"bot_token": TOKEN, "webhook_url": "https://hooks.slack.com/x"}, {"channel": CHANNEL}),
        ({"webhook_url": "https://hooks.example.com/x"}, {}),
        ({"webhook_url": "http://169.254.169.254/"}, {}),
        ({"webhook_url": "https://hooks.slack.com/x"}, {"is_direct": True}),
    ],
)
def test_what_is_not_enough_is_refused(
    business: Business, credentials: dict[str, str], place: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput):
        accounts.connect(business, accounts.Credentials(**credentials), **place)  # type: ignore[arg-type]

    assert not SlackAccount.objects.exists()


def test_nothing_is_posted_to_an_address_that_is_not_slacks() -> None:
    with pytest.raises(ProviderError):
        accounts.post_to_hook("http://127.0.0.1:9/elsewhere", {"text": "x"})


def test_a_very_long_text_stays_within_slacks_limits() -> None:
    card = Card("n1", "T" * 200, "<&>" * 3000, "https://x", "B", buttons=[("a", "L" * 200)])
    section, _, actions = message_of(card)["blocks"]

    assert len(section["text"]["text"]) <= 3000
    assert not section["text"]["text"].endswith("&")
    assert all(len(each["text"]["text"]) <= 75 for each in actions["elements"])
