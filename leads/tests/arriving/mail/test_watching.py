"""Mailboxes are watched: nothing is taken twice, nothing is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from leads.arriving.mail import imap, watching
from leads.arriving.mail.imap import MailboxError
from leads.models import InboxMessage, Mailbox
from leads.tests.arriving.mail.conftest import mail
from leads.tests.vendors.imap import ImapServer
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput

pytestmark = pytest.mark.django_db


def subjects() -> list[str]:
    return list(InboxMessage.objects.order_by("pk").values_list("subject", flat=True))


def test_what_is_new_is_stored_as_it_came_and_once(
    server: ImapServer,
    mailbox: Mailbox,
    to_read: list[int],
    django_capture_on_commit_callbacks: Any,
) -> None:
    server.drop(mail(subject="One"))
    server.drop(mail(subject="Two"))
    with django_capture_on_commit_callbacks(execute=True):
        assert watching.watch(mailbox) == 2
    assert watching.watch(mailbox) == 0
    server.drop(mail(subject="Three"))
    assert watching.watch(mailbox) == 1
    assert subjects() == ["One", "Two", "Three"]
    first = InboxMessage.objects.order_by("pk")[0]
    assert bytes(first.raw) == server.messages[0].raw
    assert to_read == list(InboxMessage.objects.order_by("pk").values_list("pk", flat=True)[:2])
    assert mailbox.error == "" and mailbox.checked_at is not None


def test_nothing_in_the_mailbox_is_changed(server: ImapServer, mailbox: Mailbox) -> None:
    server.drop(mail())
    watching.watch(mailbox)
    verbs = {command.split()[1] for command in server.commands}
    assert "EXAMINE" in verbs and "SELECT" not in verbs
    assert all("BODY.PEEK" in command for command in server.commands if "FETCH" in command)


def test_a_connection_that_breaks_loses_nothing_and_doubles_nothing(
    server: ImapServer, mailbox: Mailbox
) -> None:
    for number in range(4):
        server.drop(mail(subject=str(number)))
    server.dies_at = 3
    assert watching.watch(mailbox) == 0
    assert subjects() == ["0", "1"] and mailbox.failures == 1 and mailbox.error
    assert watching.watch(mailbox) == 2
    assert subjects() == ["0", "1", "2", "3"] and mailbox.failures == 0


def test_a_worker_that_dies_between_fetching_and_storing_loses_nothing(
    server: ImapServer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.drop(mail(subject="One"))
    store = watching.store

    class Killed(BaseException):
        """As by the kernel: nothing of ours runs any more."""

    def die(*_: Any) -> bool:
        raise Killed

    monkeypatch.setattr(watching, "store", die)
    with pytest.raises(Killed):
        watching.watch(mailbox)
    assert subjects() == [] and Mailbox.objects.get().last_uid == 0
    monkeypatch.setattr(watching, "store", store)
    assert watching.watch(mailbox) == 0, "the dead worker seems to be at it"
    Mailbox.objects.update(beat_at=timezone.now() - watching.DEAD_AFTER * 2)
    assert watching.watch(mailbox) == 1
    assert subjects() == ["One"]


def test_a_folder_that_was_numbered_anew_is_not_taken_twice(
    server: ImapServer, mailbox: Mailbox
) -> None:
    server.drop(mail(subject="One"))
    watching.watch(mailbox)
    server.number_anew()
    server.drop(mail(subject="Two"))
    assert watching.watch(mailbox) == 1
    assert subjects() == ["One", "Two"]


def test_what_was_there_before_is_left_alone_unless_it_is_wanted(
    server: ImapServer, mailbox: Mailbox
) -> None:
    Mailbox.objects.update(takes_existing=False)
    mailbox.refresh_from_db()
    server.drop(mail(subject="Old"), received_at=datetime.now(UTC) - timedelta(days=3))
    assert watching.watch(mailbox) == 0
    server.drop(mail(subject="New"))
    assert watching.watch(mailbox) == 1
    server.number_anew()
    assert watching.watch(mailbox) == 0
    assert subjects() == ["New"]


def test_two_messages_alike_are_two(server: ImapServer, mailbox: Mailbox) -> None:
    server.drop(mail())
    server.drop(mail())
    assert watching.watch(mailbox) == 2


def test_a_huge_message_is_kept_in_its_beginning(
    server: ImapServer, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "LARGEST_MESSAGE", 300)
    server.drop(mail("x" * 5000))
    watching.watch(mailbox)
    message = InboxMessage.objects.get()
    assert (len(bytes(message.raw)), message.is_cut) == (300, True)


def test_a_wrong_password_stands_at_the_mailbox_and_rests(
    server: ImapServer, mailbox: Mailbox
) -> None:
    watching.change_mailbox(mailbox, password="wrong")
    assert watching.watch(mailbox) == 0
    assert "does not accept" in mailbox.error
    assert not watching.due().exists()
    Mailbox.objects.update(checked_at=timezone.now() - timedelta(minutes=3))
    assert list(watching.due()) == [mailbox]


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "10.0.0.5", "169.254.169.254", "[::1]", "mail.internal"]
)
def test_a_server_inside_the_network_is_never_asked(
    host: str, business: Business, settings: Settings
) -> None:
    settings.MAILBOX_ON_LOOPBACK = False
    with pytest.raises(MailboxError):
        watching.add_mailbox(
            business, name="X", host=host, port=993, security="tls", username="a", password="b"
        )
    assert not Mailbox.objects.exists()


def test_a_public_server_is_asked_privately_and_on_a_mail_port_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imap, "system_resolve", lambda host, port: ["8.8.8.8"])
    assert imap.check_host("imap.example.com", 993, "tls") == "8.8.8.8"
    for port, security in ((25, "tls"), (143, "none")):
        with pytest.raises(MailboxError):
            imap.check_host("imap.example.com", port, security)


def test_a_name_with_one_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "system_resolve", lambda host, port: ["8.8.8.8", "10.0.0.1"])
    with pytest.raises(MailboxError):
        imap.check_host("imap.example.com", 993, "tls")


def test_the_password_is_encrypted_and_does_not_go_to_another_server(mailbox: Mailbox) -> None:
    assert "pass" not in mailbox.password
    with pytest.raises(InvalidInput, match="password again"):
        watching.change_mailbox(mailbox, username="other@example.com")
    with pytest.raises(InvalidInput):
        watching.add_mailbox(mailbox.business, password="", name="X", host="127.0.0.1")


def test_trying_a_mailbox_counts_its_messages(server: ImapServer, mailbox: Mailbox) -> None:
    server.drop(mail())
    assert watching.try_mailbox(mailbox) == 1
    assert not InboxMessage.objects.exists()


def test_a_mailbox_can_be_put_aside_when_its_server_is_gone(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "system_resolve", lambda host, port: [])
    watching.change_mailbox(mailbox, is_active=False)
    assert not Mailbox.objects.get().is_active
    with pytest.raises(MailboxError, match="no server named"):
        watching.change_mailbox(mailbox, is_active=True)
