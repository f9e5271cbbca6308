"""Which addresses belong to the public internet: those that others may have us ask."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

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

PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa")
"""Names that the public internet does not know (RFC 6761, 6762, 8375, and ICANN's reserve)."""

PROVIDERS_OWN = (ip_network("168.63.129.16/32"),)
"""Global by registration, yet only a hosting provider's inside answers there (Azure)."""


def is_public(address: str) -> bool:
    """Whether the IP address is one of the public internet, reached without a detour."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if any(ip in network for network in (*DOORS_TO_IPV4, *PROVIDERS_OWN)):
        return False
    return ip.is_global and not _is_special(ip)


def _is_special(ip: IPv4Address | IPv6Address) -> bool:
    is_site_local = isinstance(ip, IPv6Address) and ip.is_site_local
    return ip.is_multicast or ip.is_reserved or ip.is_unspecified or is_site_local


def system_resolve(host: str, port: int) -> Sequence[str]:
    """What this machine's resolver says."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in infos))
