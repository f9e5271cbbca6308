"""Sitemaps in all their forms, bounded."""

import gzip

import pytest

from knowledge.tests.web.site import LocalSite, Reply, xml
from knowledge.web import sitemap
from knowledge.web.addresses import WebError
from knowledge.web.sitemap import Sitemap, parse_sitemap, read_sitemaps
from knowledge.web.urls import Scope

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def read(web: LocalSite, *paths: str) -> Sitemap:
    urls = [web.url(path) for path in paths]
    scope = Scope.of(web.url("/"))
    return read_sitemaps(web.fetcher(), urls, scope, before_each=lambda url: None)


def pages(*urls: str) -> str:
    return f"<urlset {NAMESPACE}>{''.join(f'<url><loc> {u} </loc></url>' for u in urls)}</urlset>"


def test_pages_and_sitemaps_are_told_apart() -> None:
    index = f"<sitemapindex {NAMESPACE}><sitemap><loc>http://a/1</loc></sitemap></sitemapindex>"

    assert parse_sitemap(index.encode()) == (["http://a/1"], [])
    assert parse_sitemap(pages("http://a/x", "http://a/y?a=1&amp;b=2").encode()) == (
        [],
        ["http://a/x", "http://a/y?a=1&b=2"],
    )


def test_images_and_alternates_are_no_pages() -> None:
    body = (
        f'<urlset {NAMESPACE} xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        "<url><loc>http://a/x</loc><image:image><image:loc>http://a/i.png</image:loc></image:image>"
        "</url></urlset>"
    )

    assert parse_sitemap(body.encode()) == ([], ["http://a/x"])


def test_a_list_of_addresses_is_a_sitemap_too() -> None:
    assert parse_sitemap(b"http://a/x\nhttp://a/y\n\nnothing") == ([], ["http://a/x", "http://a/y"])


def test_a_broken_sitemap_gives_what_can_be_read() -> None:
    assert parse_sitemap(pages("http://a/x").encode()[:-9]) == ([], ["http://a/x"])


def test_entities_are_not_unfolded() -> None:
    bomb = (
        '<!DOCTYPE urlset [<!ENTITY a "http://a/"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
        f"<urlset {NAMESPACE}><url><loc>&b;</loc></url><url><loc>http://a/x</loc></url></urlset>"
    )

    found = parse_sitemap(bomb.encode())[1]

    assert found[-1] == "http://a/x"
    assert not any("root" in each for each in found)


def test_a_packed_sitemap_is_unpacked(web: LocalSite) -> None:
    packed = gzip.compress(pages(web.url("/a")).encode())
    web.replies["/map.xml.gz"] = Reply(packed, headers={"Content-Type": "application/x-gzip"})

    assert read(web, "/map.xml.gz").pages == [web.url("/a")]


def test_a_bomb_of_gzip_does_not_unfold(web: LocalSite) -> None:
    web.replies["/map.xml.gz"] = Reply(gzip.compress(b" " * 50_000_000, compresslevel=1))

    found = read(web, "/map.xml.gz")

    assert not found.is_whole
    assert found.problems == [(web.url("/map.xml.gz"), "The sitemap is too large.")]


@pytest.mark.parametrize("body", [b"\x1f\x8bnot gzip", b"<"])
def test_a_damaged_sitemap_is_a_problem(web: LocalSite, body: bytes) -> None:
    web.replies["/map.xml"] = Reply(body)

    found = read(web, "/map.xml")

    assert not found.is_whole
    assert found.problems[0][1].startswith("The sitemap")


def test_a_sitemap_that_is_not_there_is_none(web: LocalSite) -> None:
    found = read(web, "/sitemap.xml")

    assert found == Sitemap()
    assert web.paths == ["/sitemap.xml"]


def test_an_index_that_names_itself_ends(web: LocalSite) -> None:
    web.replies["/map.xml"] = xml(
        f"<sitemapindex><sitemap><loc>{web.url('/map.xml')}</loc></sitemap>"
        "<sitemap><loc>http://other.example/map.xml</loc></sitemap></sitemapindex>"
    )

    assert read(web, "/map.xml").is_whole
    assert web.paths == ["/map.xml"]


def test_files_and_pages_are_bounded(web: LocalSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "FILES_AT_MOST", 3)
    monkeypatch.setattr(sitemap, "PAGES_AT_MOST", 5)
    for number in range(10):
        web.replies[f"/{number}.xml"] = xml(pages(f"{web.url('/a')}{number}"))
    many = [f"/{number}.xml" for number in range(10)]

    found = read(web, *many)

    assert (len(found.pages), found.is_whole) == (3, False)
    web.replies["/long.xml"] = xml(pages(*(f"{web.url('/b')}{number}" for number in range(9))))
    assert len(read(web, "/long.xml").pages) == 5


def test_whoever_asks_is_told_before_each_file(web: LocalSite) -> None:
    def stop(url: str) -> None:
        raise WebError("stop")

    with pytest.raises(WebError, match="stop"):
        read_sitemaps(
            web.fetcher(), [web.url("/map.xml")], Scope.of(web.url("/")), before_each=stop
        )
    assert web.asked == []
