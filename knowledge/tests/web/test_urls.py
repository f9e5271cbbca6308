"""One form for each page, and which pages belong to a site."""

import pytest

from knowledge.web.urls import Scope, identity, normalise, usable


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("HTTP://Docs.Example.COM", "http://docs.example.com/"),
        ("http://docs.example.com:80/a", "http://docs.example.com/a"),
        ("https://docs.example.com:443/a", "https://docs.example.com/a"),
        ("http://docs.example.com:8080/a", "http://docs.example.com:8080/a"),
        ("http://docs.example.com./a", "http://docs.example.com/a"),
        ("http://docs.example.com/a/#part", "http://docs.example.com/a/"),
        ("http://docs.example.com/a b/ü", "http://docs.example.com/a%20b/%C3%BC"),
        ("http://docs.example.com/a%20b", "http://docs.example.com/a%20b"),
        (
            "http://docs.example.com/a?utm_source=x&b=2&gclid=1&a=1&_ga=7",
            "http://docs.example.com/a?a=1&b=2",
        ),
        ("http://docs.example.com/a;jsessionid=12?b=", "http://docs.example.com/a?b="),
        ("http://[::1]:80/a", "http://[::1]/a"),
    ],
)
def test_addresses_have_one_form(given: str, asked: str) -> None:
    assert normalise(given) == asked
    assert normalise(asked) == asked


@pytest.mark.parametrize("given", ["", "/a", "mailto:a@b.c", "http://", "http://a:port/"])
def test_what_is_no_address_has_none(given: str) -> None:
    with pytest.raises(ValueError):
        normalise(given)


@pytest.mark.parametrize(
    "other",
    [
        "http://docs.example.com/a/b/",
        "https://www.docs.example.com/a/b",
        "http://docs.example.com/a/b/index.html",
        "http://docs.example.com/a/%62#c",
    ],
)
def test_addresses_of_the_same_page_are_recognised(other: str) -> None:
    assert identity(other) == identity("http://docs.example.com/a/b")


@pytest.mark.parametrize(
    "other",
    [
        "http://docs.example.com/A/b",
        "http://docs.example.com/a/b?page=2",
        "http://docs.example.com:8080/a/b",
        "http://example.com/a/b",
    ],
)
def test_addresses_of_other_pages_are_kept_apart(other: str) -> None:
    assert identity(other) != identity("http://docs.example.com/a/b")


def test_an_identity_is_never_longer_than_its_address() -> None:
    url = normalise(f"http://docs.example.com/{'%FF(é' * 40}")

    assert len(identity(url)) <= len(url)


@pytest.mark.parametrize(
    ("url", "belongs"),
    [
        ("http://docs.example.com/docs", True),
        ("https://www.docs.example.com/docs/a", True),
        ("http://docs.example.com/docs/node.js", True),
        ("http://docs.example.com/docs2", False),
        ("http://docs.example.com/", False),
        ("http://example.com/docs", False),
        ("http://evil.example/docs.example.com/docs", False),
        ("http://docs.example.com:8080/docs", False),
        ("ftp://docs.example.com/docs", False),
        ("http://docs.example.com/docs/manual.PDF", False),
        ("http://docs.example.com/docs/a/b/a/b/a/b", False),
        (f"http://docs.example.com/docs/{'/'.join('abcdefghijklm')}", False),
    ],
)
def test_a_site_is_its_host_and_its_paths(url: str, belongs: bool) -> None:
    assert Scope.of("http://docs.example.com/start", ["/docs/"]).has(url) is belongs


def test_without_paths_the_whole_host_is_the_site() -> None:
    scope = Scope.of("https://www.example.com/deep/start")

    assert scope.has("https://example.com/")
    assert scope.has("http://www.example.com/other")


def test_links_become_pages_each_once() -> None:
    scope = Scope.of("http://example.com/")
    links = [
        "http://example.com/a?utm_source=x",
        "http://example.com/a/",
        "http://other.example/",
        "http://example.com:port/",
        f"http://example.com/{'x' * 1000}",
        "http://example.com/b",
    ]

    assert usable(links, scope) == ["http://example.com/a", "http://example.com/b"]
