"""Sites read as a whole, from a real server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge.enums import DocumentType, JobStatus, PageStatus
from knowledge.models import Crawl, CrawlPage
from knowledge.tests.web.readers import Reader
from knowledge.tests.web.site import Asked, LocalSite, Reply, page, plain, redirect, xml
from knowledge.web import crawl, services
from knowledge.web.lease import Lease
from salesdesk.businesses.models import Business
from salesdesk.lib.leases import Lost

MakeReader = Callable[..., Reader]
LONG_AGO = timedelta(minutes=10)


@pytest.fixture
def reader_of(web: LocalSite, business: Business) -> MakeReader:
    def make(**values: Any) -> Reader:
        return Reader(web, business, **values)

    return make


@pytest.fixture
def reader(web: LocalSite, reader_of: MakeReader) -> Reader:
    """A site of a start page and two more, one of them a level deeper."""
    web.replies["/"] = page("Start", "/guide")
    web.replies["/guide"] = page("Guide", "/", "/reference")
    web.replies["/reference"] = page("Reference")
    return reader_of()


def urlset(*urls: str) -> Reply:
    return xml(f"<urlset>{''.join(f'<url><loc>{url}</loc></url>' for url in urls)}</urlset>")


def counts(read: Crawl) -> tuple[int, int, int, int, int]:
    """Found, done, skipped, failed, retired."""
    return (
        read.pages_found,
        read.pages_done,
        read.pages_skipped,
        read.pages_failed,
        read.pages_retired,
    )


# ---------------------------------------------------------------- what is read


def test_links_are_followed_and_pages_kept(reader: Reader) -> None:
    read = reader.read()

    assert read.status == JobStatus.DONE
    assert counts(read) == (3, 3, 0, 0, 0)
    assert reader.kept == {"/", "/guide", "/reference"}
    assert read.started_at
    assert read.ended_at


def test_a_page_is_kept_with_what_is_known_of_it(web: LocalSite, reader: Reader) -> None:
    web.replies["/"] = page("Start", "/api/v3/leads")
    web.replies["/api/v3/leads"] = page("Leads")

    reader.read()

    kept = reader.site.documents.get(url=web.url("/api/v3/leads"))
    assert (kept.title, kept.type, kept.version_label) == (
        "Leads",
        DocumentType.API_REFERENCE,
        "v3",
    )
    assert kept.etag


def test_sitemaps_are_read_with_their_index(web: LocalSite, reader_of: MakeReader) -> None:
    web.replies["/"] = page("Start")
    web.replies["/robots.txt"] = plain(f"User-agent: *\nSitemap: {web.url('/maps.xml')}")
    web.replies["/maps.xml"] = xml(
        f"<sitemapindex><sitemap><loc>{web.url('/one.xml')}</loc></sitemap></sitemapindex>"
    )
    web.replies["/one.xml"] = urlset(web.url("/a"), web.url("/b"), "http://other.example/c")
    web.replies |= {"/a": page("A"), "/b": page("B")}

    reader = reader_of()
    reader.read()

    assert reader.kept == {"/", "/a", "/b"}
    assert not any("other.example" in each.host for each in web.asked)


def test_only_pages_of_the_host_and_the_paths_are_read(
    web: LocalSite, reader_of: MakeReader
) -> None:
    links = ("/docs/a", "/docsother", "/blog/b", "http://other.example.com/docs/c", "/docs/d.zip")
    web.replies["/"] = page("Start", *links)
    web.replies["/docs/a"] = page("A", "/docs", "mailto:a@example.com")
    web.replies["/docs"] = page("Docs")

    reader = reader_of(path_prefixes=["/docs"])
    reader.read()

    assert reader.kept == {"/", "/docs", "/docs/a"}
    assert set(web.paths) == {"/robots.txt", "/sitemap.xml", "/", "/docs", "/docs/a"}


def test_one_page_under_several_addresses_is_read_once(web: LocalSite, reader: Reader) -> None:
    web.replies["/"] = page("Start", "/a", "/a/", "/a#x", "/a?utm_source=mail", "/index.html")
    web.replies["/a"] = page("A")

    read = reader.read()

    assert counts(read)[:2] == (2, 2)
    assert web.paths.count("/a") == 1


def test_depth_is_limited(web: LocalSite, reader_of: MakeReader) -> None:
    web.replies["/"] = page("0", "/1")
    web.replies["/1"] = page("1", "/2")
    web.replies["/2"] = page("2", "/3")
    web.replies["/3"] = page("3")

    reader = reader_of(max_depth=2)
    reader.read()

    assert reader.kept == {"/", "/1", "/2"}


def test_robots_are_honoured(web: LocalSite, reader: Reader) -> None:
    web.replies["/robots.txt"] = plain("User-agent: *\nDisallow: /secret\nDisallow: /*?print=")
    web.replies["/"] = page("Start", "/secret/a", "/open?print=1", "/open", "/leads")
    web.replies["/open"] = page("Open")
    web.replies["/leads"] = redirect("/secret/b")

    read = reader.read()

    assert reader.kept == {"/", "/open"}
    assert not [path for path in web.paths if "secret" in path or "print" in path]
    skipped = read.pages.get(status=PageStatus.SKIPPED)
    assert "robots.txt" in skipped.reason


def test_a_start_that_robots_may_not_read_fails_in_words(web: LocalSite, reader: Reader) -> None:
    web.replies["/robots.txt"] = plain("User-agent: salesdesk\nDisallow: /")

    read = reader.read()

    assert read.status == JobStatus.FAILED
    assert "robots.txt asks robots to keep away" in read.error
    assert web.paths == ["/robots.txt"]


def test_nothing_is_read_while_robots_cannot_be(web: LocalSite, reader: Reader) -> None:
    web.replies["/robots.txt"] = Reply(status=503)

    read = reader.read()

    assert read.status == JobStatus.FAILED
    assert "robots.txt could not be read" in read.error
    assert web.paths == ["/robots.txt"]


def test_what_pages_ask_of_robots_is_honoured(web: LocalSite, reader: Reader) -> None:
    def robots(wish: str) -> str:
        return f'<meta name="robots" content="{wish}">'

    web.replies["/"] = page("Start", "/hidden", "/end", "/header")
    web.replies["/hidden"] = page("Hidden", "/behind", head=robots("noindex"))
    web.replies["/end"] = page("End", "/unfollowed", head=robots("nofollow"))
    web.replies["/header"] = page("Header", X_Robots_Tag="noindex")
    web.replies["/behind"] = page("Behind")
    web.replies["/unfollowed"] = page("Unfollowed")

    reader.read()

    assert reader.kept == {"/", "/end", "/behind"}
    assert "/unfollowed" not in web.paths


def test_the_address_that_a_page_prefers_is_kept(web: LocalSite, reader: Reader) -> None:
    canonical = '<link rel="canonical" href="/one">'
    web.replies["/"] = page("Start", "/one?view=a", "/one?view=b", "/lost")
    web.replies["/one?view=a"] = web.replies["/one?view=b"] = page("One", head=canonical)
    web.replies["/lost"] = page("Lost", head='<link rel="canonical" href="/">')

    read = reader.read()

    assert reader.kept == {"/", "/one", "/lost"}
    assert counts(read) == (4, 3, 1, 0, 0)


def test_a_redirect_within_the_site_is_kept_where_it_leads(web: LocalSite, reader: Reader) -> None:
    web.replies["/"] = page("Start", "/old", "/new", "/away")
    web.replies["/old"] = redirect("/new")
    web.replies["/new"] = page("New")
    web.replies["/away"] = redirect("http://169.254.169.254/latest")

    read = reader.read()

    assert reader.kept == {"/", "/new"}
    assert read.pages.get(url=web.url("/away")).status == PageStatus.SKIPPED


# ---------------------------------------------------------------- endless sites


def test_a_calendar_ends(web: LocalSite, reader: Reader) -> None:
    """Each month links to the next, for ever, by a parameter."""

    def month(asked: Asked) -> Reply:
        number = int(asked.path.partition("month=")[2])
        return page(f"Month {number}", f"/calendar?month={number + 1}")

    links = [f"/calendar?month={number}" for number in range(0, 300, 10)]
    web.replies["/"] = page("Start", *links)
    web.replies |= {f"/calendar?month={number}": month for number in range(400)}

    read = reader.read()

    assert read.status == JobStatus.DONE
    assert read.pages_found == 1 + 20


def test_a_tree_of_links_that_repeats_itself_ends(
    web: LocalSite, reader_of: MakeReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deeper(asked: Asked) -> Reply:
        if asked.path in ("/robots.txt", "/sitemap.xml"):
            return Reply(status=404)
        return page(asked.path, "a/", "b/")

    monkeypatch.setattr(web, "replies", AlwaysThere(deeper))

    read = reader_of(max_depth=9).read()

    # "a" and "b" each at most twice in a path: 1 + 2 + 4 + 6 + 6.
    assert read.pages_found == 19
    assert read.status == JobStatus.DONE


class AlwaysThere(dict[str, Any]):
    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        super().__init__()
        self.answer = answer

    def get(self, key: str, default: Any = None) -> Any:
        return self.answer


def test_the_limit_of_pages_holds_and_retires_nothing(
    web: LocalSite, reader_of: MakeReader
) -> None:
    links = [f"/{number}" for number in range(30)]
    web.replies["/"] = page("Start", *links)
    web.replies |= {link: page(link) for link in links}
    reader = reader_of(max_pages=31)
    reader.read()
    services.change_site(reader.site, max_pages=5)

    read = reader.read()

    assert read.status == JobStatus.DONE
    assert read.is_partial
    assert read.pages_found == 5
    assert len(reader.kept) == 31


# ---------------------------------------------------------------- again


def test_what_has_not_changed_is_not_stored_again(reader: Reader, web: LocalSite) -> None:
    reader.read()

    again = reader.read()

    assert reader.shelf.stored == []
    assert counts(again) == (3, 0, 3, 0, 0)
    asked = {each.path: each.headers["If-None-Match"] for each in web.asked}
    assert all(asked[path] for path in ("/", "/guide", "/reference"))


def test_what_has_changed_is_stored_again(reader: Reader, web: LocalSite) -> None:
    reader.read()
    web.replies["/guide"] = page("Guide", "/reference", text="A new edition.")

    again = reader.read()

    assert reader.shelf.stored == [web.url("/guide")]
    assert counts(again) == (3, 1, 2, 0, 0)


def test_a_site_without_etags_is_compared_by_content(reader: Reader, web: LocalSite) -> None:
    bare = {"Content-Type": "text/html"}
    for path in ("/", "/guide", "/reference"):
        reply = web.replies[path]
        assert isinstance(reply, Reply)
        web.replies[path] = Reply(reply.body, headers=bare)
    reader.read()

    again = reader.read()

    assert reader.shelf.stored == []
    assert counts(again) == (3, 0, 3, 0, 0)


def test_a_page_that_is_gone_is_retired(reader: Reader, web: LocalSite) -> None:
    reader.read()
    del web.replies["/reference"]

    again = reader.read()

    assert reader.kept == {"/", "/guide"}
    assert counts(again) == (3, 0, 3, 0, 1)


def test_a_page_that_nothing_names_any_more_is_retired(reader: Reader, web: LocalSite) -> None:
    reader.read()
    web.replies["/guide"] = page("Guide")

    again = reader.read()

    assert reader.kept == {"/", "/guide"}
    assert again.pages_retired == 1


def test_a_page_that_comes_back_is_kept_anew(reader: Reader, web: LocalSite) -> None:
    reader.read()
    gone = web.replies.pop("/reference")
    reader.read()
    web.replies["/reference"] = gone

    reader.read()

    assert reader.kept == {"/", "/guide", "/reference"}


def test_a_page_that_fails_keeps_what_was_known_of_it_and_below(
    reader: Reader, web: LocalSite
) -> None:
    reader.read()
    web.replies["/guide"] = Reply(status=500)

    again = reader.read()

    assert reader.kept == {"/", "/guide", "/reference"}
    assert again.status == JobStatus.DONE
    assert again.pages_failed == 1
    assert again.errors == [
        {"url": web.url("/guide"), "message": "The server answered with an error (status 500)."}
    ]
    assert web.paths.count("/guide") == 3


def test_a_site_that_seems_to_be_lost_is_kept(web: LocalSite, reader_of: MakeReader) -> None:
    links = [f"/{number}" for number in range(30)]
    web.replies["/"] = page("Start", *links)
    web.replies |= {link: page(link) for link in links}
    reader = reader_of()
    reader.read()
    web.replies["/"] = page("Sign in")

    again = reader.read()

    assert len(reader.kept) == 31
    assert "30 of 31 known pages were not met again" in again.errors[0]["message"]


def test_a_start_page_that_fails_ends_the_reading_and_retires_nothing(
    reader: Reader, web: LocalSite
) -> None:
    reader.read()
    web.replies["/"] = Reply(status=404)

    again = reader.read()

    assert again.status == JobStatus.FAILED
    assert again.error == "There is no page at this address any more."
    assert reader.kept == {"/", "/guide", "/reference"}


def test_a_sitemap_that_fails_retires_nothing(web: LocalSite, reader_of: MakeReader) -> None:
    web.replies |= {"/": page("Start"), "/a": page("A"), "/sitemap.xml": urlset(web.url("/a"))}
    reader = reader_of()
    reader.read()
    web.replies["/sitemap.xml"] = Reply(status=500)

    again = reader.read()

    assert again.is_partial
    assert again.errors[0]["url"] == web.url("/sitemap.xml")
    assert reader.kept == {"/", "/a"}


def test_a_sitemap_that_nobody_has_named_may_be_refused(reader: Reader, web: LocalSite) -> None:
    web.replies["/sitemap.xml"] = Reply(status=403)
    reader.read()
    del web.replies["/reference"]

    again = reader.read()

    assert not again.is_partial
    assert again.pages_retired == 1


def test_wider_paths_find_the_links_that_were_outside(
    web: LocalSite, reader_of: MakeReader
) -> None:
    web.replies["/"] = page("Start", "/docs/a", "/guide/b")
    web.replies |= {"/docs/a": page("A"), "/guide/b": page("B")}
    reader = reader_of(path_prefixes=["/docs"])
    reader.read()
    services.change_site(reader.site, path_prefixes=["/docs", "/guide"])

    reader.read()

    assert reader.kept == {"/", "/docs/a", "/guide/b"}


def test_a_page_that_a_person_has_deleted_comes_anew(reader: Reader, web: LocalSite) -> None:
    reader.read()
    reader.site.documents.get(url=web.url("/guide")).delete()

    reader.read()

    assert reader.shelf.stored == [web.url("/guide")]


# ---------------------------------------------------------------- errors


def test_errors_are_listed_and_bounded(web: LocalSite, reader: Reader) -> None:
    links = [f"/{number}" for number in range(60)]
    web.replies["/"] = page("Start", *links)
    web.replies |= {link: Reply(status=403) for link in links}

    read = reader.read()

    assert read.pages_failed == 60
    assert len(read.errors) == 50


def test_a_dead_link_is_no_error(web: LocalSite, reader: Reader) -> None:
    web.replies["/"] = page("Start", "/nowhere")

    read = reader.read()

    assert counts(read) == (2, 1, 1, 0, 0)
    assert read.errors == []


def test_what_is_no_page_is_passed_over(web: LocalSite, reader: Reader) -> None:
    web.replies["/"] = page("Start", "/brochure")
    web.replies["/brochure"] = Reply(b"%PDF", headers={"Content-Type": "application/pdf"})

    read = reader.read()

    assert counts(read) == (2, 1, 1, 0, 0)
    assert "application/pdf" in read.pages.get(url=web.url("/brochure")).reason


def test_a_server_that_asks_for_rest_gets_it(web: LocalSite, reader: Reader) -> None:
    answers = [Reply(status=429, headers={"Retry-After": "7"}), page("Guide")]
    web.replies["/guide"] = lambda asked: answers.pop(0)

    read = reader.read()

    assert reader.pace.rests == [7]
    assert sum(reader.clock.slept) == 7
    assert counts(read)[:2] == (2, 2)


# ---------------------------------------------------------------- cancel, die, go on


def test_a_reading_that_is_canceled_stops_within_a_page(reader: Reader) -> None:
    def cancel(url: str) -> None:
        services.cancel_sync(reader.site)

    reader.shelf.before_each = cancel

    read = reader.read()

    assert read.status == JobStatus.CANCELED
    assert reader.shelf.stored == [reader.web.url("/")]
    assert read.ended_at


def test_a_canceled_reading_retires_nothing(reader: Reader, web: LocalSite) -> None:
    def cancel(url: str) -> None:
        services.cancel_sync(reader.site)

    reader.read()
    web.replies["/"] = page("Start", text="New.")
    reader.shelf.before_each = cancel

    read = reader.read()

    assert read.status == JobStatus.CANCELED
    assert reader.kept == {"/", "/guide", "/reference"}


class Killed(BaseException):
    """The worker is gone in the middle of something."""


def test_another_worker_goes_on_where_one_has_died(reader: Reader, web: LocalSite) -> None:
    def die(url: str) -> None:
        if url.endswith("/guide"):
            raise Killed

    reader.shelf.before_each = die
    begun = reader.begin()
    with pytest.raises(Killed):
        crawl.read_site(begun.pk, reader.tools)
    reader.shelf.before_each = None

    assert crawl.read_site(begun.pk, reader.tools) is None  # it may be alive still
    assert web.paths.count("/guide") == 1
    begun.refresh_from_db()
    assert begun.status == JobStatus.RUNNING

    Crawl.objects.filter(pk=begun.pk).update(beat_at=timezone.now() - LONG_AGO)
    read = reader.work(begun)

    assert read.status == JobStatus.DONE
    assert counts(read) == (3, 3, 0, 0, 0)
    assert web.paths.count("/") == 1
    assert web.paths.count("/robots.txt") == 1


def test_a_worker_that_was_thought_dead_leaves_the_crawl_alone(reader: Reader) -> None:
    begun = reader.begin()
    first = Lease.claim(begun.pk)
    assert first is not None
    Crawl.objects.filter(pk=begun.pk).update(beat_at=timezone.now() - LONG_AGO)

    second = Lease.claim(begun.pk)

    assert second is not None
    with pytest.raises(Lost):
        first.beat()
    with pytest.raises(Lost):
        first.end(JobStatus.FAILED)
    second.beat()


def test_a_page_at_which_workers_die_is_given_up(reader: Reader, web: LocalSite) -> None:
    def die(url: str) -> None:
        if url.endswith("/guide"):
            raise Killed

    reader.shelf.before_each = die
    begun = reader.begin()
    for _ in range(crawl.ATTEMPTS):
        with pytest.raises(Killed):
            crawl.read_site(begun.pk, reader.tools)
        Crawl.objects.filter(pk=begun.pk).update(beat_at=timezone.now() - LONG_AGO)

    read = reader.work(begun)

    assert read.status == JobStatus.DONE
    assert counts(read) == (2, 1, 0, 1, 0)
    assert "broke off" in read.errors[0]["message"]


def test_a_long_reading_leaves_room_for_others(reader: Reader) -> None:
    def take_long(url: str) -> None:
        reader.clock.now += crawl.TURN_SECONDS

    reader.shelf.before_each = take_long
    begun = reader.begin()

    assert crawl.read_site(begun.pk, reader.tools) == 0
    begun.refresh_from_db()
    assert begun.status == JobStatus.WAITING
    assert reader.shelf.stored == [reader.web.url("/")]

    assert reader.work(begun).status == JobStatus.DONE
    assert len(reader.shelf.stored) == 3


def test_a_site_that_is_removed_meanwhile_ends_its_reading(reader: Reader) -> None:
    begun = reader.begin()

    def remove(seconds: float) -> None:
        reader.site.delete()

    reader.pace.free_at = 10
    reader.clock.sleep = remove  # type: ignore[method-assign]

    assert crawl.read_site(begun.pk, reader.tools) is None
    assert reader.web.asked == []


def test_a_long_pause_is_not_waited_for(reader: Reader) -> None:
    begun = reader.begin()
    reader.pace.free_at = 120

    assert crawl.read_site(begun.pk, reader.tools) == 120
    begun.refresh_from_db()
    assert begun.status == JobStatus.WAITING
    assert begun.beat_at is not None
    assert begun.beat_at > timezone.now() + timedelta(seconds=100)


def test_what_a_reading_has_met_is_forgotten_after_the_next(reader: Reader) -> None:
    reader.read()
    latest = reader.read()

    assert set(CrawlPage.objects.values_list("crawl", flat=True)) == {latest.pk}


def test_the_delay_that_robots_ask_for_is_kept(reader: Reader, web: LocalSite) -> None:
    web.replies["/robots.txt"] = plain("User-agent: *\nCrawl-delay: 20")

    reader.read()

    assert reader.pace.delays == [0, 20, 20, 20, 20]
    assert reader.clock.now >= 60
