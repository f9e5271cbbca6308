"""Mailboxes over TLS, against a server with certificates of a CA of our own."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import trustme
from pytest_django import Settings

from leads.arriving.mail import imap, watching
from leads.models import Mailbox
from leads.tests.arriving.mail.conftest import mail
from leads.tests.vendors.imap import PASSWORD, USER, ImapServer
from salesdesk.businesses.models import Business

HERE = "127.0.0.1"
INVALID = "certificate is not valid"

Start = Callable[..., ImapServer]


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch) -> Iterator[trustme.CA]:
    """A CA that this machine trusts."""
    made = trustme.CA()
    with made.cert_pem.tempfile() as file:
        monkeypatch.setenv("SSL_CERT_FILE", file)
        yield made


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    """``start(ca, name)``: a server with the CA's certificate for the name, and one message."""
    settings.MAILBOX_ON_LOOPBACK = True
    with ExitStack() as running:

        def run(ca: trustme.CA, name: str = HERE, *, starts_tls: bool = False) -> ImapServer:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            ca.issue_cert(name).configure_cert(context)
            server = running.enter_context(ImapServer(context, starts_tls=starts_tls))
            server.drop(mail())
            return server

        yield run


@pytest.fixture
def mailbox_at(business: Business, to_read: list[int]) -> Callable[[int, str], Mailbox]:
    def make(port: int, security: str) -> Mailbox:
        return watching.add_mailbox(
            business,
            name="Sales",
            host=HERE,
            port=port,
            security=security,
            username=USER,
            password=PASSWORD,
            takes_existing=True,
        )

    return make


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_mail_is_read_over_tls(
    security: str,
    authority: trustme.CA,
    start: Start,
    mailbox_at: Callable[[int, str], Mailbox],
) -> None:
    server = start(authority, starts_tls=security == "starttls")
    mailbox = mailbox_at(server.port, security)
    assert (watching.watch(mailbox), mailbox.error) == (1, "")


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("name", [HERE, "mail.elsewhere.example"])
def test_who_cannot_show_that_it_is_the_server_gets_no_password(
    name: str,
    security: str,
    authority: trustme.CA,
    start: Start,
    mailbox_at: Callable[[int, str], Mailbox],
) -> None:
    """Neither a certificate of a stranger's for the name, nor a good one for another name."""
    ca = trustme.CA() if name == HERE else authority
    server = start(ca, name, starts_tls=security == "starttls")
    mailbox = mailbox_at(server.port, security)
    assert watching.watch(mailbox) == 0
    assert INVALID in mailbox.error
    assert not any("LOGIN" in command for command in server.commands)


def test_without_the_starttls_that_is_asked_for_no_password_is_sent(
    server: ImapServer, mailbox_at: Callable[[int, str], Mailbox]
) -> None:
    mailbox = mailbox_at(server.port, "starttls")
    assert watching.watch(mailbox) == 0
    assert mailbox.error == imap.FAILED
    assert not any("LOGIN" in command for command in server.commands)
