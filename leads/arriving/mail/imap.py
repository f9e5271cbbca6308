"""A mailbox on an IMAP server (RFC 3501): reached at a checked address, read and never changed."""

import imaplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError
from imapclient.imapclient import SocketTimeout

from leads.enums import MailSecurity
from leads.models import Mailbox
from salesdesk.lib.errors import NotConfigured, ProviderError
from salesdesk.lib.networks import PRIVATE_NAMES, is_public, system_resolve
from salesdesk.lib.secrets import decrypt

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
LARGEST_MESSAGE = 2 * 1024 * 1024
PORTS = frozenset({143, 993})
LOOPBACK = ("127.0.0.1", "::1")
PRIVATE = "The server’s address leads into a private network; it is not asked."
FAILED = "The mail server did not answer as it should; it is tried again."


class MailboxError(ProviderError):
    """The mailbox could not be read; the message is for people."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message; ``is_cut``: only its beginning was fetched."""

    uid: int
    raw: bytes
    received_at: datetime
    is_cut: bool


def check_host(host: str, port: int, security: str) -> str:
    """An address of the host that may be asked. Raises :class:`MailboxError`.

    The connection goes to this very address, so that a name cannot change its mind in between.
    """
    found = _resolved(host, port)
    if settings.MAILBOX_ON_LOOPBACK and all(address in LOOPBACK for address in found):
        return found[0]
    if f".{host.rstrip('.').lower()}".endswith(PRIVATE_NAMES) or not all(map(is_public, found)):
        raise MailboxError(PRIVATE)
    if port not in PORTS:
        raise MailboxError("Mail is read on port 993 or 143 only.")
    if security == MailSecurity.NONE:
        raise MailboxError("Without TLS, anybody on the way could read the password.")
    return found[0]


def _resolved(host: str, port: int) -> list[str]:
    try:
        found = list(system_resolve(host, port))
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise MailboxError(f"There is no server named {host}.", retryable=True)
    return found


class _Pinned(imaplib.IMAP4):
    """Connects to ``address``; certificates are checked for ``host``."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        self._address, self._context = address, context
        super().__init__(host, port, timeout=CONNECT_SECONDS)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        plain = socket.create_connection((self._address, self.port), timeout=timeout)
        if self._context is None:
            return plain
        return self._context.wrap_socket(plain, server_hostname=self.host)


class _Client(IMAPClient):  # type: ignore[misc]  # it has no types
    def __init__(self, host: str, port: int, address: str, security: str) -> None:
        self._address = address
        context = ssl.create_default_context() if security == MailSecurity.TLS else None
        super().__init__(
            host,
            port,
            ssl=context is not None,
            ssl_context=context,
            timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS),
        )

    def _create_IMAP4(self) -> imaplib.IMAP4:  # IMAPClient's name
        return _Pinned(self.host, self.port, self._address, self.ssl_context)


class OpenMailbox:
    """The folder of a mailbox, open for reading only."""

    def __init__(self, client: Any, folder: dict[bytes, Any]) -> None:
        self._client = client
        self.uid_validity = int(folder[b"UIDVALIDITY"])
        self.uid_next = int(folder.get(b"UIDNEXT", 1))

    def uids_after(self, uid: int) -> list[int]:
        """In their order. A server answers ``n:*`` with its last message even below ``n``."""
        found = self._client.search(["UID", f"{uid + 1}:*"])
        return sorted(int(each) for each in found if int(each) > uid)

    def fetch(self, uid: int) -> Fetched | None:
        """The message as it is, without marking it as read; ``None`` where it is gone meanwhile."""
        part = f"BODY.PEEK[]<0.{LARGEST_MESSAGE}>"
        found = self._client.fetch([uid], [part, "RFC822.SIZE", "INTERNALDATE"]).get(uid)
        if not found:
            return None
        raw = next((value for key, value in found.items() if key.startswith(b"BODY[]")), b"")
        received: datetime = found.get(b"INTERNALDATE") or datetime.now(UTC)
        size = int(found.get(b"RFC822.SIZE", len(raw)))
        return Fetched(uid, bytes(raw), _aware(received), size > LARGEST_MESSAGE)


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.astimezone(UTC)


@contextmanager
def opened(mailbox: Mailbox) -> Iterator[OpenMailbox]:
    """The mailbox's folder. Raises :class:`MailboxError` with a sentence for people."""
    address = check_host(mailbox.host, mailbox.port, mailbox.security)
    try:
        with _Client(mailbox.host, mailbox.port, address, mailbox.security) as client:
            if mailbox.security == MailSecurity.STARTTLS:
                client.starttls(ssl.create_default_context())
            client.login(mailbox.username, decrypt(mailbox.password))
            yield OpenMailbox(client, client.select_folder(mailbox.folder, readonly=True))
    except LoginError:
        raise MailboxError("The server does not accept this user name and password.") from None
    except ssl.SSLCertVerificationError:
        raise MailboxError("The server’s certificate is not valid for its name.") from None
    except TimeoutError:
        raise MailboxError("The mail server took too long to answer.", retryable=True) from None
    except NotConfigured as error:
        raise MailboxError(error.message) from None
    except (IMAPClientError, imaplib.IMAP4.error, OSError, ValueError) as error:
        raise MailboxError(FAILED, retryable=True) from error
