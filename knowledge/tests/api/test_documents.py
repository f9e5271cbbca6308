"""Documents for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from knowledge import services
from knowledge.models import Document
from knowledge.tests.conftest import SAMPLES, finish
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.usefixtures("words_model")

ApiFor = Callable[[User | None], APIClient]
ROOT = "/api/v1/knowledge"


@pytest.fixture
def document(business: Business) -> Document:
    return services.add_text(business, title="Hours", text="We open at nine.", by=None)


READING = {
    "admin_user": 200,
    "manager": 200,
    "rep": 200,
    "auditor": 200,
    "outsider": 404,
    "anonymous": 401,
    "superuser": 200,
}
CHANGING = {**READING, "rep": 403, "auditor": 403}
DELETING = {**CHANGING, "admin_user": 204, "manager": 204, "superuser": 204}
REPROCESSING = {**CHANGING, "admin_user": 202, "manager": 202, "superuser": 202}
ACTIONS: dict[tuple[str, str], dict[str, int]] = {
    ("get", ""): READING,
    ("get", "/passages"): READING,
    ("put", ""): CHANGING,
    ("post", "/reprocess"): REPROCESSING,
    ("delete", ""): DELETING,
}


@pytest.mark.parametrize(
    ("method", "path", "who", "status"),
    [(*action, who, status) for action, by in ACTIONS.items() for who, status in by.items()],
)
def test_who_may_do_what(
    method: str,
    path: str,
    who: str,
    status: int,
    document: Document,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    user = None if who == "anonymous" else request.getfixturevalue(who)
    call: Any = getattr(api_for(user), method)

    response = call(f"{ROOT}/{document.public_id}{path}", {"title": "Opening"}, format="json")

    assert response.status_code == status
    title = Document.objects.filter(pk=document.pk).values_list("title", flat=True).first()
    may_change = status < 300
    changed = {"put": "Opening", "delete": None}.get(method, "Hours")
    assert title == (changed if may_change else "Hours")


def test_what_is_written_is_processed_and_read_back(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    api = api_for(manager)
    values = {"title": "Hours", "text": "We open at nine.", "tags": ["Office"], "type": "policy"}

    made = api.post(ROOT, values, format="json")

    assert made.status_code == 201
    told = made.json()
    assert (told["status"], told["tags"], told["type"]) == ("pending", ["office"], "policy")
    assert told["added_by"]["name"] == "Mary"
    finish(Document.objects.get())
    again = api.get(f"{ROOT}/{told['id']}").json()
    assert (again["status"], again["progress"], again["text"]) == ("ready", 100, values["text"])
    assert [version["number"] for version in again["versions"]] == [1]
    [passage] = api.get(f"{ROOT}/{told['id']}/passages").json()["results"]
    assert passage["text"] == "We open at nine."


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "text"),
        ({"text": "A", "url": "https://example.com", "title": "B"}, "text"),
        ({"text": "A"}, "title"),
        ({"text": "A", "title": "B", "type": "poem"}, "type"),
    ],
)
def test_what_cannot_be_made(
    values: dict[str, str], field: str, business: Business, manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).post(ROOT, values, format="json")

    assert response.status_code == 422
    assert field in response.json()["error"]["fields"]


def test_a_file_is_uploaded(business: Business, manager: User, api_for: ApiFor) -> None:
    name = "solar-owners-handbook.pdf"
    file = SimpleUploadedFile(name, (SAMPLES / name).read_bytes())

    response = api_for(manager).post(
        f"{ROOT}/upload", {"file": file, "vendor": "Sunharrow"}, format="multipart"
    )

    assert response.status_code == 201
    assert response.json()["origin"] == "upload"
    document = finish(Document.objects.get())
    assert (document.page_count, document.vendor) == (4, "Sunharrow")


def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).post(
        f"{ROOT}/upload", {"file": SimpleUploadedFile("a.txt", b" ")}, format="multipart"
    )

    assert response.status_code == 422
    assert response.json()["error"]["message"]
    assert not Document.objects.exists()


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("auditor", 403), ("outsider", 404)])
def test_only_managers_add(
    who: str,
    status: int,
    business: Business,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    values = {"title": "A", "text": "B", "business": business.public_id}

    response = api_for(request.getfixturevalue(who)).post(ROOT, values, format="json")

    assert response.status_code == status
    assert not Document.objects.exists()


def test_who_belongs_to_several_says_which_business(
    business: Business, other_business: Business, superuser: User, api_for: ApiFor
) -> None:
    response = api_for(superuser).post(ROOT, {"title": "A", "text": "B"}, format="json")

    assert response.status_code == 422
    assert "say which one" in response.json()["error"]["message"]


def test_the_list_is_filtered(
    document: Document, business: Business, rep: User, api_for: ApiFor
) -> None:
    services.add_text(business, title="Prices", text="Free.", by=None, type="price_list")

    listed = api_for(rep).get(ROOT, {"type": "price_list"}).json()

    assert [each["title"] for each in listed["results"]] == ["Prices"]
    assert api_for(rep).get(ROOT, {"status": "lost"}).status_code == 422


def test_another_text_makes_it_wait_again(
    document: Document, manager: User, api_for: ApiFor
) -> None:
    finish(document)

    told = api_for(manager).put(
        f"{ROOT}/{document.public_id}", {"text": "We open at ten."}, format="json"
    )

    assert (told.json()["status"], told.json()["version"]) == ("pending", 1)


def test_the_text_of_a_file_is_not_rewritten(
    add_sample: Callable[[str], Document], manager: User, api_for: ApiFor
) -> None:
    document = add_sample("winter-tips.txt")
    values = {"title": "Tips", "text": "Other."}

    response = api_for(manager).put(f"{ROOT}/{document.public_id}", values, format="json")

    assert response.status_code == 409
    document.refresh_from_db()
    assert document.title != "Tips"
