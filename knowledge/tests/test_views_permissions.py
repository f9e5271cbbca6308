"""Who of the cast may open which page of knowledge, and who may change what."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from knowledge import services
from knowledge.models import Document, Site
from knowledge.web.services import add_site
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.usefixtures("words_model")

ClientFor = Callable[[User | None], Client]

READING = {
    "admin_user": 200,
    "manager": 200,
    "rep": 200,
    "auditor": 200,
    "outsider": 404,
    "anonymous": 302,
    "superuser": 200,
}
LISTS = {**READING, "outsider": 200}
OPENING = {**READING, "rep": 403, "auditor": 403}
ADDING = {**OPENING, "outsider": 403}
CHANGING = {**OPENING, "admin_user": 302, "manager": 302, "superuser": 302}


def cases(table: dict[str, dict[str, int]]) -> list[tuple[str, str, int]]:
    return [(page, who, status) for page, by in table.items() for who, status in by.items()]


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)


@pytest.fixture
def document(business: Business) -> Document:
    return services.add_text(business, title="Hours", text="We open at nine.", by=None)


@pytest.fixture
def uploaded(business: Business) -> Document:
    return services.add_file(business, ContentFile(b"We open at nine.", name="hours.txt"), by=None)


@pytest.fixture
def site(business: Business) -> Site:
    return add_site(business, "https://docs.example.com/")


LIST_PAGES = {
    "list": LISTS,
    "search": LISTS,
    "usage": LISTS,
    "settings": LISTS,
    "sites": LISTS,
    "upload": ADDING,
    "write": ADDING,
    "by_url": ADDING,
    "new_site": ADDING,
}


@pytest.mark.parametrize(("page", "who", "status"), cases(LIST_PAGES))
def test_pages(
    page: str,
    who: str,
    status: int,
    business: Business,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    user = visitor(who, request)

    response = client_for(user).get(reverse(f"knowledge:{page}"))

    assert response.status_code == status
    if user is None:
        assert response.headers["Location"].startswith("/accounts/login/")


OF_ONE = {
    "document": READING,
    "edit": OPENING,
    "change_text": OPENING,
    "chunking": OPENING,
    "replace": OPENING,
    "site": READING,
    "edit_site": OPENING,
}


@pytest.mark.parametrize(("page", "who", "status"), cases(OF_ONE))
def test_pages_of_one(
    page: str,
    who: str,
    status: int,
    document: Document,
    site: Site,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    key = site.public_id if "site" in page else document.public_id

    response = client_for(visitor(who, request)).get(reverse(f"knowledge:{page}", args=[key]))

    assert response.status_code == status


@pytest.mark.parametrize(("who", "status"), READING.items())
def test_the_original_is_only_for_the_business(
    who: str,
    status: int,
    uploaded: Document,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    address = reverse("knowledge:file", args=[uploaded.public_id])

    response = client_for(visitor(who, request)).get(address)

    assert response.status_code == status
    if status == 200:
        assert b"".join(response) == b"We open at nine."


DEEDS = ("edit", "change_text", "chunking", "reprocess", "delete")
VALUES = {
    "title": "Opening hours",
    "type": "policy",
    "text": "We open at ten.",
    "chunking": "sentence",
}


@pytest.mark.parametrize(("deed", "who", "status"), cases(dict.fromkeys(DEEDS, CHANGING)))
def test_deeds(
    deed: str,
    who: str,
    status: int,
    document: Document,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    """Whoever may not change a document leaves it and its history as they are."""
    key = document.pk
    address = reverse(f"knowledge:{deed}", args=[document.public_id])

    response = client_for(visitor(who, request)).post(address, VALUES)

    assert response.status_code == status
    may = status == 302 and who != "anonymous"
    assert LogEntry.objects.filter(object_id=str(key)).exists() is may
    after = Document.objects.filter(pk=key).values("title", "text", "chunking").first()
    untouched = {"title": "Hours", "text": "We open at nine.", "chunking": "paragraph"}
    assert (after == untouched) is (not may or deed == "reprocess")


SITE_DEEDS = ("start_site", "edit_site", "delete_site")
LIMITS = {"max_depth": 1, "max_pages": 7, "every_hours": 24}


@pytest.mark.parametrize(("deed", "who", "status"), cases(dict.fromkeys(SITE_DEEDS, CHANGING)))
def test_deeds_on_sites(
    deed: str,
    who: str,
    status: int,
    site: Site,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    address = reverse(f"knowledge:{deed}", args=[site.public_id])

    response = client_for(visitor(who, request)).post(address, LIMITS)

    assert response.status_code == status
    may = status == 302 and who != "anonymous"
    after = Site.objects.filter(pk=site.pk).first()
    changed = after is None or after.max_pages == 7 or after.crawls.exists()
    assert changed is may


@pytest.mark.parametrize("deed", ["reprocess", "delete"])
def test_looking_never_changes(
    deed: str, document: Document, manager: User, client_for: ClientFor
) -> None:
    address = reverse(f"knowledge:{deed}", args=[document.public_id])

    assert client_for(manager).get(address).status_code == 405


@pytest.mark.parametrize("who", ["rep", "auditor", "outsider"])
def test_only_managers_add(
    who: str, business: Business, client_for: ClientFor, request: pytest.FixtureRequest
) -> None:
    client = client_for(visitor(who, request))
    values = {"business": business.public_id, "title": "A", "text": "B", "chunking": "paragraph"}

    assert client.post(reverse("knowledge:write"), values).status_code == 403
    assert not Document.objects.exists()


def test_nobody_adds_to_a_business_of_others(
    manager: User, other_business: Business, client_for: ClientFor
) -> None:
    values = {"title": "A", "text": "B", "chunking": "paragraph"}

    response = client_for(manager).post(
        reverse("knowledge:write"), {**values, "business": other_business.public_id}
    )

    assert response.status_code == 422
    assert not Document.objects.exists()


@pytest.mark.parametrize(("who", "status"), CHANGING.items())
def test_settings_are_for_managers(
    who: str,
    status: int,
    business: Business,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    address = f"{reverse('knowledge:settings')}?business={business.public_id}"

    response = client_for(visitor(who, request)).post(address, {"top_k": 3, "threshold": 0.4})

    assert response.status_code == status
    tuned = getattr(Business.objects.get(pk=business.pk), "knowledge", None)
    may = status == 302 and who != "anonymous"
    assert (tuned and (tuned.top_k, tuned.threshold)) == ((3, 0.4) if may else None)
