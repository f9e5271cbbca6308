"""The reading of documentation sites, for programs."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from knowledge.models import Crawl, Site
from knowledge.web.services import add_vendor_site, start_sync
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ApiFor = Callable[[User | None], APIClient]
SYNC = "/api/v1/documentation/sync"


def test_a_vendor_is_read_watched_and_stopped(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    api = api_for(manager)

    started = api.post(SYNC, {"vendor": "twilio"}, format="json")
    assert started.status_code == 202
    assert started.json()["crawl"]["status"] == "waiting"
    assert api.post(SYNC, {"vendor": "twilio"}, format="json").status_code == 409
    Crawl.objects.update(pages_found=10, pages_done=4)

    status = api.get(f"{SYNC}/twilio/status").json()
    assert (status["vendor"], status["crawl"]["pages_done"]) == ("twilio", 4)
    canceled = api.post(f"{SYNC}/{status['id']}/cancel")
    assert (canceled.status_code, canceled.json()["crawl"]["status"]) == (202, "canceled")
    assert api.post(f"{SYNC}/twilio/cancel").status_code == 409


def test_a_site_of_ones_own_is_kept_once(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    api = api_for(manager)
    values = {"url": "https://docs.example.com/"}

    first = api.post(SYNC, values, format="json").json()
    api.post(f"{SYNC}/{first['id']}/cancel")
    again = api.post(SYNC, values, format="json").json()

    assert first["id"] == again["id"]
    assert Site.objects.get().vendor == "custom"


def test_the_list_has_each_site_with_its_last_reading(
    business: Business, rep: User, outsider: User, api_for: ApiFor
) -> None:
    site = add_vendor_site(business, "openai")
    start_sync(site)

    [listed] = api_for(rep).get(SYNC).json()["results"]

    assert (listed["id"], listed["crawl"]["status"]) == (site.public_id, "waiting")
    assert api_for(outsider).get(SYNC).json()["results"] == []
    assert api_for(outsider).get(f"{SYNC}/{site.public_id}/status").status_code == 404
    assert api_for(outsider).get(f"{SYNC}/openai/status").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 403), ("auditor", 403), ("outsider", 404), ("anonymous", 401)]
)
def test_only_managers_start_and_stop(
    who: str,
    status: int,
    business: Business,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    site = add_vendor_site(business, "openai")
    start_sync(site)
    api = api_for(None if who == "anonymous" else request.getfixturevalue(who))

    started = api.post(SYNC, {"vendor": "twilio", "business": business.public_id}, format="json")
    stopped = api.post(f"{SYNC}/{site.public_id}/cancel")

    assert (started.status_code, stopped.status_code) == (status, status)
    assert Crawl.objects.get().cancel_requested is False


@pytest.mark.parametrize(
    "values",
    [{}, {"vendor": "custom"}, {"vendor": "openai", "url": "https://example.com"}],
)
def test_what_cannot_be_read(
    values: dict[str, str], business: Business, manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).post(SYNC, values, format="json")

    assert response.status_code == 422
    assert not Site.objects.exists()


def test_what_is_no_address_of_the_web_is_refused(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).post(SYNC, {"url": "http://127.0.0.1:6379/"}, format="json")

    assert response.status_code == 422
    assert not Site.objects.exists()
