"""Which addresses of the network a fetch may reach: those of the public internet only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from salesdesk.lib.errors import ProviderError
from salesdesk.lib.networks import PRIVATE_NAMES, is_public, system_resolve

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to its IP addresses as text. Raises ``OSError`` when there are none."""

PRIVATE = "The address leads into a private network; it is not asked."


class WebError(ProviderError):
    """A page could not be had. ``http_status`` is 0 where no server has answered.

    ``retry_after`` is for how many seconds the server asks to be left alone, 0 if it does not.
    """

    def __init__(
        self, message: str, *, retryable: bool = False, http_status: int = 0, retry_after: int = 0
    ) -> None:
        super().__init__(message, retryable=retryable)
        self.http_status = http_status
        self.retry_after = retry_after

    @property
    def is_gone(self) -> bool:
        return self.http_status in (404, 410)


class Refused(WebError):
    """We do not ask for this address: it is not of the public web, or not wanted here."""


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Guard:
    """Says which URLs and addresses may be asked.

    ``also_allowed`` opens single addresses that are not public. It exists for tests, which read a
    site of their own machine, and is therefore no setting.
    """

    resolve: Resolve = system_resolve
    ports: frozenset[int] = frozenset({80, 443})
    also_allowed: frozenset[str] = field(default_factory=frozenset)

    def check_url(self, url: str) -> None:
        """Raises :class:`Refused` for what cannot be an address of the public web."""
        try:
            parts = urlsplit(url)
            port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
        except ValueError:
            raise Refused("This is not a valid web address.") from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Refused("Only addresses that begin with http:// or https:// are read.")
        if parts.username is not None or parts.password is not None:
            raise Refused("Addresses with a user name or password in them are not read.")
        if port not in self.ports:
            raise Refused(f"Port {port} is not one of the web's; it is not asked.")
        self._check_host(parts.hostname)

    def _check_host(self, host: str) -> None:
        """Refuse at once what needs no resolver to be known as private."""
        if host in self.also_allowed:
            return
        if _is_ip(host):
            self.check_address(host)
        elif f".{host.rstrip('.')}".endswith(PRIVATE_NAMES):
            raise Refused(PRIVATE)

    def check_address(self, address: str) -> None:
        if address not in self.also_allowed and not is_public(address):
            raise Refused(PRIVATE)

    def addresses(self, host: str, port: int) -> list[str]:
        """The host's addresses, all of them checked: one that is private refuses the host."""
        try:
            found = list(self.resolve(host, port))
        except (OSError, UnicodeError):
            raise WebError(f"There is no server named {host}.", retryable=True) from None
        if not found:
            raise WebError(f"There is no server named {host}.", retryable=True)
        for address in found:
            self.check_address(address)
        return found
