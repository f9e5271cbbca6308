"""Attempts: once, again later and later, or never again; and what providers tell afterwards."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.notifications import messages, services
from salesdesk.notifications.channels import base
from salesdesk.notifications.delivering import attempt, tasks
from salesdesk.notifications.enums import DeliveryStatus, Via
from salesdesk.notifications.models import Delivery, Notification

pytestmark = pytest.mark.django_db
Notify = Callable[..., Notification]
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
PASSING = ProviderError("The mail server could not be reached.", retryable=True)
FINAL = ProviderError("The mail server refuses this address.", retryable=False)


class Provider:
    """Sends whatever comes, unless it is told to refuse."""

    def __init__(self) -> None:
        self.sent: list[int] = []
        self.error: Exception | None = None
        self.meanwhile: Callable[[], Any] = lambda: None

    def send(self, delivery: Delivery) -> str:
        self.meanwhile()
        if self.error is not None:
            raise self.error
        self.sent.append(delivery.pk)
        return "reference-1"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    provider = Provider()
    monkeypatch.setattr(attempt, "channel_named", lambda name: provider)
    yield provider


@pytest.fixture
def delivery(notify: Notify) -> Delivery:
    notify(now=NOW)
    return Delivery.objects.get(purpose="notification")


@pytest.fixture
def mail(business: Business) -> Delivery:
    """To a customer."""
    made = messages.send_email(business, "ann@example.com", "Hello", "How are you?")
    Delivery.objects.update(next_try=NOW)
    return made


def state(delivery: Delivery) -> tuple[str, int, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.attempts, delivery.error


def test_it_is_sent_once(delivery: Delivery, provider: Provider) -> None:
    assert attempt.deliver(delivery.pk, NOW) is None
    assert attempt.deliver(delivery.pk, NOW) is None

    assert provider.sent == [delivery.pk]
    assert state(delivery) == ("sent", 1, "")
    assert (delivery.reference, delivery.sent_at) == ("reference-1", NOW)


def test_it_is_not_sent_before_its_time(delivery: Delivery, provider: Provider) -> None:
    attempt.deliver(delivery.pk, NOW - timedelta(seconds=1))

    assert provider.sent == []


def test_while_it_is_being_sent_nobody_else_sends_it(
    delivery: Delivery, provider: Provider
) -> None:
    provider.meanwhile = lambda: attempt.deliver(delivery.pk, NOW)

    attempt.deliver(delivery.pk, NOW)

    assert provider.sent == [delivery.pk]


def test_what_may_pass_is_tried_later_and_later_and_then_has_failed(
    delivery: Delivery, provider: Provider
) -> None:
    provider.error = PASSING
    now, rests = NOW, []
    while (again := attempt.deliver(delivery.pk, now)) is not None:
        rests.append(int((again - now).total_seconds()))
        assert state(delivery) == ("waiting", len(rests), PASSING.message)
        now = again

    assert rests == [30, 120, 600, 1800, 7200]
    assert state(delivery) == ("failed", 6, PASSING.message)


@pytest.mark.parametrize("error", [FINAL, NotConfigured("Slack is not connected.")])
def test_what_is_final_is_not_tried_again(
    delivery: Delivery, provider: Provider, error: ProviderError
) -> None:
    provider.error = error

    assert attempt.deliver(delivery.pk, NOW) is None
    assert state(delivery) == ("failed", 1, error.message)
    assert attempt.take_up_due(NOW + timedelta(days=1)) == []


def test_what_has_failed_can_be_tried_again(delivery: Delivery, provider: Provider) -> None:
    provider.error = FINAL
    attempt.deliver(delivery.pk, NOW)
    provider.error = None

    assert attempt.try_again(delivery, NOW)
    assert not attempt.try_again(delivery, NOW)
    attempt.deliver(delivery.pk, NOW)

    assert state(delivery) == ("sent", 1, "")


def test_what_was_answered_meanwhile_is_not_sent(
    notify: Notify, provider: Provider, rep: User
) -> None:
    notification = notify(now=NOW)
    delivery = Delivery.objects.get()
    services.answer(notification, "take", via=Via.APP)
    attempt.deliver(delivery.pk, NOW)

    assert state(delivery)[0] == "canceled"
    assert provider.sent == []


@pytest.mark.parametrize("gone", ["left", "locked"])
def test_who_has_left_is_told_nothing_more(
    delivery: Delivery, provider: Provider, rep: User, gone: str
) -> None:
    if gone == "left":
        rep.memberships.all().delete()
    else:
        User.objects.filter(pk=rep.pk).update(is_active=False)

    attempt.deliver(delivery.pk, NOW)

    assert state(delivery) == ("canceled", 0, attempt.GONE)
    assert provider.sent == []


# ---------------------------------------------------------------- left in the middle


def test_a_notification_that_was_cut_off_is_sent_again(
    delivery: Delivery, provider: Provider
) -> None:
    Delivery.objects.claim(delivery.pk, NOW, next_try=NOW + attempt.LEASE)

    assert attempt.take_up_due(NOW + attempt.LEASE - timedelta(seconds=1)) == []
    assert attempt.take_up_due(NOW + attempt.LEASE) == [delivery.pk]
    attempt.deliver(delivery.pk, NOW + attempt.LEASE)
    assert provider.sent == [delivery.pk]


def test_a_message_to_a_customer_that_was_cut_off_is_not(
    mail: Delivery,
    provider: Provider,
    settlings: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    Delivery.objects.claim(mail.pk, NOW, next_try=NOW + attempt.LEASE)

    with django_capture_on_commit_callbacks(execute=True):
        assert attempt.take_up_due(NOW + attempt.LEASE) == []

    assert state(mail) == ("failed", 0, attempt.CUT_OFF)
    assert [each["status"] for each in settlings] == ["failed"]


def in_peace(delivery: Delivery) -> str:
    """An objection to all messages to customers."""
    return f"{delivery.to} wants nothing more."


def test_a_message_to_a_customer_is_asked_about_just_before_it_leaves(
    mail: Delivery,
    delivery: Delivery,
    provider: Provider,
    settings: Settings,
    settlings: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.MESSAGE_OBJECTION = f"{__name__}.in_peace"
    with django_capture_on_commit_callbacks(execute=True):
        attempt.deliver(mail.pk, NOW)
        attempt.deliver(delivery.pk, NOW)

    assert provider.sent == [delivery.pk]
    assert state(mail) == ("canceled", 0, "ann@example.com wants nothing more.")
    assert [each["status"] for each in settlings] == ["canceled"]


def test_only_what_waits_is_canceled(mail: Delivery, provider: Provider) -> None:
    attempt.deliver(mail.pk, NOW)

    assert not attempt.cancel(mail, error="Too late.")

    assert state(mail) == ("sent", 1, "")


def test_what_is_due_is_queued(
    delivery: Delivery, provider: Provider, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks.send_due()

    assert provider.sent == [delivery.pk]


def test_the_task_comes_back_by_itself_where_that_is_soon(
    delivery: Delivery, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(
        tasks.deliver, "apply_async", lambda args, countdown: waits.append(countdown)
    )
    provider.error = PASSING
    for _ in range(6):
        Delivery.objects.filter(status="waiting").update(next_try=NOW)
        tasks.deliver(delivery.pk)

    assert [round(wait) for wait in waits] == [30, 120, 600]
    assert state(delivery)[0] == "failed"


# ---------------------------------------------------------------- told afterwards


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ([True], "delivered"),
        ([False], "failed"),
        ([True, True], "delivered"),
        ([True, False], "delivered"),
        ([False, True], "failed"),
    ],
)
def test_the_first_end_that_is_told_holds(
    mail: Delivery, provider: Provider, told: list[bool], status: str
) -> None:
    attempt.deliver(mail.pk, NOW)
    for delivered in told:
        attempt.note_status(mail, delivered=delivered, error="" if delivered else "Off.")

    assert state(mail)[0] == status


def test_an_end_told_before_sending_is_over_stays(mail: Delivery, provider: Provider) -> None:
    provider.meanwhile = lambda: attempt.note_status(mail, delivered=True)
    attempt.deliver(mail.pk, NOW)

    assert state(mail)[0] == DeliveryStatus.DELIVERED
    assert mail.reference == "reference-1"


def test_whoever_asked_for_a_message_hears_what_became_of_it(
    business: Business,
    provider: Provider,
    settlings: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    about = {"subject_type": "touch", "subject_id": "7"}
    delivery = messages.send_sms(business, "+14155550199", "Hello", **about)
    with django_capture_on_commit_callbacks(execute=True):
        attempt.deliver(delivery.pk, delivery.next_try)
        attempt.note_status(delivery, delivered=False, error="Switched off.")

    common = {"delivery_id": delivery.public_id, "business_id": business.pk, **about}
    assert settlings == [{"status": "sent", **common}, {"status": "failed", **common}]


def test_each_channel_is_what_the_settings_name() -> None:
    made = {name: type(base.channel_named(name)).__name__ for name in ("email", "slack", "sms")}

    assert made == {"email": "Mail", "slack": "Slack", "sms": "TwilioMessages"}
