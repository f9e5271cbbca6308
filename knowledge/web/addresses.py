"""Which addresses of the network a fetch may reach: those of the public internet only."""

import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from salesdesk.lib.errors import ProviderError

Resolve = Callable[[str, int], Sequence[str]]
"""Host and port to its IP addresses as text. Raises ``OSError`` when there are none."""

DOORS_TO_IPV4 = tuple(
    ip_network(text)
    for text in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64 of one's own network
        "2001::/32",  # Teredo
        "2002::/16",  # 6to4
    )
)
"""IPv6 networks whose addresses carry an IPv4 address inside, perhaps a private one."""

PRIVATE = "The address leads into a private network; it is not asked."
PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
"""Names that the public internet does not know (RFC 6761, 6762, 8375, and ICANN's reserve)."""

PROVIDERS_OWN = (ip_network("168.63.129.16/32"),)
"""Global by registration, yet only a hosting provider's inside answers there (Azure)."""


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


def is_public(address: str) -> bool:
    """Whether the IP address is one of the public internet, reached without a detour."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(ip in network for network in (*DOORS_TO_IPV4, *PROVIDERS_OWN)):
        return False
    return ip.is_global and not _is_special(ip)


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_special(ip: IPv4Address | IPv6Address) -> bool:
    is_site_local = isinstance(ip, IPv6Address) and ip.is_site_local
    return ip.is_multicast or ip.is_reserved or ip.is_unspecified or is_site_local


def system_resolve(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))


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
