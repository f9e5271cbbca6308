"""What a page says about itself."""

import pytest

from knowledge.web.page import PageFacts, read_page

URL = "http://docs.example.com/guide/start"


def facts(html: str, robots: str = "") -> PageFacts:
    return read_page(html.encode(), URL, robots=robots)


def test_links_are_made_absolute_each_once_in_their_order() -> None:
    found = facts(
        '<a href="next">n</a><a href="/top#x">t</a><a href="/top">t</a>'
        '<a href="//other.example/a">o</a><area href="area">'
    )

    assert found.links == (
        "http://docs.example.com/guide/next",
        "http://docs.example.com/top",
        "http://other.example/a",
        "http://docs.example.com/guide/area",
    )


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="">',
        "<a>",
        '<a href="mailto:a@example.com">',
        '<a href="javascript:void(0)">',
        '<a href="http://[">',
        '<a href="/a" rel="nofollow ugc">',
        f'<a href="/{"x" * 1000}">',
    ],
)
def test_what_leads_nowhere_is_no_link(anchor: str) -> None:
    assert facts(f"<p>{anchor}text</a></p>").links == ()


def test_a_base_moves_the_links() -> None:
    assert facts('<base href="/v2/"><a href="a">').links == ("http://docs.example.com/v2/a",)


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title> Solar \n panels </title><h1>Other</h1>", "Solar panels"),
        ("<title></title><h1>Solar <em>panels</em></h1>", "Solar panels"),
        ("<p>words</p>", ""),
        ("", ""),
        ("<!-- nothing -->", ""),
    ],
)
def test_the_title_is_found(html: str, title: str) -> None:
    assert facts(html).title == title


@pytest.mark.parametrize(
    "body",
    [
        "<title>Wärme</title>".encode(),
        "\ufeff<title>Wärme</title>".encode(),
        '<meta charset="iso-8859-1"><title>Wärme</title>'.encode("latin-1"),
        '<meta charset="iso-8859-1"><title>Wärme</title>'.encode(),
    ],
)
def test_a_title_is_read_in_its_encoding(body: bytes) -> None:
    assert read_page(body, URL).title == "Wärme"


def test_a_title_is_bounded() -> None:
    assert len(facts(f"<title>{'x' * 500}</title>").title) == 300


@pytest.mark.parametrize(
    ("head", "robots", "may_keep", "follows"),
    [
        ("", "", True, True),
        ('<meta name="robots" content="noindex">', "", False, True),
        ('<meta name="ROBOTS" content="NoFollow">', "", True, False),
        ('<meta name="robots" content="none">', "", False, False),
        ('<meta name="salesdesk" content="noindex, nofollow">', "", False, False),
        ('<meta name="googlebot" content="noindex">', "", True, True),
        ("", "noindex", False, True),
        ("", "noindex, nofollow", False, False),
        ("", "googlebot: noindex, nofollow", True, True),
        ("", "googlebot: nofollow\nnoindex", False, True),
        ("", "salesdesk: nofollow", True, False),
        ("", "unavailable_after: 25 Jun 2040 15:00:00 PST, nofollow", True, False),
    ],
)
def test_wishes_to_robots_are_read(head: str, robots: str, may_keep: bool, follows: bool) -> None:
    found = facts(f'<html><head>{head}</head><a href="/a">a</a></html>', robots)

    assert (found.may_keep, bool(found.links)) == (may_keep, follows)


def test_the_preferred_address_and_the_version_are_read() -> None:
    found = facts('<link rel="canonical" href="/guide"><meta name="docsearch:version" content="4">')

    assert found.canonical == "http://docs.example.com/guide"
    assert found.version == "4"


def test_a_page_of_many_open_tags_is_read() -> None:
    assert facts(f'{"<div>" * 50_000}<a href="/a">').title == ""
