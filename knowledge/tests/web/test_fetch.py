"""Fetches against a real server: guarded, bounded, and said in words when they fail."""

import gzip
import socket
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pytest_django import Settings

from knowledge.tests.web.site import HOST, LOOPBACK, Asked, LocalSite, Reply, page, plain, redirect
from knowledge.web.addresses import Guard, Refused, WebError
from knowledge.web.fetch import ANY_TYPE, Fetcher, NotAPage, fetch_page, in_utf8

HTML = {"Content-Type": "text/html; charset=utf-8"}
MEGABYTE = 1024 * 1024


# ---------------------------------------------------------------- what comes


def test_a_page_comes_with_its_title_and_headers(web: LocalSite) -> None:
    web.replies["/a"] = page("Inverters", Last_Modified="Sun, 01 Nov 2026 10:00:00 GMT")

    got = fetch_page(web.url("/a"), fetcher=web.fetcher())

    assert got.url == web.url("/a")
    assert got.title == "Inverters"
    assert b"All about Inverters." in got.html
    assert got.etag.startswith('"')
    assert got.last_modified == "Sun, 01 Nov 2026 10:00:00 GMT"


def test_the_host_is_asked_by_its_name_and_told_who_asks(
    web: LocalSite, settings: Settings
) -> None:
    settings.WEB_CONTACT_URL = "https://desk.example.com/contact"
    web.replies["/a"] = page("A")

    web.fetcher().get(web.url("/a"))

    assert web.asked[0].host == f"docs.example.com:{web.port}"
    agent = web.asked[0].headers["User-Agent"]
    assert agent == "salesdesk/1.0 (+https://desk.example.com/contact)"


def test_cookies_are_not_sent_back(web: LocalSite) -> None:
    web.replies["/a"] = Reply(
        status=302, headers={"Location": "/b", "Set-Cookie": "session=1; Path=/"}
    )
    web.replies["/b"] = page("B")

    web.fetcher().get(web.url("/a"))

    assert web.asked[1].headers["Cookie"] is None


def test_a_proxy_of_the_environment_is_not_used(
    web: LocalSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    web.replies["/a"] = page("A")

    assert web.fetcher().get(web.url("/a")).body


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_packed_page_is_unpacked(web: LocalSite, pack: object) -> None:
    assert callable(pack)
    name = "gzip" if pack is gzip.compress else "deflate"
    web.replies["/a"] = Reply(pack(b"<p>words</p>"), headers={**HTML, "Content-Encoding": name})

    assert web.fetcher().get(web.url("/a")).body == b"<p>words</p>"


def test_a_page_that_has_not_changed_is_not_sent_again(web: LocalSite) -> None:
    web.replies["/a"] = page("A")
    first = web.fetcher().get(web.url("/a"))

    second = web.fetcher().get(web.url("/a"), etag=first.etag)

    assert second.is_unchanged
    assert second.body == b""


def test_the_date_of_what_we_have_is_told(web: LocalSite) -> None:
    web.replies["/a"] = page("A")
    date = "Sun, 01 Nov 2026 10:00:00 GMT"

    web.fetcher().get(web.url("/a"), last_modified=date)

    assert web.asked[0].headers["If-Modified-Since"] == date


def test_the_charset_that_the_server_names_counts_most(web: LocalSite) -> None:
    body = '<meta charset="utf-8"><title>Wärme</title>'.encode("latin-1")
    web.replies["/a"] = Reply(body, headers={"Content-Type": "text/html; charset=latin-1"})

    got = fetch_page(web.url("/a"), fetcher=web.fetcher())

    assert got.title == "Wärme"
    assert "Wärme" in got.html.decode("utf-8-sig")


def test_an_unknown_charset_leaves_the_page_as_it_came(web: LocalSite) -> None:
    web.replies["/a"] = Reply(b"<p>a</p>", headers={"Content-Type": "text/html; charset=klingon"})

    answer = web.fetcher().get(web.url("/a"))

    assert in_utf8(answer) == b"<p>a</p>"


# ---------------------------------------------------------------- redirects


def test_a_redirect_is_followed(web: LocalSite) -> None:
    web.replies["/old"] = redirect("/new#part", 301)
    web.replies["/new"] = page("New")

    assert web.fetcher().get(web.url("/old")).url == web.url("/new")


@pytest.mark.parametrize(
    "target",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://10.0.0.1/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(web: LocalSite, target: str) -> None:
    web.replies["/a"] = redirect(target)

    with pytest.raises(Refused, match="private network"):
        web.fetcher().get(web.url("/a"))


@pytest.mark.parametrize("target", ["http://2130706433/", "http://127.1/", "http://0/"])
def test_a_redirect_to_a_number_for_an_address_is_refused(web: LocalSite, target: str) -> None:
    web.replies["/a"] = redirect(target)

    with pytest.raises(WebError):
        Fetcher(Guard(ports=web.fetcher().guard.ports)).get(target)
    with pytest.raises(WebError):
        web.fetcher().get(web.url("/a"))
    assert web.paths == ["/a"]


def test_a_redirect_to_localhost_is_refused(web: LocalSite) -> None:
    web.replies["/a"] = redirect("http://localhost/")
    known = {"docs.example.com": LOOPBACK, "localhost": "::1"}

    with pytest.raises(Refused, match="private network"):
        web.fetcher(lambda host, port: [known[host]]).get(web.url("/a"))


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("file:///etc/passwd", "http:// or https://"),
        ("http://user:pass@docs.example.com/", "user name or password"),
        ("http://docs.example.com:6379/", "Port 6379"),
        ("http://[", "not an address"),
    ],
)
def test_a_redirect_out_of_the_web_is_refused(web: LocalSite, target: str, said: str) -> None:
    web.replies["/a"] = redirect(target)

    with pytest.raises(Refused, match=said):
        web.fetcher().get(web.url("/a"))


def test_redirects_without_end_are_given_up(web: LocalSite) -> None:
    web.replies["/a"] = redirect("/b")
    web.replies["/b"] = redirect("/a")

    with pytest.raises(WebError, match="more than 5 times"):
        web.fetcher().get(web.url("/a"))
    assert len(web.asked) == 6


def test_who_asks_may_keep_away_from_where_a_redirect_leads(web: LocalSite) -> None:
    def only_a(url: str) -> None:
        if not url.endswith("/a"):
            raise Refused("not there")

    web.replies["/a"] = redirect("/b")

    with pytest.raises(Refused, match="not there"):
        web.fetcher().get(web.url("/a"), may_visit=only_a)
    assert web.paths == ["/a"]


# ---------------------------------------------------------------- names and addresses


@pytest.mark.parametrize("address", ["10.0.0.1", "127.0.0.2", "169.254.169.254", "::1", "fd00::1"])
def test_a_name_with_a_private_address_is_refused(web: LocalSite, address: str) -> None:
    with pytest.raises(Refused, match="private network"):
        web.fetcher(lambda host, port: [address]).get(web.url("/a"))
    assert web.asked == []


def test_a_second_dns_answer_leads_nowhere(web: LocalSite) -> None:
    """Between check and connection nobody is asked again; the next request is checked anew."""
    answers = [[LOOPBACK], ["127.0.0.2"]]

    def rebinding(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    web.replies["/a"] = page("A")
    fetcher = web.fetcher(rebinding)

    fetcher.get(web.url("/a"))
    assert len(answers) == 1
    with pytest.raises(Refused, match="private network"):
        fetcher.get(web.url("/a"))
    assert web.paths == ["/a"]


def test_a_redirect_to_the_same_name_is_resolved_and_checked_again(web: LocalSite) -> None:
    answers = [[LOOPBACK], ["10.0.0.1"]]
    web.replies["/a"] = redirect("/b")

    with pytest.raises(Refused, match="private network"):
        web.fetcher(lambda host, port: answers.pop(0)).get(web.url("/a"))
    assert web.paths == ["/a"]


def test_nothing_of_this_machine_is_reached_by_default(web: LocalSite) -> None:
    open_port = Fetcher(Guard(ports=frozenset({web.port})))

    for host in (LOOPBACK, "localhost"):
        with pytest.raises(Refused, match="private network"):
            open_port.get(web.url("/a", host=host))
    with pytest.raises(Refused, match="Port"):
        Fetcher().get(web.url("/a", host=LOOPBACK))
    assert web.asked == []


# ---------------------------------------------------------------- bounds


def test_a_page_that_announces_too_much_is_not_read(web: LocalSite) -> None:
    web.replies["/a"] = Reply(b"x", headers={**HTML, "Content-Length": str(11 * MEGABYTE)})

    with pytest.raises(WebError, match="larger than 10 MB"):
        web.fetcher().get(web.url("/a"))


def test_a_page_that_does_not_say_its_size_is_cut_off(web: LocalSite) -> None:
    web.replies["/a"] = Reply(b"x" * (3 * MEGABYTE), headers=HTML, hangs=True)

    with pytest.raises(WebError, match="larger than 2 MB"):
        web.fetcher(size_bytes=2 * MEGABYTE).get(web.url("/a"))


def test_a_bomb_of_gzip_does_not_unfold(web: LocalSite) -> None:
    bomb = gzip.compress(b"\0" * (200 * MEGABYTE), compresslevel=1)
    web.replies["/a"] = Reply(bomb, headers={**HTML, "Content-Encoding": "gzip"})

    with pytest.raises(WebError, match="larger than 10 MB"):
        web.fetcher().get(web.url("/a"))


@pytest.mark.parametrize(
    ("body", "encoding", "said"),
    [
        (b"not gzip at all", "gzip", "damaged"),
        (gzip.compress(b"<p>words</p>" * 50, mtime=0)[:-9], "gzip", "damaged"),
        (b"anything", "br", "not asked for"),
    ],
)
def test_a_page_that_cannot_be_unpacked_is_said(
    web: LocalSite, body: bytes, encoding: str, said: str
) -> None:
    web.replies["/a"] = Reply(body, headers={**HTML, "Content-Encoding": encoding})

    with pytest.raises(WebError, match=said):
        web.fetcher().get(web.url("/a"))


def test_a_slow_body_is_given_up(web: LocalSite) -> None:
    web.replies["/a"] = Reply(b"<p>begin", headers=HTML, hangs=True)

    with pytest.raises(WebError, match=r"longer than 0\.3 seconds") as caught:
        web.fetcher(total_seconds=0.3).get(web.url("/a"))
    assert caught.value.retryable


def test_a_slow_name_is_given_up(web: LocalSite) -> None:
    def slow(host: str, port: int) -> Sequence[str]:
        web.closing.wait(10)
        return [LOOPBACK]

    try:
        with pytest.raises(WebError, match=r"in time|longer") as caught:
            web.fetcher(slow, connect_seconds=0.2, total_seconds=0.5).get(web.url("/a"))
    finally:
        web.closing.set()
    assert caught.value.retryable


def test_a_closed_port_is_said(web: LocalSite) -> None:
    with socket.socket() as closed:
        closed.bind((LOOPBACK, 0))  # and never listens
        port = closed.getsockname()[1]
        guard = replace(web.fetcher().guard, ports=frozenset({port}))
        with pytest.raises(WebError, match="could not be reached") as caught:
            Fetcher(guard).get(f"http://docs.example.com:{port}/a")
    assert caught.value.retryable


def test_a_server_without_a_valid_certificate_is_not_read(web: LocalSite, tmp_path: Path) -> None:
    web.replies["/a"] = page("A")
    web.encrypt(self_signed(tmp_path))

    with pytest.raises(WebError, match="cannot prove"):
        web.fetcher().get(web.url("/a").replace("http:", "https:"))
    assert web.asked == []


def self_signed(folder: Path) -> Path:
    """A certificate for the site's name and its key, in one file, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return file


# ---------------------------------------------------------------- other answers


@pytest.mark.parametrize("type_", ["application/pdf", "image/png", "application/json"])
def test_what_is_no_page_is_not_read(web: LocalSite, type_: str) -> None:
    web.replies["/a"] = Reply(b"...", headers={"Content-Type": type_})

    with pytest.raises(NotAPage, match=type_):
        web.fetcher().get(web.url("/a"))
    assert web.fetcher().get(web.url("/a"), types=ANY_TYPE).body == b"..."


@pytest.mark.parametrize(
    ("status", "said", "retryable", "gone"),
    [
        (404, "no page at this address", False, True),
        (410, "no page at this address", False, True),
        (403, "does not let us", False, False),
        (429, "too often", True, False),
        (500, "status 500", True, False),
        (503, "status 503", True, False),
        (418, "status 418", False, False),
    ],
)
def test_refusals_are_said(
    web: LocalSite, status: int, said: str, retryable: bool, gone: bool
) -> None:
    web.replies["/a"] = Reply(b"", status)

    with pytest.raises(WebError, match=said) as caught:
        web.fetcher().get(web.url("/a"))
    assert (caught.value.retryable, caught.value.is_gone) == (retryable, gone)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("999999", 1800), ("Wed, 21 Oct 2026 07:28:00 GMT", 60), ("-5", 60), ("", 0)],
)
def test_the_rest_that_a_server_asks_for_is_bounded(
    web: LocalSite, header: str, seconds: int
) -> None:
    def busy(asked: Asked) -> Reply:
        return Reply(status=503, headers={"Retry-After": header})

    web.replies["/a"] = busy

    with pytest.raises(WebError) as caught:
        web.fetcher().get(web.url("/a"))
    assert caught.value.retry_after == seconds


def test_a_redirect_to_nowhere_is_said(web: LocalSite) -> None:
    web.replies["/a"] = Reply(status=302)
    web.replies["/b"] = plain("text", Location="/c")

    with pytest.raises(WebError, match="without saying where"):
        web.fetcher().get(web.url("/a"))
