"""Reads local sites in tests: a clock and a pace that need no waiting, real documents."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from knowledge.enums import Origin
from knowledge.models import Crawl, Document, Site
from knowledge.services import retire_page
from knowledge.tests.web.site import LocalSite
from knowledge.web import crawl, services
from knowledge.web.pace import Pace
from salesdesk.businesses.models import Business


@dataclass
class Shelf:
    """Keeps pages as documents by their bytes, without processing them."""

    stored: list[str] = field(default_factory=list)
    before_each: Callable[[str], None] | None = None

    def store(self, site: Site, url: str, *, html: bytes, **about: Any) -> Document | None:
        if self.before_each:
            self.before_each(url)
        known = site.documents.filter(url=url, retired_at=None).first()
        if known and known.text == html.decode():
            return None
        self.stored.append(url)
        document = known or Document(business=site.business, site=site, origin=Origin.SITE, url=url)
        for name, value in {**about, "text": html.decode()}.items():
            setattr(document, name, value)
        document.save()
        return document


class StandingClock:
    """Moves only when somebody sleeps, or by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


class StandingPace(Pace):
    """Redis's part is played by the clock. ``delays`` and ``rests`` are what was asked for."""

    def __init__(self, clock: StandingClock) -> None:
        self.clock = clock
        self.free_at = 0.0
        self.delays: list[float] = []
        self.rests: list[float] = []

    def take(self, host: str, delay_seconds: float = 0.0) -> float:
        if self.clock.now < self.free_at:
            return self.free_at - self.clock.now
        self.delays.append(delay_seconds)
        self.free_at = self.clock.now + delay_seconds
        return 0.0

    def rest(self, host: str, seconds: float) -> None:
        self.rests.append(seconds)
        self.free_at = self.clock.now + seconds


class Reader:
    """Reads one site of ``web``, as often as asked."""

    def __init__(self, web: LocalSite, business: Business, **values: Any) -> None:
        self.web = web
        self.shelf = Shelf()
        self.clock = StandingClock()
        self.site = Site.objects.create(
            business=business, name="Docs", start_url=web.url("/"), **values
        )
        self.pace = StandingPace(self.clock)

    @property
    def tools(self) -> crawl.Tools:
        return crawl.Tools(
            store=self.shelf.store,
            retire=retire_page,
            fetcher=self.web.fetcher(),
            pace=self.pace,
            sleep=self.clock.sleep,
            clock=self.clock,
        )

    def begin(self) -> Crawl:
        return services.start_sync(self.site)

    def work(self, begun: Crawl) -> Crawl:
        """Turn after turn, until there is none left."""
        while (rest := crawl.read_site(begun.pk, self.tools)) is not None:
            self.clock.now += rest
        begun.refresh_from_db()
        return begun

    def read(self) -> Crawl:
        """A whole reading; forgets what was asked and stored before."""
        self.web.asked.clear()
        self.shelf.stored.clear()
        return self.work(self.begin())

    @property
    def kept(self) -> set[str]:
        """The paths of the documents that the site has now."""
        urls = self.site.documents.filter(retired_at=None).values_list("url", flat=True)
        return {url.removeprefix(self.web.url("")) for url in urls}
