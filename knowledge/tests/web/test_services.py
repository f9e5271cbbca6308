"""Sites and their readings, by the services."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from knowledge import services as documents
from knowledge.enums import JobStatus, Vendor
from knowledge.models import Crawl, Document, Site
from knowledge.tests.web.readers import Reader
from knowledge.tests.web.site import LocalSite, Reply, page
from knowledge.web import crawl, services, tasks
from knowledge.web.lease import Lease
from knowledge.web.push import site_group, sites_group
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput, NotFound

LONG_AGO = timedelta(minutes=10)


@pytest.fixture
def site(business: Business) -> Site:
    return services.add_site(business, "https://docs.example.com/start")


# ---------------------------------------------------------------- sites


def test_a_site_is_kept_by_its_address(business: Business) -> None:
    site = services.add_site(business, " Docs.Example.com/a/#b ", path_prefixes=["docs/", "/api"])

    assert site.start_url == "https://docs.example.com/a/"
    assert site.name == "docs.example.com"
    assert site.vendor == Vendor.CUSTOM
    assert site.path_prefixes == ["/docs", "/api"]


def test_the_vendor_is_known_by_the_address(business: Business) -> None:
    assert services.add_site(business, "https://www.twilio.com/docs/voice").vendor == Vendor.TWILIO


@pytest.mark.parametrize(
    ("url", "values", "said"),
    [
        ("ftp://example.com/", {}, "http:// or https://"),
        ("https://a:b@example.com/", {}, "user name or password"),
        ("https://example.com:8080/", {}, "Port 8080"),
        ("https://example.com:x/", {}, "not a valid"),
        ("", {}, "not a valid"),
        (f"https://example.com/{'x' * 1000}", {}, "longer than 1000"),
        ("https://example.com/", {"max_depth": 11}, "depth must be from 0 to 10"),
        ("https://example.com/", {"max_pages": 0}, "pages must be from 1 to 5000"),
        ("https://example.com/", {"every_hours": 9000}, "hours between two readings"),
        ("https://example.com/", {"path_prefixes": ["x" * 201]}, "longer than 200"),
    ],
)
def test_what_cannot_be_a_site_is_refused(
    business: Business, url: str, values: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        services.add_site(business, url, **values)


def test_a_site_is_kept_once_in_each_business(
    business: Business, other_business: Business, site: Site
) -> None:
    with pytest.raises(Conflict, match="has a site that starts"):
        services.add_site(business, site.start_url)
    services.add_site(other_business, site.start_url)


def test_a_vendors_site_is_made_once_from_its_preset(business: Business) -> None:
    site = services.add_vendor_site(business, "openai")

    assert services.add_vendor_site(business, "openai") == site
    assert (site.vendor, site.name) == (Vendor.OPENAI, "OpenAI")
    assert site.path_prefixes


@pytest.mark.parametrize("vendor", ["custom", "acme", ""])
def test_there_are_presets_for_known_vendors_only(business: Business, vendor: str) -> None:
    with pytest.raises(InvalidInput, match="openai, twilio"):
        services.add_vendor_site(business, vendor)


def test_a_site_is_found_by_id_and_by_vendor_in_its_business(
    business: Business, other_business: Business, site: Site
) -> None:
    twilio = services.add_vendor_site(business, "twilio")

    assert services.get_site(business, site.public_id) == site
    assert services.get_site(business, "twilio") == twilio
    for key in (site.public_id, "twilio"):
        with pytest.raises(NotFound):
            services.get_site(other_business, key)
    with pytest.raises(NotFound):
        services.get_site(business, "custom")


# ---------------------------------------------------------------- readings


def test_a_reading_is_queued_after_commit(
    site: Site, manager: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        begun = services.start_sync(site, by=manager)

    assert (begun.status, begun.started_by) == (JobStatus.WAITING, manager)
    assert len(callbacks) == 2  # the task, the news


def test_a_site_is_read_once_at_a_time(site: Site) -> None:
    services.start_sync(site)

    with pytest.raises(Conflict, match="is being read already"):
        services.start_sync(site)
    assert site.crawls.count() == 1


def test_a_reading_that_nobody_has_is_canceled_at_once(site: Site) -> None:
    begun = services.start_sync(site)

    canceled = services.cancel_sync(site)

    assert canceled.status == JobStatus.CANCELED
    assert canceled.ended_at
    assert Lease.claim(begun.pk) is None
    services.start_sync(site)


def test_a_reading_under_way_is_asked_to_stop(site: Site) -> None:
    begun = services.start_sync(site)
    Lease.claim(begun.pk)

    asked = services.cancel_sync(site)

    assert (asked.status, asked.cancel_requested) == (JobStatus.RUNNING, True)


def test_a_reading_of_a_dead_worker_is_canceled_at_once(site: Site) -> None:
    begun = services.start_sync(site)
    Lease.claim(begun.pk)
    Crawl.objects.filter(pk=begun.pk).update(beat_at=timezone.now() - LONG_AGO)

    assert services.cancel_sync(site).status == JobStatus.CANCELED


def test_what_is_not_being_read_cannot_be_canceled(site: Site) -> None:
    with pytest.raises(Conflict, match="is not being read"):
        services.cancel_sync(site)


# ---------------------------------------------------------------- by the clock


def scheduled(site: Site, every_hours: int, *, read_hours_ago: int | None = None) -> Site:
    services.change_site(site, every_hours=every_hours)
    if read_hours_ago is not None:
        read = Crawl.objects.create(site=site, status=JobStatus.DONE)
        when = timezone.now() - timedelta(hours=read_hours_ago, minutes=1)
        Crawl.objects.filter(pk=read.pk).update(created_at=when)
    return site


@pytest.mark.parametrize(
    ("every", "ago", "is_due"),
    [(24, None, True), (24, 24, True), (24, 23, False), (0, 1000, False), (0, None, False)],
)
def test_a_site_is_read_again_when_its_time_has_come(
    site: Site, every: int, ago: int | None, is_due: bool
) -> None:
    scheduled(site, every, read_hours_ago=ago)

    tasks.read_due_sites()

    assert site.crawls.filter(status=JobStatus.WAITING).exists() is is_due


def test_the_last_of_several_readings_counts(site: Site) -> None:
    scheduled(site, 24, read_hours_ago=100)
    scheduled(site, 24, read_hours_ago=2)

    assert services.start_due_syncs() == 0


def test_a_site_under_way_is_not_started_again(site: Site) -> None:
    scheduled(site, 1)
    begun = services.start_sync(site)
    Crawl.objects.filter(pk=begun.pk).update(created_at=timezone.now() - timedelta(hours=9))

    assert services.start_due_syncs() == 0


def test_a_business_that_is_not_active_is_not_served(site: Site) -> None:
    scheduled(site, 1)
    Business.objects.filter(pk=site.business_id).update(is_active=False)

    assert services.start_due_syncs() == 0


@pytest.mark.parametrize(
    ("status", "beat_ago", "is_lost"),
    [
        (JobStatus.RUNNING, LONG_AGO, True),
        (JobStatus.RUNNING, timedelta(seconds=30), False),
        (JobStatus.WAITING, LONG_AGO, True),
        (JobStatus.WAITING, -LONG_AGO, False),
        (JobStatus.DONE, LONG_AGO, False),
        (JobStatus.CANCELED, LONG_AGO, False),
    ],
)
def test_what_a_dead_worker_has_left_is_queued_again(
    site: Site,
    status: JobStatus,
    beat_ago: timedelta,
    is_lost: bool,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    left = Crawl.objects.create(site=site, status=status, beat_at=timezone.now() - beat_ago)

    with django_capture_on_commit_callbacks() as callbacks:
        tasks.resume_lost_crawls()
        tasks.resume_lost_crawls()

    assert len(callbacks) == is_lost
    if is_lost:
        assert Lease.claim(left.pk) is not None


def test_a_reading_that_never_reached_the_queue_is_queued_again(site: Site) -> None:
    begun = services.start_sync(site)
    assert services.resume_lost_syncs() == 0
    Crawl.objects.filter(pk=begun.pk).update(created_at=timezone.now() - LONG_AGO)

    assert services.resume_lost_syncs() == 1


# ---------------------------------------------------------------- with documents and news


def test_a_reading_ends_in_searchable_documents(
    web: LocalSite, business: Business, words_model: str
) -> None:
    """With the documents' own services: stored, unchanged, changed, retired."""
    typed = {"Content-Type": "text/html; charset=latin-1"}
    start = "<html><title>Wärme</title><body><p>Wärme vom Dach.</p><a href='/a'>A</a></body></html>"
    web.replies["/"] = Reply(start.encode("latin-1"), headers=typed)
    web.replies["/a"] = page("Inverters", text="They last fifteen years.")
    reader = Reader(web, business, every_hours=0)
    tools = crawl.Tools(
        store=documents.store_page,
        retire=documents.retire_page,
        fetcher=web.fetcher(),
        pace=reader.pace,
        sleep=reader.clock.sleep,
        clock=reader.clock,
    )

    def read() -> Crawl:
        begun = reader.begin()
        assert crawl.read_site(begun.pk, tools) is None
        for document in Document.objects.filter(status="pending"):
            documents.process_document(document.pk)
        begun.refresh_from_db()
        return begun

    first = read()
    assert (first.status, first.pages_done) == (JobStatus.DONE, 2)
    kept = reader.site.documents.get(url=web.url("/"))
    assert (kept.status, kept.error, kept.title) == ("ready", "", "Wärme")
    assert "Wärme vom Dach." in "".join(kept.passages.values_list("text", flat=True))

    again = read()
    assert (again.pages_done, again.pages_skipped, again.pages_retired) == (0, 2, 0)

    del web.replies["/a"]
    last = read()
    assert last.pages_retired == 1
    gone = reader.site.documents.get(url=web.url("/a"))
    assert gone.retired_at
    assert not gone.passages.exists()


def test_news_go_to_the_sites_page_and_to_the_list(
    web: LocalSite,
    business: Business,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    sent: list[tuple[tuple[str, ...], dict[str, object]]] = []
    send: Callable[..., None] = lambda groups, message: sent.append((groups, message))  # noqa: E731
    monkeypatch.setattr("knowledge.web.push._send", send)
    web.replies["/"] = page("Start")
    reader = Reader(web, business)

    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        read = reader.read()
    for tell in callbacks[1:]:  # the first queues the task
        tell()

    groups = (site_group(reader.site.public_id), sites_group(business.pk))
    message = {
        "type": "site.news",
        "site": reader.site.public_id,
        "crawl": read.public_id,
        "business": business.pk,
    }
    assert sent == [(groups, message)] * 4  # begun, taken, a page, done


def test_the_task_reads_with_the_guarded_fetcher(
    web: LocalSite, business: Business, settings: Settings
) -> None:
    """Nothing that is set opens the way to this machine."""
    settings.WEB_SECONDS_BETWEEN_REQUESTS = 0
    site = Site.objects.create(
        business=business, name="Inside", start_url=web.url("/", host="127.0.0.1")
    )
    begun = services.start_sync(site)

    tasks.read_site(begun.pk)

    begun.refresh_from_db()
    assert begun.status == JobStatus.FAILED
    assert "is not asked" in begun.error
    assert web.asked == []
