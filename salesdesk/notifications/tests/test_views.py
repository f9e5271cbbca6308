"""The pages: one's list, how one is told, and the channels of a business."""

import re
from collections.abc import Callable
from datetime import time

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications import messages, services
from salesdesk.notifications.enums import Channel, NotificationKind, Via
from salesdesk.notifications.models import (
    Delivery,
    Notice,
    Notification,
    Reachability,
    SlackAccount,
)
from salesdesk.notifications.preferences import preferences_of
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.tests.vendors.slack import (
    CHANNEL,
    SIGNING_SECRET,
    TOKEN,
    SlackServer,
    words_of,
)

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User | None], Client]
Notify = Callable[..., Notification]
HTMX = {"HTTP_HX_REQUEST": "true"}
LIST = "/notifications/"
CHANNELS = "/settings/notifications/"


@pytest.fixture
def browser(client_for: ClientFor, rep: User) -> Client:
    return client_for(rep)


@pytest.fixture
def admin(client_for: ClientFor, admin_user: User) -> Client:
    return client_for(admin_user)


def titles(page: str) -> list[str]:
    return re.findall(
        r'<(?:a|span) class="font-(?:semibold|medium) wrap-anywhere[^>]*>([^<]+)<', page
    )


def text(browser: Client, path: str, status: int = 200) -> str:
    answer = browser.get(path)
    assert answer.status_code == status
    return answer.content.decode()


# ---------------------------------------------------------------- the list


def test_ones_own_are_listed_the_newest_first(
    browser: Client, notify: Notify, manager: User
) -> None:
    notify(title="First")
    notify(title="Second <b>")
    notify(title="Not for Ray", to=[manager])

    assert titles(text(browser, LIST)) == ["Second &lt;b&gt;", "First"]


def test_an_empty_list_says_so(browser: Client) -> None:
    assert "Nothing to tell you" in text(browser, LIST)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?search=quote", ["A quote"]),
        ("?type=breach", ["Late"]),
        ("?unread=true", ["A quote"]),
        ("?unread=false", ["Late"]),
        ("?from_date=2000-01-01", ["Late", "A quote"]),
        ("?to_date=2000-01-01", []),
    ],
)
def test_filters_narrow_it(browser: Client, notify: Notify, query: str, found: list[str]) -> None:
    notify(title="A quote")
    services.mark_read(notify(title="Late", kind=NotificationKind.BREACH))

    assert titles(text(browser, LIST + query)) == found


def test_filters_that_cannot_be_used_are_422(browser: Client) -> None:
    assert "cannot be used" in text(browser, f"{LIST}?type=nonsense", 422)


def test_the_list_takes_the_same_queries_for_one_and_for_three(
    browser: Client, notify: Notify, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    notify()
    with django_assert_num_queries(6):
        browser.get(LIST)
    notify()
    services.answer(notify(), "take", via=Via.APP)
    with django_assert_num_queries(6):
        browser.get(LIST)


def test_opening_reads_it_and_leads_there(browser: Client, notify: Notify) -> None:
    notification = notify(url="/leads/1/")
    answer = browser.post(f"{LIST}{notification.public_id}/open/", **HTMX)  # type: ignore[arg-type]

    assert answer.headers["HX-Redirect"] == "/leads/1/"
    notification.refresh_from_db()
    assert not notification.is_unread


def test_looking_reads_nothing(browser: Client, notify: Notify) -> None:
    notification = notify()
    text(browser, LIST)
    assert browser.get(f"{LIST}{notification.public_id}/open/").status_code == 405

    notification.refresh_from_db()
    assert notification.is_unread


def test_the_row_comes_back_as_it_is_now(browser: Client, notify: Notify) -> None:
    notification = notify()
    row = browser.post(f"{LIST}{notification.public_id}/read/", {"unread": "false"}, **HTMX)  # type: ignore[arg-type]
    assert f'id="notification-{notification.public_id}"' in row.content.decode()
    assert 'data-unread="false"' in row.content.decode()

    back = browser.post(f"{LIST}{notification.public_id}/read/", {"unread": "true"}, **HTMX)  # type: ignore[arg-type]
    assert 'data-unread="true"' in back.content.decode()


def test_an_answer_shows_who_gave_it(
    browser: Client, client_for: ClientFor, notify: Notify, rep: User, manager: User
) -> None:
    notify(to=[rep, manager])
    mine, theirs = (Notification.objects.get(user=user) for user in (rep, manager))
    row = browser.post(f"{LIST}{mine.public_id}/answer/", {"action": "take"}, **HTMX)  # type: ignore[arg-type]
    assert "Take: you" in row.content.decode()

    late = client_for(manager).post(f"{LIST}{theirs.public_id}/answer/", {"action": "take"}, **HTMX)  # type: ignore[arg-type]
    assert late.status_code == 409
    assert "Ray was first" in late.headers["HX-Trigger"]
    assert "Take: Ray" in text(client_for(manager), LIST)


def test_deleting_takes_the_row_away(browser: Client, notify: Notify) -> None:
    notification = notify()
    answer = browser.post(f"{LIST}{notification.public_id}/delete/", **HTMX)  # type: ignore[arg-type]

    assert (answer.status_code, answer.content) == (200, b"")
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("do", "left"),
    [
        ("read", {"One": False, "Two": False, "Three": True}),
        ("delete", {"Three": True}),
        ("read-all", {"One": False, "Two": False, "Three": False}),
    ],
)
def test_many_at_once(browser: Client, notify: Notify, do: str, left: dict[str, bool]) -> None:
    keys = [notify(title=title).public_id for title in ("One", "Two", "Three")]
    answer = browser.post(f"{LIST}bulk/", {"do": do, "id": keys[:2]}, **HTMX)  # type: ignore[arg-type]

    assert answer.status_code == 200
    assert "notification" in answer.headers["HX-Trigger"]
    found = Notification.objects.select_related("notice")
    assert {each.notice.title: each.is_unread for each in found} == left


def test_many_without_a_tick_are_refused(browser: Client, notify: Notify) -> None:
    notify()
    assert browser.post(f"{LIST}bulk/", {"do": "delete"}, **HTMX).status_code == 422  # type: ignore[arg-type]
    assert browser.post(f"{LIST}bulk/", {"do": "burn", "id": "x"}, **HTMX).status_code == 422  # type: ignore[arg-type]
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("action", ["open", "read", "answer", "delete"])
@pytest.mark.parametrize("who", ["manager", "outsider", "superuser", "anonymous"])
def test_nobody_touches_somebody_elses(
    request: pytest.FixtureRequest, client_for: ClientFor, notify: Notify, action: str, who: str
) -> None:
    notification = notify()
    user = None if who == "anonymous" else request.getfixturevalue(who)
    path = f"{LIST}{notification.public_id}/{action}/"
    answer = client_for(user).post(path, {"action": "take", "unread": "false"})

    assert answer.status_code == (302 if user is None else 404)
    notification.refresh_from_db()
    assert notification.is_unread
    assert Notice.objects.get().is_open


def test_somebody_elses_cannot_be_ticked(
    client_for: ClientFor, notify: Notify, manager: User
) -> None:
    notification = notify()
    client_for(manager).post(f"{LIST}bulk/", {"do": "delete", "id": notification.public_id})

    assert Notification.objects.count() == 1


@pytest.mark.parametrize("page", ["list", "preferences", "deliveries"])
def test_ones_pages_are_for_who_is_signed_in(client_for: ClientFor, page: str) -> None:
    answer = client_for(None).get(reverse(f"notifications:{page}"))

    assert answer.status_code == 302
    assert "/accounts/login/" in answer.headers["Location"]


def test_every_page_has_the_bell(browser: Client) -> None:
    page = text(browser, "/calls/")

    assert 'id="bell-side"' in page
    assert 'id="bell-top"' in page
    assert 'ws-connect="/ws/pages/notifications/bell/" data-background' in page


# ---------------------------------------------------------------- how one is told


def test_choices_are_kept(browser: Client, rep: User) -> None:
    given = {
        "new_lead.sms": "on",
        "breach.email": "on",
        "phone": "(415) 555-0123",
        "quiet_from": "21:00",
        "quiet_until": "07:00",
        "time_zone": "Europe/Berlin",
    }
    assert browser.post(f"{LIST}preferences/", given).status_code == 302

    chosen = preferences_of(rep)
    assert chosen[NotificationKind.NEW_LEAD] == {Channel.SMS}
    assert chosen[NotificationKind.BREACH] == {Channel.EMAIL}
    assert chosen[NotificationKind.APPOINTMENT] == frozenset()
    reach = Reachability.objects.get(user=rep)
    assert (reach.phone, reach.time_zone) == ("+14155550123", "Europe/Berlin")
    assert (reach.quiet_from, reach.quiet_until) == (time(21), time(7))
    assert not reach.urgent_breaks_through
    page = text(browser, f"{LIST}preferences/")
    assert 'type="checkbox" name="new_lead.sms" checked>' in page
    assert 'name="new_lead.email">' in page


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"phone": "12"}, "too few digits"),
        ({"quiet_from": "21:00"}, "both a beginning and an end"),
        ({"time_zone": "Moon/Base"}, "not one of the available choices"),
        ({"quiet_from": "x", "quiet_until": "y"}, "valid time"),
    ],
)
def test_what_cannot_be_meant_is_not_kept(
    browser: Client, given: dict[str, str], sentence: str
) -> None:
    answer = browser.post(f"{LIST}preferences/", {**given, "breach.sms": "on"})

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Reachability.objects.exists()


def test_what_was_sent_to_oneself_is_shown_with_its_error(
    browser: Client, notify: Notify, manager: User
) -> None:
    notify(title="Mine")
    notify(title="Theirs", to=[manager])
    Delivery.objects.update(status="failed", error="The mail server refuses this address.")
    page = text(browser, f"{LIST}deliveries/")

    assert "Mine" in page
    assert "refuses this address" in page
    assert "Theirs" not in page


# ---------------------------------------------------------------- the channels of a business

MAY = {
    "admin_user": 200,
    "superuser": 200,
    "manager": 403,
    "rep": 403,
    "auditor": 403,
    "outsider": 404,
    "anonymous": 302,
}


@pytest.mark.parametrize(("who", "status"), MAY.items())
@pytest.mark.parametrize("page", ["channels", "connect_slack", "disconnect_slack", "test", "retry"])
def test_only_admins_set_up_channels(
    request: pytest.FixtureRequest,
    client_for: ClientFor,
    business: Business,
    slack_account: SlackAccount,
    page: str,
    who: str,
    status: int,
) -> None:
    user = None if who == "anonymous" else request.getfixturevalue(who)
    delivery = messages.send_sms(business, "+14155550199", "Hello")
    Delivery.objects.update(status="failed")
    arguments = {"test": ["email"], "retry": [delivery.public_id]}.get(page, [])
    path = f"{reverse(f'notifications:{page}', args=arguments)}?business={business.public_id}"
    browser = client_for(user)
    answer = browser.get(path) if page == "channels" else browser.post(path, {"channel": "C1"})

    if page == "retry" and status in (403, 404):
        status = 404
    assert answer.status_code == (302 if page != "channels" and status == 200 else status)
    if status != 200:
        assert SlackAccount.objects.get().channel == CHANNEL
        assert Delivery.objects.get().status == "failed"


def test_slack_is_connected_tried_and_disconnected(
    admin: Client, slack: SlackServer, business: Business, admin_user: User
) -> None:
    given = {"bot_token": TOKEN, "signing_secret": SIGNING_SECRET, "channel": CHANNEL}
    assert admin.post(f"{CHANNELS}slack/", given).status_code == 302
    page = text(admin, CHANNELS)
    assert "Connected, not tried yet" in page
    assert TOKEN not in page
    assert SIGNING_SECRET not in page
    assert "http://localhost:8000/slack/actions/" in page

    tried = admin.post(f"{CHANNELS}test/slack/", **HTMX)  # type: ignore[arg-type]
    assert f"The test went out to {CHANNEL}" in tried.content.decode()
    assert "This is a test" in words_of(slack.posts)
    assert "Works" in text(admin, CHANNELS)

    admin.post(f"{CHANNELS}slack/remove/")
    assert not SlackAccount.objects.exists()


def test_secrets_left_empty_stay(
    admin: Client, slack: SlackServer, slack_account: SlackAccount
) -> None:
    admin.post(f"{CHANNELS}slack/", {"channel": "C0OTHER"})

    account = SlackAccount.objects.get()
    assert account.channel == "C0OTHER"
    assert accounts.credentials_of(account) == slack.credentials()


def test_a_webhook_takes_the_place_of_a_token(
    admin: Client, slack: SlackServer, slack_account: SlackAccount
) -> None:
    admin.post(f"{CHANNELS}slack/", {"webhook_url": f"{slack.hooks_url}T/B/x"})

    stored = accounts.credentials_of(SlackAccount.objects.get())
    assert (stored.bot_token, stored.webhook_url) == ("", f"{slack.hooks_url}T/B/x")


def test_what_is_not_enough_says_what_is_missing(admin: Client) -> None:
    answer = admin.post(f"{CHANNELS}slack/", {"channel": CHANNEL})

    assert answer.status_code == 422
    assert "Give either a bot token" in answer.content.decode()


def test_a_test_that_fails_says_why(
    admin: Client, slack: SlackServer, slack_account: SlackAccount
) -> None:
    slack.error = "not_in_channel"
    answer = admin.post(f"{CHANNELS}test/slack/", **HTMX)  # type: ignore[arg-type]

    assert "invite it there" in answer.content.decode()
    page = text(admin, CHANNELS)
    assert "Does not work" in page


def test_a_test_goes_by_mail_to_oneself(
    admin: Client, admin_user: User, mailoutbox: list[object]
) -> None:
    answer = admin.post(f"{CHANNELS}test/email/", **HTMX)  # type: ignore[arg-type]

    assert f"The test went out to {admin_user.email}" in answer.content.decode()
    assert [mail.to for mail in mailoutbox] == [[admin_user.email]]  # type: ignore[attr-defined]


def test_tests_are_not_sent_by_the_dozen(admin: Client) -> None:
    codes = [admin.post(f"{CHANNELS}test/email/", **HTMX).status_code for _ in range(6)]  # type: ignore[arg-type]

    assert codes == [200] * 5 + [429]


def test_there_are_no_other_channels_to_test(admin: Client) -> None:
    assert admin.post(f"{CHANNELS}test/fax/").status_code == 404


def test_what_is_not_set_up_is_said(admin: Client, settings: Settings) -> None:
    settings.TWILIO_ACCOUNT_SID = ""
    page = text(admin, CHANNELS)

    assert "Twilio is not set up" in page
    answer = admin.post(f"{CHANNELS}test/sms/", **HTMX)  # type: ignore[arg-type]
    assert "There is no phone number to send to." in answer.content.decode()


def test_everything_that_the_business_sent_is_listed(
    admin: Client, business: Business, other_business: Business, notify: Notify
) -> None:
    messages.send_sms(business, "+14155550199", "See you at nine.")
    messages.send_sms(other_business, "+13125550199", "Not ours.")
    notify(title="A quote")
    Delivery.objects.filter(channel="sms").update(status="failed", error="Switched off.")

    page = text(admin, CHANNELS)
    assert all(words in page for words in ("See you at nine.", "A quote", "Switched off."))
    assert "Not ours." not in page
    failed = text(admin, f"{CHANNELS}?status=failed&search=0199")
    assert "See you at nine." in failed
    assert "A quote" not in failed


def test_what_has_failed_is_tried_again_and_nothing_else(admin: Client, business: Business) -> None:
    delivery = messages.send_email(business, "ann@example.com", "Hello", "How are you?")
    path = f"{CHANNELS}deliveries/{delivery.public_id}/retry/"
    assert admin.post(path, **HTMX).status_code == 409  # type: ignore[arg-type]

    Delivery.objects.update(status="failed", error="Away.", attempts=6)
    row = admin.post(path, **HTMX).content.decode()  # type: ignore[arg-type]

    assert 'data-status="waiting"' in row
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, delivery.error) == ("waiting", 0, "")


def test_the_list_of_what_was_sent_takes_the_same_queries_for_one_and_for_three(
    admin: Client,
    business: Business,
    notify: Notify,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    notify()
    with django_assert_num_queries(13):
        admin.get(CHANNELS)
    notify()
    messages.send_sms(business, "+14155550199", "See you at nine.")
    with django_assert_num_queries(13):
        admin.get(CHANNELS)
