"""Reads a documentation site: what changed is stored, what is gone is retired.

A crawl is worked on in turns of some minutes, so that long sites leave room for others. All that a
turn needs to go on stands in Postgres; a worker may die at any moment.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.db.models import F

from knowledge.enums import JobStatus, PageStatus
from knowledge.models import Crawl, CrawlPage, Document, Site
from knowledge.web.addresses import Refused, WebError
from knowledge.web.fetch import Answer, Fetcher, NotAPage, in_utf8
from knowledge.web.frontier import Frontier
from knowledge.web.lease import Canceled, Lease
from knowledge.web.pace import Pace
from knowledge.web.page import PageFacts, read_page
from knowledge.web.push import tell_progress
from knowledge.web.robots import Robots, read_robots
from knowledge.web.sitemap import Sitemap, read_sitemaps
from knowledge.web.urls import LONGEST_URL, Scope, identity, normalise, usable
from knowledge.web.vendors import type_of, version_of
from salesdesk.lib.errors import SalesdeskError
from salesdesk.lib.leases import Lost

TURN_SECONDS = 300.0
LONGEST_WAIT_SECONDS = 45.0
ATTEMPTS = 3
REST_SECONDS = 10
ERRORS_KEPT = 50
LINKS_KEPT = 1000
MANY_PAGES = 20
COUNTED_AS = {
    PageStatus.STORED: "pages_done",
    PageStatus.UNCHANGED: "pages_skipped",
    PageStatus.SKIPPED: "pages_skipped",
    PageStatus.GONE: "pages_skipped",
    PageStatus.FAILED: "pages_failed",
}


class StorePage(Protocol):
    """Stores a page; ``None`` when nothing has changed."""

    def __call__(
        self,
        site: Site,
        url: str,
        *,
        html: bytes,
        title: str = "",
        etag: str = "",
        last_modified: str = "",
        version_label: str = "",
        type: str = "",  # noqa: A002  # the document's word for it
    ) -> Document | None: ...


class RetirePage(Protocol):
    def __call__(self, document: Document) -> object: ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What a crawl works with. ``clock`` gives seconds that only go up."""

    store: StorePage
    retire: RetirePage
    fetcher: Fetcher = field(default_factory=Fetcher)
    pace: Pace = field(default_factory=Pace)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


class HandOver(Exception):
    """This turn is over; the next begins after ``seconds``."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def read_site(crawl_id: int, tools: Tools) -> float | None:
    """Work on the crawl for one turn. Seconds until the next is due; ``None``: there is none.

    There is none when the crawl has ended, or another worker has it.
    """
    lease = Lease.claim(crawl_id)
    if lease is None:
        return None
    crawl = Crawl.objects.select_related("site").get(pk=crawl_id)
    tell_progress(crawl)
    try:
        return _work(crawl, lease, tools)
    except Lost:
        return None
    finally:
        tell_progress(crawl)


def _work(crawl: Crawl, lease: Lease, tools: Tools) -> float | None:
    try:
        Turn(crawl, lease, tools).run()
    except HandOver as rest:
        lease.hand_over(rest.seconds)
        return rest.seconds
    except Canceled:
        lease.end(JobStatus.CANCELED)
    except WebError as error:
        lease.end(JobStatus.FAILED, error=error.message)
    else:
        lease.end(JobStatus.DONE)
        CrawlPage.objects.filter(crawl__site=crawl.site, crawl__pk__lt=crawl.pk).delete()
    return None


class Turn:
    """One worker's work on a crawl.

    Raises :class:`WebError` when the site cannot be read at all.
    """

    def __init__(self, crawl: Crawl, lease: Lease, tools: Tools) -> None:
        self.crawl = crawl
        self.site = crawl.site
        self.lease = lease
        self.tools = tools
        self.scope = Scope.of(self.site.start_url, self.site.path_prefixes)
        self.host = urlsplit(self.site.start_url).hostname or ""
        self.ends_at = tools.clock() + TURN_SECONDS
        self._open(crawl.robots)

    def _open(self, robots: str) -> None:
        self.robots = Robots.parse(robots)
        self.frontier = Frontier(self.crawl, self.scope, self.robots)

    def run(self) -> None:
        if not self.crawl.pages.exists():
            self._begin()
        while page := self.frontier.next():
            self._wait_for_our_turn()
            self._read(page)
            tell_progress(self.crawl)
            if self.tools.clock() >= self.ends_at:
                raise HandOver
        self._retire_unmet()

    # ------------------------------------------------------------ beginning

    def _begin(self) -> None:
        """Robots, sitemaps, the start page: met together or not at all."""
        start = normalise(self.site.start_url)
        self._wait_for_our_turn()
        text = read_robots(self.tools.fetcher, start)
        self._open(text)
        self.robots.check(start)
        guess = urljoin(start, "/sitemap.xml")
        named = read_sitemaps(
            self.tools.fetcher,
            self.robots.sitemaps,
            self.scope,
            before_each=self._wait_for_our_turn,
            guess=guess if self.robots.allows(guess) else "",
        )
        with transaction.atomic():
            Crawl.objects.filter(pk=self.crawl.pk).update(robots=text)
            self.frontier.begin(start)
            self.frontier.add(named.pages, depth=min(1, self.site.max_depth))
            self._note_sitemap(named)

    def _note_sitemap(self, named: Sitemap) -> None:
        if not named.is_whole:
            Crawl.objects.filter(pk=self.crawl.pk).update(is_partial=True)
        for url, message in named.problems:
            self._note(url, message)

    def _wait_for_our_turn(self, _url: str = "") -> None:
        """Until the host may be asked again. Raises what :meth:`Lease.beat` does."""
        while True:
            self.lease.beat()
            left = self.tools.pace.take(self.host, self.robots.delay_seconds)
            if not left:
                return
            if left > LONGEST_WAIT_SECONDS:
                raise HandOver(left)
            self.tools.sleep(min(left, 1.0))

    # ------------------------------------------------------------ one page

    def _read(self, page: CrawlPage) -> None:
        page.attempts += 1
        CrawlPage.objects.filter(pk=page.pk).update(attempts=page.attempts)
        known = self._document_at(page.url)
        try:
            self._check_attempts(page)
            answer = self._fetch(page, known)
        except WebError as error:
            self._did_not_come(page, known, error)
        else:
            self._came(page, known, answer)

    def _check_attempts(self, page: CrawlPage) -> None:
        """A page at which workers die is not tried for ever."""
        if page.attempts > ATTEMPTS:
            raise WebError("Reading this page broke off each time.")

    def _fetch(self, page: CrawlPage, known: Document | None) -> Answer:
        """Only a page whose links are remembered may answer that it is unchanged."""
        if known is None or self.frontier.links_of_before(page) is None:
            return self.tools.fetcher.get(page.url, may_visit=self._check)
        return self.tools.fetcher.get(
            page.url,
            etag=known.etag,
            last_modified=known.last_modified,
            may_visit=self._check,
        )

    def _check(self, url: str) -> None:
        """Where redirects may lead. Raises ``Refused``."""
        if not self.scope.is_same_host(normalise(url)):
            raise Refused(f"It leads to another site: {url}")
        if len(url) > LONGEST_URL:
            raise Refused(f"It leads to an address longer than {LONGEST_URL} characters.")
        self.robots.check(url)

    def _came(self, page: CrawlPage, known: Document | None, answer: Answer) -> None:
        if answer.is_unchanged:
            links = self.frontier.links_of_before(page) or ()
            return self._settle(page, PageStatus.UNCHANGED, document=known, links=links)
        body = in_utf8(answer)
        facts = read_page(body, answer.url, robots=answer.robots)
        url = self._address(answer.url, facts)
        if not self.frontier.claim(page, url):
            return self._settle(page, PageStatus.SKIPPED, reason=f"The same page as {url}")
        if not facts.may_keep:
            reason = "The page asks not to be kept (noindex)."
            return self._settle(page, PageStatus.SKIPPED, reason=reason, links=facts.links)
        return self._store(page, answer, body, facts)

    def _address(self, url: str, facts: PageFacts) -> str:
        """The one that the page prefers, if it is of the site and may be read.

        Many sites name their start page on every page by mistake; that is not believed.
        """
        preferred = usable([facts.canonical] if facts.canonical else [], self.scope)
        start = identity(self.site.start_url)
        if preferred and identity(preferred[0]) != start and self.robots.allows(preferred[0]):
            return preferred[0]
        return normalise(url)

    def _store(self, page: CrawlPage, answer: Answer, body: bytes, facts: PageFacts) -> None:
        try:
            document = self.tools.store(
                self.site,
                page.url,
                html=body,
                title=facts.title,
                etag=answer.etag,
                last_modified=answer.last_modified,
                version_label=version_of(page.url, facts.title, facts.version),
                type=type_of(page.url, facts.title, self.site.vendor),
            )
        except SalesdeskError as error:
            known = self._document_at(page.url)
            return self._fail(page, error.message, document=known, links=facts.links)
        status = PageStatus.STORED if document else PageStatus.UNCHANGED
        document = document or self._document_at(page.url)
        return self._settle(page, status, document=document, links=facts.links)

    def _did_not_come(self, page: CrawlPage, known: Document | None, error: WebError) -> None:
        if error.retryable and page.attempts < ATTEMPTS:
            self.tools.pace.rest(self.host, error.retry_after or REST_SECONDS)
        elif page.depth == 0:
            raise error
        elif error.is_gone:
            self._retire(page, known)
        elif isinstance(error, (Refused, NotAPage)):
            self._settle(page, PageStatus.SKIPPED, reason=error.message)
        else:
            links = self.frontier.links_of_before(page) or ()
            self._fail(page, error.message, document=known, links=links)

    def _retire(self, page: CrawlPage, known: Document | None) -> None:
        if known:
            self.tools.retire(known)
        self._settle(page, PageStatus.GONE, reason="There is no such page.", retired=bool(known))

    def _fail(self, page: CrawlPage, reason: str, **settled: Any) -> None:
        self._note(page.url, reason)
        self._settle(page, PageStatus.FAILED, reason=reason, **settled)

    def _document_at(self, url: str) -> Document | None:
        return self.site.documents.filter(url=url, retired_at=None).first()

    def _settle(
        self,
        page: CrawlPage,
        status: PageStatus,
        *,
        document: Document | None = None,
        reason: str = "",
        links: Sequence[str] = (),
        retired: bool = False,
    ) -> None:
        """The page is done with: keep that, count it, and meet the pages that it links to."""
        kept = usable(links, self.scope)[:LINKS_KEPT]
        with transaction.atomic():
            CrawlPage.objects.filter(pk=page.pk).update(
                status=status, document=document, reason=reason[:300], links=kept
            )
            self._count(COUNTED_AS[status])
            if retired:
                self._count("pages_retired")
            self.frontier.add(kept, page.depth + 1)

    def _count(self, counter: str) -> None:
        Crawl.objects.filter(pk=self.crawl.pk).update(**{counter: F(counter) + 1})

    def _note(self, url: str, message: str) -> None:
        """Keep the error for people to see; the first fifty of a crawl."""
        if len(self.crawl.errors) < ERRORS_KEPT:
            self.crawl.errors = [*self.crawl.errors, {"url": url, "message": message}]
            Crawl.objects.filter(pk=self.crawl.pk).update(errors=self.crawl.errors)

    # ------------------------------------------------------------ the end

    def _retire_unmet(self) -> None:
        """Retire what a whole reading of the site has not met again.

        A site of which more than half seems to be gone is more likely broken than shrunk:
        nothing is retired then, and the crawl says so.
        """
        self.crawl.refresh_from_db(fields=["is_partial"])
        if self.crawl.is_partial:
            return
        met = self.crawl.pages.exclude(document=None).values("document")
        known = self.site.documents.filter(retired_at=None)
        unmet = list(known.exclude(pk__in=met))
        if len(unmet) > MANY_PAGES and len(unmet) * 2 > known.count():
            self._note(
                self.site.start_url,
                f"{len(unmet)} of {known.count()} known pages were not met again. That is more "
                "likely a fault of the site, so they are kept.",
            )
            return
        for document in unmet:
            self.lease.beat()
            self.tools.retire(document)
            self._count("pages_retired")
