"""Notes about a call, through the API."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from calls.models import Call, CallNote
from calls.notes import add_note
from conftest import MakeCall
from salesdesk.accounts.models import User

ApiFor = Callable[[User | None], APIClient]
SCRIPT = '<p onclick="x()">Wants <b>solar</b><script>alert(1)</script></p>'


def url(call: Call, note: CallNote | None = None) -> str:
    return f"/api/v1/calls/{call.public_id}/notes" + (f"/{note.public_id}" if note else "")


def refusal(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content
    return response.json()["error"]


@pytest.fixture
def note(call: Call, rep: User) -> CallNote:
    """The rep's."""
    return add_note(call, "<p>Call back on <b>Monday</b></p>", author=rep, tags=["Roof"])


# ---------------------------------------------------------------- writing


@pytest.mark.parametrize("member", ["admin_user", "manager", "rep", "superuser"])
def test_a_note_is_written_and_sanitised(
    member: str, request: pytest.FixtureRequest, call: Call, api_for: ApiFor
) -> None:
    user = request.getfixturevalue(member)
    body = {"html": SCRIPT, "category": "follow_up", "tags": ["Hot Lead", "hot lead ", "solar"]}

    response = api_for(user).post(url(call), body)

    assert response.status_code == 201, response.content
    data = response.json()
    stored = call.notes.get()
    assert data["id"] == stored.public_id
    assert data["html"] == "<p>Wants <b>solar</b></p>"
    assert data["text"] == "Wants solar"
    assert (data["category"], data["tags"]) == ("follow_up", ["hot lead", "solar"])
    assert data["author"] == {"email": user.email, "name": user.name}
    assert stored.author == user


def test_a_note_is_general_unless_said(call: Call, rep: User, api_for: ApiFor) -> None:
    data = api_for(rep).post(url(call), {"html": "Nice caller"}).json()

    assert (data["category"], data["tags"]) == ("general", [])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "html"),
        ({"html": ""}, "html"),
        ({"html": "x" * 20_001}, "html"),
        ({"html": "x", "category": "gossip"}, "category"),
        ({"html": "x", "tags": "roof"}, "tags"),
        ({"html": "x", "tags": ["t"] * 21}, "tags"),
        ({"html": "x", "tags": ["t" * 41]}, "tags"),
        ({"html": "a\x00b"}, "html"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    body: dict[str, Any], field: str, call: Call, rep: User, api_for: ApiFor
) -> None:
    assert list(refusal(api_for(rep).post(url(call), body), 422)["fields"]) == [field]
    assert not CallNote.objects.exists()


def test_a_note_of_nothing_but_script_is_refused(call: Call, rep: User, api_for: ApiFor) -> None:
    response = api_for(rep).post(url(call), {"html": "<script>alert(1)</script>"})

    assert refusal(response, 422)["code"] == "invalid"
    assert not CallNote.objects.exists()


def test_an_auditor_reads_only(call: Call, note: CallNote, auditor: User, api_for: ApiFor) -> None:
    api = api_for(auditor)

    assert api.get(url(call)).json()["count"] == 1
    assert api.get(url(call, note)).json()["text"] == "Call back on Monday"
    refusal(api.post(url(call), {"html": "x"}), 403)
    refusal(api.put(url(call, note), {"html": "x"}), 403)
    refusal(api.delete(url(call, note)), 403)
    assert CallNote.objects.get().text == "Call back on Monday"


@pytest.mark.parametrize(("somebody", "status"), [("outsider", 404), (None, 401)])
def test_nobody_else_reaches_the_notes(
    somebody: str | None,
    status: int,
    request: pytest.FixtureRequest,
    call: Call,
    note: CallNote,
    api_for: ApiFor,
) -> None:
    api = api_for(request.getfixturevalue(somebody) if somebody else None)

    refusal(api.get(url(call)), status)
    refusal(api.post(url(call), {"html": "x"}), status)
    refusal(api.get(url(call, note)), status)
    refusal(api.put(url(call, note), {"html": "x"}), status)
    refusal(api.delete(url(call, note)), status)
    assert CallNote.objects.get().text == "Call back on Monday"


# ---------------------------------------------------------------- changing


@pytest.mark.parametrize("member", ["rep", "manager", "admin_user", "superuser"])
def test_its_author_and_managers_rewrite_a_note(
    member: str, request: pytest.FixtureRequest, call: Call, note: CallNote, api_for: ApiFor
) -> None:
    api = api_for(request.getfixturevalue(member))
    body = {"html": "<i>Tuesday</i>", "category": "customer", "tags": []}

    data = api.put(url(call, note), body).json()

    assert (data["html"], data["text"]) == ("<i>Tuesday</i>", "Tuesday")
    assert (data["category"], data["tags"]) == ("customer", [])
    assert data["author"]["name"] == "Ray"
    assert data["updated_at"] > data["created_at"]


@pytest.mark.parametrize("member", ["rep", "manager"])
def test_its_author_and_managers_delete_a_note(
    member: str, request: pytest.FixtureRequest, call: Call, note: CallNote, api_for: ApiFor
) -> None:
    response = api_for(request.getfixturevalue(member)).delete(url(call, note))

    assert (response.status_code, response.content) == (204, b"")
    assert not CallNote.objects.exists()


def test_a_reps_note_is_not_another_reps(
    call: Call, manager: User, rep: User, api_for: ApiFor
) -> None:
    of_manager = add_note(call, "Coach Ray", author=manager)

    refusal(api_for(rep).put(url(call, of_manager), {"html": "Praise Ray"}), 403)
    refusal(api_for(rep).delete(url(call, of_manager)), 403)
    assert CallNote.objects.get().text == "Coach Ray"


def test_a_note_is_found_under_its_own_call_only(
    make_call: MakeCall, note: CallNote, manager: User, api_for: ApiFor
) -> None:
    refusal(api_for(manager).get(url(make_call(), note)), 404)


def test_a_browser_must_prove_that_it_means_it(call: Call, rep: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(rep, backend="django.contrib.auth.backends.ModelBackend")
    body = {"html": "x"}

    forged = client.post(url(call), body, content_type="application/json")
    client.cookies["csrftoken"] = token = "t" * 32
    meant = client.post(
        url(call), body, content_type="application/json", headers={"X-CSRFToken": token}
    )

    assert refusal(forged, 403)["code"] == "permission_denied"
    assert meant.status_code == 201


# ---------------------------------------------------------------- finding


@pytest.mark.parametrize(
    ("query", "texts"),
    [
        ("", ["Call back on Monday", "Was told about cookies"]),
        ("category=compliance", ["Was told about cookies"]),
        ("tag=ROOF", ["Call back on Monday"]),
        ("tag=roo", []),
        ("author=Mary", ["Was told about cookies"]),
        ("author=ray", ["Call back on Monday"]),
        ("search=monday", ["Call back on Monday"]),
        ("search=roof", ["Call back on Monday"]),
        ("search=cook&category=compliance", ["Was told about cookies"]),
        ("search=%25%25", []),
    ],
)
def test_notes_can_be_found(
    query: str,
    texts: list[str],
    call: Call,
    note: CallNote,
    manager: User,
    api_for: ApiFor,
) -> None:
    add_note(call, "Was told about cookies", author=manager, category="compliance")

    response = api_for(manager).get(f"{url(call)}?{query}")

    assert sorted(row["text"] for row in response.json()["results"]) == texts


@pytest.mark.parametrize(
    ("query", "field"),
    [("category=gossip", "category"), ("search=" + "x" * 10_000, "search"), ("tag=a%00", "tag")],
)
def test_a_note_filter_that_makes_no_sense_is_named(
    query: str, field: str, call: Call, rep: User, api_for: ApiFor
) -> None:
    response = api_for(rep).get(f"{url(call)}?{query}")

    assert list(refusal(response, 422)["fields"]) == [field]


def test_the_list_costs_the_same_for_one_note_and_for_three(
    call: Call,
    note: CallNote,
    rep: User,
    api_for: ApiFor,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    api = api_for(rep)
    with django_assert_num_queries(5):
        api.get(url(call))
    add_note(call, "Two", author=rep)
    add_note(call, "Three", author=rep)
    with django_assert_num_queries(5):
        assert api.get(url(call)).json()["count"] == 3
