"""Presses of buttons in Slack: signed, fresh, once, and as the person who pressed."""

import json
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications.enums import Channel
from salesdesk.notifications.models import Notice, Notification, SlackAccount
from salesdesk.notifications.slack import accounts, pressing
from salesdesk.notifications.tests.conftest import Committing
from salesdesk.notifications.tests.vendors.slack import CHANNEL, SlackServer, signed, words_of

pytestmark = pytest.mark.django_db
RAY = "U0RAY"


@pytest.fixture
def timestamp(
    notify: Callable[..., Notification],
    only: Callable[..., None],
    slack_account: SlackAccount,
    slack: SlackServer,
    rep: User,
    manager: User,
    committing: Committing,
) -> str:
    """Slack's name of the message about a new lead, of which rep and manager are told."""
    slack.people |= {rep.email: RAY, manager.email: "U0MARY"}
    only(Channel.SLACK)
    with committing():
        notify(to=[rep, manager])
    return next(iter(slack.posts))


def post(body: bytes, headers: dict[str, str]) -> int:
    kind = "application/x-www-form-urlencoded"
    return Client().post("/slack/actions/", body, content_type=kind, **headers).status_code  # type: ignore[arg-type]


def told_privately(slack: SlackServer) -> str:
    [(path, message)] = slack.hooked
    assert (path, message["response_type"]) == ("/hooks/respond/1", "ephemeral")
    return str(message["text"])


def test_a_press_answers_as_who_pressed(
    timestamp: str, slack: SlackServer, rep: User, committing: Committing
) -> None:
    body = slack.press(timestamp, "take", RAY)
    with committing():
        assert post(body, signed(body)) == 200

    notice = Notice.objects.get()
    assert (notice.answered_by, notice.answer, notice.answered_via) == (rep, "take", "slack")
    assert told_privately(slack) == pressing.DONE
    assert "Take: Ray" in words_of(slack.posts[timestamp])


def test_the_second_hears_who_was_first(
    timestamp: str, slack: SlackServer, committing: Committing
) -> None:
    first, second = (slack.press(timestamp, "take", who) for who in (RAY, "U0MARY"))
    with committing():
        post(first, signed(first))
    slack.hooked.clear()
    with committing():
        assert post(second, signed(second)) == 200

    assert told_privately(slack) == "Ray was first: Take."


def test_snooze_puts_it_off_for_oneself(
    timestamp: str, slack: SlackServer, rep: User, committing: Committing
) -> None:
    body = slack.press(timestamp, "snooze", RAY)
    with committing():
        post(body, signed(body))

    assert Notification.objects.get(user=rep).snoozed_until is not None
    assert Notice.objects.get().is_open
    assert told_privately(slack) == pressing.SNOOZED


def test_opening_the_page_answers_nothing(
    timestamp: str, slack: SlackServer, committing: Committing
) -> None:
    body = slack.press(timestamp, "_open", RAY)
    with committing():
        assert post(body, signed(body)) == 200

    assert Notice.objects.get().is_open
    assert slack.hooked == []


@pytest.mark.parametrize("who", ["unknown", "outsider", "auditor", "stranger"])
def test_who_was_not_told_cannot_answer(
    timestamp: str,
    slack: SlackServer,
    rep: User,
    outsider: User,
    auditor: User,
    committing: Committing,
    who: str,
) -> None:
    """The stranger has the rep's very address, in a workspace of their own."""
    slack.people |= {outsider.email: "U0outsider", auditor.email: "U0auditor"}
    if who == "stranger":
        slack.people[rep.email] = "U0stranger"
        slack.strangers.add("U0stranger")
    body = slack.press(timestamp, "take", f"U0{who}")
    with committing():
        assert post(body, signed(body)) == 200

    assert Notice.objects.get().is_open
    assert told_privately(slack) == pressing.STRANGER


# ---------------------------------------------------------------- not Slack's


@pytest.mark.parametrize("fault", ["secret", "old", "early", "changed", "unsigned", "no moment"])
def test_what_slack_did_not_sign_just_now_is_refused(
    timestamp: str, slack: SlackServer, committing: Committing, fault: str
) -> None:
    body = slack.press(timestamp, "take", RAY)
    now = time.time()
    headers = {
        "secret": signed(body, secret="another"),
        "old": signed(body, at=now - 400),
        "early": signed(body, at=now + 400),
        "changed": signed(body + b"&x=1"),
        "unsigned": {},
        "no moment": signed(body) | {"HTTP_X_SLACK_REQUEST_TIMESTAMP": "now"},
    }[fault]
    with committing():
        assert post(body, headers) == 403

    assert Notice.objects.get().is_open
    assert slack.hooked == []


def test_the_same_request_again_is_refused(
    timestamp: str, slack: SlackServer, committing: Committing
) -> None:
    body = slack.press(timestamp, "snooze", RAY)
    headers = signed(body)
    with committing():
        assert [post(body, headers) for _ in range(2)] == [200, 403]


def test_another_business_cannot_answer_with_its_own_secret(
    timestamp: str, slack: SlackServer, other_business: Business, committing: Committing
) -> None:
    theirs = slack.credentials(signing_secret="theirs")
    accounts.connect(other_business, theirs, channel=CHANNEL)
    body = slack.press(timestamp, "take", RAY)
    with committing():
        assert post(body, signed(body, secret="theirs")) == 403

    assert Notice.objects.get().is_open


def test_without_a_secret_nothing_counts_as_signed(
    timestamp: str, slack: SlackServer, business: Business
) -> None:
    body = slack.press(timestamp, "take", RAY)
    accounts.connect(business, slack.credentials(signing_secret=""), channel=CHANNEL)

    assert post(body, signed(body, secret="")) == 403


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "[]",
        "{}",
        "not json",
        '{"actions": []}',
        '{"actions": ["x"]}',
        '{"actions": [{"value": 7}], "user": "x"}',
        "[" * 100_000,
    ],
)
def test_what_is_no_press_is_refused(payload: str) -> None:
    body = urlencode({"payload": payload}).encode()

    assert post(body, signed(body)) == 403


def test_only_a_post_presses() -> None:
    assert Client().get("/slack/actions/").status_code == 405


def test_a_slack_that_is_away_is_told_to_who_pressed(
    timestamp: str, slack: SlackServer, committing: Committing
) -> None:
    body = slack.press(timestamp, "take", RAY)
    slack.error = "internal_error"
    with committing():
        assert post(body, signed(body)) == 200

    assert told_privately(slack) == "Slack is out of order at the moment."
    assert Notice.objects.get().is_open


def test_a_press_is_read_with_bounds() -> None:
    action = {"action_id": "salesdesk.take", "value": "n" * 500}
    payload = {"actions": [action], "user": {"id": "U\0" + "1"}, "response_url": "https://x/" * 99}
    body = urlencode({"payload": json.dumps(payload)}).encode()

    press = pressing.read_press(body)

    assert press is not None
    assert (len(press.notice_id), press.action, press.slack_user) == (200, "take", "U1")
    assert len(press.response_url) == 500
