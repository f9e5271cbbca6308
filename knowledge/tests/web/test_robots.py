"""What a site lets robots read."""

import pytest

from knowledge.tests.web.site import LocalSite, Reply, plain, redirect
from knowledge.web.addresses import Refused, WebError
from knowledge.web.robots import Robots, read_robots

HOST = "http://docs.example.com"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /a", "/a/b", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b", True),
        ("User-agent: *\nDisallow: /*.php$", "/x.php", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: salesdesk\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow:\n\nUser-agent: SalesDesk\nDisallow: /", "/a", False),
        ("User-agent: other\nDisallow: /", "/a", True),
        ("<html>no robots</html>", "/a", True),
    ],
)
def test_rules_are_followed(text: str, path: str, allowed: bool) -> None:
    robots = Robots.parse(text)

    assert robots.allows(f"{HOST}{path}") is allowed
    if not allowed:
        with pytest.raises(Refused, match=r"robots\.txt"):
            robots.check(f"{HOST}{path}")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nDisallow: /x", 0),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: *\nRequest-rate: 1/5", 5),
        ("User-agent: *\nCrawl-delay: 86400", 30),
    ],
)
def test_the_wish_for_a_pause_is_bounded(text: str, seconds: float) -> None:
    assert Robots.parse(text).delay_seconds == seconds


def test_sitemaps_are_named() -> None:
    assert Robots.parse(f"Sitemap: {HOST}/a.xml\nSitemap: {HOST}/b.xml").sitemaps == (
        f"{HOST}/a.xml",
        f"{HOST}/b.xml",
    )


def test_the_file_is_read_from_the_hosts_root(web: LocalSite) -> None:
    web.replies["/robots.txt"] = redirect("/real-robots.txt")
    web.replies["/real-robots.txt"] = plain("\ufeffUser-agent: *\nDisallow: /a\0")

    text = read_robots(web.fetcher(), web.url("/deep/start?x=1"))

    assert text == "User-agent: *\nDisallow: /a"


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_without_rules_all_is_allowed(web: LocalSite, status: int) -> None:
    web.replies["/robots.txt"] = Reply(status=status)

    assert read_robots(web.fetcher(), web.url("/")) == ""


@pytest.mark.parametrize("status", [429, 500, 503])
def test_rules_that_cannot_be_read_forbid_all(web: LocalSite, status: int) -> None:
    web.replies["/robots.txt"] = Reply(status=status)

    with pytest.raises(WebError, match="nothing is read") as caught:
        read_robots(web.fetcher(), web.url("/"))
    assert caught.value.retryable


def test_a_huge_file_is_read_to_its_limit(web: LocalSite) -> None:
    web.replies["/robots.txt"] = plain("User-agent: *\n" + "Disallow: /a\n" * 100_000)

    assert len(read_robots(web.fetcher(), web.url("/"))) == 500 * 1024
