"""The pages of imports, for everybody who may come by."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from leads.arriving import importing
from leads.enums import ImportStatus
from leads.models import LeadImport
from leads.tests.arriving.conftest import AddFile, run_whole
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

ClientFor = Callable[[User | None], Client]
LIST = "/leads/import/"
HEADER = "Name,Phone,Roof"
CAST = {
    "admin_user": 200,
    "manager": 200,
    "superuser": 200,
    "rep": 403,
    "auditor": 403,
    "outsider": 404,
    "anonymous": 302,
}
CHANGING = {who: 302 if status == 200 else status for who, status in CAST.items()}


def client_of(who: str, request: pytest.FixtureRequest, client_for: ClientFor) -> Client:
    return client_for(None if who == "anonymous" else request.getfixturevalue(who))


@pytest.mark.parametrize(("who", "status"), CAST.items())
def test_who_sees_an_import(
    who: str,
    status: int,
    add_file: AddFile,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    added = add_file(HEADER, "Maria,4155550199,tile")
    response = client_of(who, request, client_for).get(f"{LIST}{added.public_id}/")
    assert response.status_code == status
    assert ("Maria" in response.content.decode()) is (status == 200)


@pytest.mark.parametrize("action", ["check", "start", "cancel", "undo", "delete"])
@pytest.mark.parametrize(("who", "status"), CHANGING.items())
def test_who_may_work_on_an_import(
    who: str,
    status: int,
    action: str,
    add_file: AddFile,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    """Whoever may is only told what the state does not allow."""
    added = add_file(HEADER, "Maria,4155550199,tile")
    form = {"column_0": "name", "column_1": "phone", "column_2": "fact"}
    response = client_of(who, request, client_for).post(f"{LIST}{added.public_id}/{action}/", form)
    allowed = {"check": 302, "delete": 302}.get(action, 409)
    assert response.status_code == (allowed if status == 302 and who != "anonymous" else status)
    if who in ("rep", "auditor", "outsider", "anonymous"):
        assert LeadImport.objects.get().status == ImportStatus.UPLOADED


@pytest.mark.parametrize(("who", "status"), CAST.items())
def test_who_may_add_a_file(
    who: str,
    status: int,
    business: Business,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    file = SimpleUploadedFile("leads.csv", b"Name\nMaria\n")
    address = f"{LIST}?business={business.public_id}"
    response = client_of(who, request, client_for).post(address, {"file": file})
    assert response.status_code == (302 if status == 200 else status)
    assert LeadImport.objects.exists() is (status == 200)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "empty"), (b"Name,Phone\n", "no rows"), (b"\xd0\xcf\x11\xe0x", "old Excel")],
)
def test_a_file_that_cannot_be_read_says_why(
    data: bytes, sentence: str, manager: User, client_for: ClientFor
) -> None:
    file = SimpleUploadedFile("leads.csv", data)
    response = client_for(manager).post(LIST, {"file": file})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not LeadImport.objects.exists()


def test_a_mapping_without_anybody_comes_back(
    add_file: AddFile, manager: User, client_for: ClientFor
) -> None:
    added = add_file(HEADER, "Maria,4155550199,tile")
    response = client_for(manager).post(f"{LIST}{added.public_id}/check/", {"column_0": ""})
    assert response.status_code == 422
    assert "says who it is" in response.content.decode()


def test_rows_with_problems_are_given_back_as_a_harmless_file(
    add_file: AddFile, manager: User, client_for: ClientFor
) -> None:
    done = run_whole(add_file(HEADER, "=HYPERLINK(1),12,tile", "Maria,4155550199,tile"))
    response = client_for(manager).get(f"{LIST}{done.public_id}/problems/")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert text.splitlines() == [
        "Name,Phone,Roof,Row,Problem",
        "'=HYPERLINK(1),12,tile,1,This phone number has too many or too few digits.",
    ]
    assert "attachment" in response["Content-Disposition"]


def test_the_list_asks_the_same_number_of_questions(
    add_file: AddFile,
    manager: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    add_file(HEADER, "Maria,4155550199,tile")
    client = client_for(manager)
    client.get(LIST)
    for _ in range(2):
        with django_assert_num_queries(QUERIES):
            assert client.get(LIST).status_code == 200
        add_file(HEADER, "Maria,4155550199,tile")
        add_file(HEADER, "Maria,4155550199,tile")


QUERIES = 9


def test_a_file_whose_leads_are_there_stays(
    add_file: AddFile, manager: User, client_for: ClientFor
) -> None:
    done = run_whole(add_file(HEADER, "Maria,4155550199,tile"))
    response = client_for(manager).post(f"{LIST}{done.public_id}/delete/")
    assert response.status_code == 409
    assert importing.made_by(done).count() == 1
