"""Documentation sites: which are read, and the readings of them. The only writer of both.

News goes out by :mod:`knowledge.web.push` after commit.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.db.models import DurationField, ExpressionWrapper, F, Max, Q, QuerySet
from django.utils import timezone

from knowledge.enums import JobStatus, Vendor
from knowledge.models import Crawl, CrawlPage, Site
from knowledge.web.addresses import Guard, Refused
from knowledge.web.lease import DEAD_AFTER
from knowledge.web.push import tell_progress
from knowledge.web.urls import LONGEST_URL, normalise
from knowledge.web.vendors import PRESETS, vendor_of
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib import leases
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound

UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)
DEEPEST = 10
MOST_PAGES = 5000
RAREST_HOURS = 24 * 366
HOUR = timedelta(hours=1)


# ---------------------------------------------------------------- sites


def add_site(business: Business, url: str, *, name: str = "", **values: Any) -> Site:
    """Keep a site to be read; nothing is read yet. The vendor is known by the address.

    ``values``: ``path_prefixes``, ``max_depth``, ``max_pages``, ``every_hours``. Without prefixes,
    the whole host counts. Raises ``InvalidInput`` for values that cannot be and ``Conflict`` when
    the business has a site with this start.
    """
    start = _start_url(url)
    site = Site(
        business=business,
        start_url=start,
        name=name.strip()[:120] or (urlsplit(start).hostname or "")[:120],
        vendor=vendor_of(start),
        **_checked(values),
    )
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError:
        raise Conflict(f"{business} has a site that starts at this address.") from None
    return site


def add_vendor_site(business: Business, vendor: str) -> Site:
    """The business's site of the vendor's documentation, made from the preset if need be.

    Raises ``InvalidInput`` for a vendor that is not known by name.
    """
    preset = PRESETS.get(Vendor(vendor)) if vendor in Vendor.values else None
    if preset is None:
        names = ", ".join(each.value for each in PRESETS)
        raise InvalidInput(f"There is no preset for this vendor. There are: {names}.")
    known = business.sites.filter(vendor=preset.vendor).order_by("pk").first()
    if known:
        return known
    site, _ = Site.objects.get_or_create(
        business=business,
        start_url=preset.start_url,
        defaults={
            "vendor": preset.vendor,
            "name": preset.vendor.label,
            "path_prefixes": list(preset.path_prefixes),
            "max_depth": preset.max_depth,
            "max_pages": preset.max_pages,
        },
    )
    return site


def change_site(site: Site, *, name: str | None = None, **values: Any) -> Site:
    """Change what :func:`add_site` takes, except the address. Counts from the next reading."""
    changes = _checked(values)
    is_elsewhere = changes.get("path_prefixes", site.path_prefixes) != site.path_prefixes
    if name is not None and name.strip():
        changes["name"] = name.strip()[:120]
    for field, value in changes.items():
        setattr(site, field, value)
    with transaction.atomic():
        site.save(update_fields=list(changes))
        if is_elsewhere:  # remembered links are those of the old paths
            CrawlPage.objects.filter(crawl__in=site.crawls.exclude(status__in=UNDER_WAY)).delete()
    return site


def get_site(business: Business, key: str) -> Site:
    """The business's site by its public id or its vendor's name (the first of several).

    Raises ``NotFound``.
    """
    named = Q(vendor=key) & ~Q(vendor=Vendor.CUSTOM)
    site = business.sites.filter(Q(public_id=key) | named).order_by("pk").first()
    if site is None:
        raise NotFound("There is no such documentation site.")
    return site


def _start_url(url: str) -> str:
    url = url.strip()
    try:
        start = normalise(url if "://" in url else f"https://{url}")
        Guard().check_url(start)
    except Refused as error:
        raise InvalidInput(error.message) from None
    except ValueError:
        raise InvalidInput("This is not a valid web address.") from None
    if len(start) > LONGEST_URL:
        raise InvalidInput(f"The address is longer than {LONGEST_URL} characters.")
    return start


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    _check_range(values, "max_depth", "The depth", 0, DEEPEST)
    _check_range(values, "max_pages", "The number of pages", 1, MOST_PAGES)
    _check_range(values, "every_hours", "The hours between two readings", 0, RAREST_HOURS)
    prefixes = [f"/{each.strip().strip('/')}" for each in values.get("path_prefixes", ())]
    if any(len(each) > 200 for each in prefixes):
        raise InvalidInput("A path is longer than 200 characters.")
    return {**values, "path_prefixes": prefixes} if "path_prefixes" in values else dict(values)


def _check_range(values: dict[str, Any], field: str, label: str, low: int, high: int) -> None:
    if field in values and not low <= values[field] <= high:
        raise InvalidInput(f"{label} must be from {low} to {high}.")


# ---------------------------------------------------------------- readings


def start_sync(site: Site, *, by: User | None = None) -> Crawl:
    """Read the site in the background. Raises ``Conflict`` while it is being read."""
    try:
        with transaction.atomic():
            crawl = Crawl.objects.create(site=site, started_by=by)
            queue(crawl)
    except IntegrityError:
        raise Conflict(f"{site} is being read already.") from None
    tell_progress(crawl)
    return crawl


def cancel_sync(site: Site) -> Crawl:
    """Stop the reading under way: at once if no worker has it, else within a page.

    What has been stored stays. Raises ``Conflict`` when the site is not being read.
    """
    crawl = site.crawls.filter(status__in=UNDER_WAY).first()
    if crawl is None:
        raise Conflict(f"{site} is not being read.")
    under_way = Crawl.objects.filter(pk=crawl.pk, status__in=UNDER_WAY)
    under_way.update(cancel_requested=True)
    idle = Q(status=JobStatus.WAITING) | leases.is_silent(DEAD_AFTER)
    under_way.filter(idle).update(status=JobStatus.CANCELED, ended_at=timezone.now())
    crawl.refresh_from_db()
    tell_progress(crawl)
    return crawl


# ---------------------------------------------------------------- by the clock


def start_due_syncs() -> int:
    """Start reading the sites whose time has come; how many were started."""
    started = 0
    for site in due_sites():
        try:
            start_sync(site)
            started += 1
        except Conflict:  # somebody was faster
            continue
    return started


def due_sites() -> QuerySet[Site]:
    """Scheduled sites of active businesses that were last read, or begun to be, too long ago."""
    scheduled = Site.objects.filter(every_hours__gt=0, business__is_active=True)
    idle = scheduled.exclude(crawls__status__in=UNDER_WAY)
    pause = ExpressionWrapper(F("every_hours") * HOUR, output_field=DurationField())
    read = idle.annotate(last_read=Max("crawls__created_at"), pause=pause)
    is_due = Q(last_read=None) | Q(last_read__lt=timezone.now() - F("pause"))
    return read.filter(is_due).order_by("last_read", "pk")


def resume_lost_syncs() -> int:
    """Let other workers go on where one has died; how many readings were taken up again."""
    resumed = 0
    for crawl in lost_crawls().order_by("pk")[:100]:
        same = Crawl.objects.filter(pk=crawl.pk, status=crawl.status, beat_at=crawl.beat_at)
        with transaction.atomic():
            if same.update(status=JobStatus.WAITING, beat_at=timezone.now()):
                queue(crawl)
                resumed += 1
    return resumed


def lost_crawls() -> QuerySet[Crawl]:
    """Those whose worker has died, or whose next turn has not begun when it was due."""
    return Crawl.objects.filter(leases.is_left_behind(DEAD_AFTER), status__in=UNDER_WAY)


def queue(crawl: Crawl) -> None:
    """Let a worker go on with the crawl, after commit."""
    from knowledge.web.tasks import read_site  # which calls this module

    transaction.on_commit(lambda: read_site.delay(crawl.pk))
