"""What the tests of notifications play with."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from celery import current_app
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications import services
from salesdesk.notifications.enums import Channel, NotificationKind
from salesdesk.notifications.models import Notification, SlackAccount
from salesdesk.notifications.preferences import choose
from salesdesk.notifications.services import Action
from salesdesk.notifications.signals import delivery_settled, notification_answered
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.tests.vendors.slack import CHANNEL, SlackServer

TAKE = Action("take", "Take")
Committing = Callable[[], AbstractContextManager[Any]]


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are queued."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def committing(
    at_once: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> Committing:
    """``with committing(): …`` as in a request: then all that follows the commit happens."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


class Told:
    """What a signal has told, without its sender."""

    def __init__(self) -> None:
        self.news: list[dict[str, Any]] = []

    def __call__(self, **news: Any) -> None:
        self.news.append({k: v for k, v in news.items() if k not in ("sender", "signal")})


@pytest.fixture
def answers() -> Iterator[list[dict[str, Any]]]:
    told = Told()
    notification_answered.connect(told)
    yield told.news
    notification_answered.disconnect(told)


@pytest.fixture
def settlings() -> Iterator[list[dict[str, Any]]]:
    told = Told()
    delivery_settled.connect(told)
    yield told.news
    delivery_settled.disconnect(told)


@pytest.fixture
def notify(business: Business, rep: User) -> Callable[..., Notification]:
    """``notify(**changes)``: the rep's (or the first person's) copy of a new lead to be taken."""

    def tell(**changes: Any) -> Notification:
        values: dict[str, Any] = {
            "kind": NotificationKind.NEW_LEAD,
            "title": "Ann Lee wants a quote",
            "to": [rep],
            "actions": [TAKE],
            "subject_type": "roof",
            "subject_id": "roof-1",
        }
        return services.notify(business, **values | changes)[0]

    return tell


@pytest.fixture
def only(rep: User, manager: User) -> Callable[..., None]:
    """``only(Channel.SMS)``: rep and manager are told of new leads over just these channels."""

    def set_channels(*channels: Channel) -> None:
        for user in (rep, manager):
            choose(user, {NotificationKind.NEW_LEAD: channels})

    return set_channels


@pytest.fixture
def slack(settings: Settings) -> Iterator[SlackServer]:
    with SlackServer() as server:
        settings.SLACK_API_URL, settings.SLACK_HOOKS_URL = server.api_url, server.hooks_url
        yield server


@pytest.fixture
def slack_account(slack: SlackServer, business: Business) -> SlackAccount:
    return accounts.connect(business, slack.credentials(), channel=CHANNEL)
