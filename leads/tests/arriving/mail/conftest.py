"""A mail server on this machine, and mail."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from pytest_django import Settings

from leads.arriving.mail import watching
from leads.models import Mailbox
from leads.tests.vendors.imap import PASSWORD, USER, ImapServer
from salesdesk.businesses.models import Business


@pytest.fixture
def server(settings: Settings) -> Iterator[ImapServer]:
    settings.MAILBOX_ON_LOOPBACK = True
    with ImapServer() as running:
        yield running


@pytest.fixture
def to_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Keys of the messages that a worker was asked to read."""
    keys: list[int] = []
    monkeypatch.setattr("leads.arriving.tasks.read_mail.delay", keys.append)
    return keys


@pytest.fixture
def mailbox(server: ImapServer, business: Business, to_read: list[int]) -> Mailbox:
    return watching.add_mailbox(
        business,
        name="Sales",
        host="127.0.0.1",
        port=server.port,
        security="none",
        username=USER,
        password=PASSWORD,
        takes_existing=True,
    )


def mail(
    text: str = "I would like a quote. My number is (415) 555-0199.",
    *,
    sender: str = "Maria Lopez <maria@example.org>",
    subject: str = "Solar panels",
    **headers: str,
) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, USER, subject
    message["Date"] = "Fri, 20 Nov 2026 15:00:00 +0000"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return bytes(message)
