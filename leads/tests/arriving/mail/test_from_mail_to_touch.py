"""The whole way: an e-mail that is dropped into the mailbox becomes a lead, is told, and tried."""

from collections.abc import Iterator

import pytest
from celery import current_app
from pytest_django import Settings

from leads.arriving import tasks
from leads.arriving.mail import watching
from leads.enums import LeadEventKind, LeadSource, TouchStatus
from leads.models import InboxMessage, Lead, SpeedClock, Touch
from leads.tests.arriving.mail.conftest import mail
from leads.tests.conftest import MARIA
from leads.tests.vendors.imap import PASSWORD, USER, ImapServer
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications.enums import Channel, DeliveryStatus, NotificationKind
from salesdesk.notifications.models import Delivery, Notification
from salesdesk.notifications.preferences import choose
from salesdesk.notifications.slack import accounts
from salesdesk.notifications.tests.vendors.slack import CHANNEL, SlackServer, words_of

WORDS = "Hello, I would like a quote for a new roof. Please call me: (415) 555-0199."


@pytest.fixture
def at_once() -> Iterator[None]:
    """Tasks run where they are queued."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False


@pytest.fixture
def slack(settings: Settings, business: Business) -> Iterator[SlackServer]:
    with SlackServer() as running:
        settings.SLACK_API_URL, settings.SLACK_HOOKS_URL = running.api_url, running.hooks_url
        accounts.connect(business, running.credentials(), channel=CHANNEL)
        yield running


@pytest.mark.django_db(transaction=True)
def test_an_email_becomes_a_lead_a_slack_message_and_a_planned_touch(
    server: ImapServer, slack: SlackServer, business: Business, rep: User, at_once: None
) -> None:
    choose(rep, {NotificationKind.NEW_LEAD: [Channel.SLACK]})
    watching.add_mailbox(
        business,
        name="Sales",
        host="127.0.0.1",
        port=server.port,
        security="none",
        username=USER,
        password=PASSWORD,
        takes_existing=True,
    )
    server.drop(mail(WORDS, subject="New roof"))

    for _ in range(2):  # as the clock of the background work does it, again and again
        tasks.watch_mailboxes.delay()

    lead = Lead.objects.get()
    assert (lead.name, lead.phone, lead.source) == ("Maria Lopez", MARIA, LeadSource.EMAIL)
    assert InboxMessage.objects.get().lead == lead
    assert "new roof" in lead.events.get(kind=LeadEventKind.INQUIRY).text

    [posted] = slack.posts.values()
    assert "Maria Lopez" in words_of(posted) and "Take" in words_of(posted)
    assert Notification.objects.get(notice__subject_id=lead.public_id).user == rep
    assert Delivery.objects.get(channel=Channel.SLACK).status == DeliveryStatus.SENT

    touch = Touch.objects.get()
    assert (touch.lead, touch.status, touch.position) == (lead, TouchStatus.PLANNED, 0)
    assert touch.due_at > lead.created_at
    assert SpeedClock.objects.get().lead == lead
