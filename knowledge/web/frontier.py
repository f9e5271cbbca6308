"""The pages that a crawl has met, kept in Postgres, each asked once."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db.models import F

from knowledge.enums import PageStatus
from knowledge.models import Crawl, CrawlPage
from knowledge.web.robots import Robots
from knowledge.web.urls import QUERIES_OF_A_PATH, Scope, identity, usable


class Frontier:
    """What is still to be read, the shallow pages first.

    A path is read with at most twenty different parameters, and a site to its limit of pages:
    that is what ends calendars and other endless things.
    """

    def __init__(self, crawl: Crawl, scope: Scope, robots: Robots) -> None:
        self.crawl = crawl
        self.scope = scope
        self.robots = robots
        known = crawl.pages.values_list("identity", flat=True)
        self.known = set(known)
        self.variants = Counter(_bare(each) for each in self.known)

    def next(self) -> CrawlPage | None:
        """The page to read now; those that failed before come last."""
        waiting = self.crawl.pages.filter(status=PageStatus.WAITING)
        return waiting.order_by("attempts", "depth", "pk").first()

    def begin(self, url: str) -> None:
        """The start page is read whatever the site's paths are."""
        self._insert([url], depth=0)

    def add(self, urls: Iterable[str], depth: int) -> None:
        """Meet pages of the site that are new to this crawl, as far as it may go."""
        if depth > self.crawl.site.max_depth:
            return
        wanted: list[str] = []
        for url in usable(urls, self.scope):
            if not self._is_wanted(url):
                continue
            if len(self.known) >= self.crawl.site.max_pages:
                Crawl.objects.filter(pk=self.crawl.pk).update(is_partial=True)
                break
            self._remember(identity(url))
            wanted.append(url)
        self._insert(wanted, depth)

    def _insert(self, urls: Sequence[str], depth: int) -> None:
        rows = [
            CrawlPage(crawl=self.crawl, url=url, identity=identity(url), depth=depth)
            for url in urls
        ]
        self.known.update(row.identity for row in rows)
        CrawlPage.objects.bulk_create(rows)
        Crawl.objects.filter(pk=self.crawl.pk).update(pages_found=F("pages_found") + len(rows))

    def claim(self, page: CrawlPage, url: str) -> bool:
        """Take ``page`` for the page at ``url``, to which it led; false if that is met anyway."""
        there = identity(url)
        if there == page.identity:
            return True
        if there in self.known:
            return False
        self._remember(there)
        CrawlPage.objects.filter(pk=page.pk).update(url=url, identity=there)
        page.url, page.identity = url, there
        return True

    def links_of_before(self, page: CrawlPage) -> Sequence[str] | None:
        """The links that the page had when it was last read; ``None``: that is not known."""
        before = CrawlPage.objects.filter(
            crawl__site=self.crawl.site,
            crawl__pk__lt=self.crawl.pk,
            identity=page.identity,
            status__in=(PageStatus.STORED, PageStatus.UNCHANGED, PageStatus.FAILED),
        )
        links: Sequence[str] | None = (
            before.order_by("-crawl_id").values_list("links", flat=True).first()
        )
        return links

    def _is_wanted(self, url: str) -> bool:
        here = identity(url)
        if here in self.known or not self.robots.allows(url):
            return False
        return "?" not in here or self.variants[_bare(here)] < QUERIES_OF_A_PATH

    def _remember(self, here: str) -> None:
        self.known.add(here)
        self.variants[_bare(here)] += 1


def _bare(here: str) -> str:
    return here.partition("?")[0]
