"""Only the public internet is reached."""

from collections.abc import Sequence

import pytest

from knowledge.web.addresses import Guard, Refused, WebError
from salesdesk.lib.networks import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.9.10", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.9"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1"),
        *("ff02::1", "2001:db8::1", "100::1"),
        *("::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::"),
        *("localhost", "", "127.1", "0x7f000001"),
    ],
)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111"])
def test_what_is_public_is_reached(address: str) -> None:
    assert is_public(address)


PRIVATE_HOSTS = (
    *("127.0.0.1", "10.1.2.3", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "localhost"),
    *("LOCALHOST.", "shop.localhost", "printer.local", "metadata.google.internal", "nas.lan"),
)
"""Known as private without asking any resolver."""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.com/", "http:// or https://"),
        ("file:///etc/passwd", "http:// or https://"),
        ("gopher://example.com:70/", "http:// or https://"),
        ("//example.com/", "http:// or https://"),
        ("http:///path", "http:// or https://"),
        *((f"http://{host}/", "private network") for host in PRIVATE_HOSTS),
        ("http://user:secret@example.com/", "user name or password"),
        ("http://user@example.com/", "user name or password"),
        ("http://example.com:22/", "Port 22"),
        ("https://example.com:8443/", "Port 8443"),
        ("http://example.com:http/", "not a valid"),
        ("http://[::1/", "not a valid"),
    ],
)
def test_urls_outside_of_the_web_are_refused(url: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        Guard().check_url(url)


@pytest.mark.parametrize("url", ["http://example.com", "https://example.com:443/a?b#c"])
def test_urls_of_the_web_are_taken(url: str) -> None:
    Guard().check_url(url)


def test_one_private_address_refuses_the_host() -> None:
    guard = Guard(resolve=lambda host, port: ["93.184.215.14", "10.0.0.1"])

    with pytest.raises(Refused, match="private network"):
        guard.addresses("example.com", 80)


def test_the_allowed_address_opens_no_other() -> None:
    guard = Guard(also_allowed=frozenset({"127.0.0.1"}))

    guard.check_address("127.0.0.1")
    with pytest.raises(Refused):
        guard.check_address("127.0.0.2")


def test_a_name_without_address_is_said() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("Name or service not known")

    with pytest.raises(WebError, match=r"no server named example\.invalid") as caught:
        Guard(resolve=unknown).addresses("example.invalid", 80)
    assert caught.value.retryable


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f.1", "127.1"])
def test_the_system_resolver_is_not_trusted_either(host: str) -> None:
    with pytest.raises(WebError):
        Guard().addresses(host, 80)
