"""Leads for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from leads import services
from leads.enums import LeadSource, LeadStage
from leads.models import Lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

ApiFor = Callable[[User | None], APIClient]
ROOT = "/api/v1/leads"
READING = {
    "admin_user": 200,
    "manager": 200,
    "rep": 200,
    "auditor": 200,
    "superuser": 200,
    "outsider": 404,
    "anonymous": 401,
}
CHANGING = {**READING, "auditor": 403}
CREATING = {who: 201 if status == 200 else status for who, status in CHANGING.items()}


def user_of(who: str, request: pytest.FixtureRequest) -> User | None:
    user: User | None = None if who == "anonymous" else request.getfixturevalue(who)
    return user


@pytest.mark.parametrize(
    ("method", "path", "who", "status"),
    [
        (method, path, who, status)
        for method, path, by in (
            ("get", "", READING),
            ("get", "/history", READING),
            ("patch", "", CHANGING),
        )
        for who, status in by.items()
    ],
)
def test_who_may_do_what(
    method: str,
    path: str,
    who: str,
    status: int,
    lead: Lead,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    call: Any = getattr(api_for(user_of(who, request)), method)
    response = call(f"{ROOT}/{lead.public_id}{path}", {"first_name": "Mary"})
    assert response.status_code == status
    lead.refresh_from_db()
    may_change = method == "patch" and status == 200
    assert lead.first_name == ("Mary" if may_change else "Maria")


@pytest.mark.parametrize(("who", "status"), CREATING.items())
def test_who_may_add_a_lead(
    who: str,
    status: int,
    business: Business,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    body = {"business": business.public_id, "first_name": "Maria"}
    response = api_for(user_of(who, request)).post(ROOT, body)
    assert response.status_code == status
    assert Lead.objects.filter(business=business).exists() is (status == 201)


def test_lists_hold_the_leads_of_ones_own_businesses(
    lead: Lead, outsider: User, rep: User, auditor: User, api_for: ApiFor
) -> None:
    assert api_for(outsider).get(ROOT).json()["results"] == []
    for user in (rep, auditor):
        [told] = api_for(user).get(ROOT).json()["results"]
        assert (told["id"], told["name"]) == (lead.public_id, "Maria Lopez")
    foreign = api_for(outsider).get(ROOT, {"business": lead.business.public_id})
    assert foreign.status_code == 422, "the business does not exist for them"


def test_a_lead_is_added_with_tidy_values(business: Business, rep: User, api_for: ApiFor) -> None:
    body = {
        "first_name": "Maria",
        "phone": "(415) 555-0199",
        "email": "Maria@Example.com",
        "source": "web_form",
        "value": "1200.50",
    }
    told = api_for(rep).post(ROOT, body).json()
    assert (told["phone"], told["email"]) == (MARIA, "maria@example.com")
    assert (told["source"], told["stage"], told["value"]) == ("web_form", "new", "1200.50")
    assert told["business"] == {"id": business.public_id, "name": "Bright Solar"}
    event = Lead.objects.get().events.get()
    assert (event.kind, event.by) == ("created", rep)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"phone": "12"}, 422),
        ({"email": "nobody"}, 422),
        ({"first_name": "x" * 81}, 422),
        ({"first_name": "a\x00b"}, 422),
        ({"first_name": "A", "source": "dream"}, 422),
        ({"first_name": "A", "value": "-1"}, 422),
        ({"phone": MARIA}, 409),
    ],
)
def test_what_cannot_be_added(
    body: dict[str, str], status: int, lead: Lead, rep: User, api_for: ApiFor
) -> None:
    assert api_for(rep).post(ROOT, body).status_code == status
    assert Lead.objects.count() == 1


def test_who_belongs_to_several_businesses_says_which(
    superuser: User, business: Business, other_business: Business, api_for: ApiFor
) -> None:
    api = api_for(superuser)
    assert api.post(ROOT, {"first_name": "A"}).status_code == 422
    told = api.post(ROOT, {"first_name": "A", "business": other_business.public_id}).json()
    assert told["business"]["name"] == "Cool Air"


def test_the_same_key_adds_once(business: Business, rep: User, api_for: ApiFor) -> None:
    api = api_for(rep)
    answers = [
        api.post(ROOT, {"first_name": "Maria"}, headers={"Idempotency-Key": "k1"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert Lead.objects.count() == 1


def test_what_is_left_out_stays_and_what_is_empty_is_emptied(
    lead: Lead, rep: User, api_for: ApiFor
) -> None:
    url = f"{ROOT}/{lead.public_id}"
    told = api_for(rep).patch(url, {"last_name": "", "stage": "qualified"}).json()
    assert (told["first_name"], told["last_name"], told["stage"]) == ("Maria", "", "qualified")
    history = api_for(rep).get(f"{url}/history").json()["results"]
    assert [event["kind"] for event in history] == ["changed", "created"]
    assert history[0]["data"] == {"last_name": ["Lopez", ""], "stage": ["new", "qualified"]}
    assert history[0]["by"] == {"email": rep.email, "name": "Ray"}


def test_a_number_of_another_lead_is_refused(lead: Lead, rep: User, api_for: ApiFor) -> None:
    other = services.create_lead(lead.business, source=LeadSource.API, first_name="John")
    response = api_for(rep).patch(f"{ROOT}/{other.public_id}", {"phone": MARIA})
    assert response.status_code == 409
    assert response.json()["error"]["message"] == "There is already a lead with this phone number."


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["John Diaz", "Maria Lopez"]),
        ({"search": "lop"}, ["Maria Lopez"]),
        ({"search": "maria lopez"}, ["Maria Lopez"]),
        ({"search": "(415) 555-0199"}, ["Maria Lopez"]),
        ({"search": "nobody"}, []),
        ({"stage": "won"}, ["John Diaz"]),
        ({"stage": ["won", "new"]}, ["John Diaz", "Maria Lopez"]),
        ({"source": "call_in"}, ["Maria Lopez"]),
        ({"sort_by": "created_at"}, ["Maria Lopez", "John Diaz"]),
    ],
)
def test_lists_are_narrowed_down_and_sorted(
    query: dict[str, Any], names: list[str], lead: Lead, rep: User, api_for: ApiFor
) -> None:
    services.create_lead(
        lead.business,
        source=LeadSource.API,
        first_name="John",
        last_name="Diaz",
        stage=LeadStage.WON,
    )
    results = api_for(rep).get(ROOT, query).json()["results"]
    assert [told["name"] for told in results] == names


@pytest.mark.parametrize("query", [{"stage": "famous"}, {"search": "a"}, {"sort_by": "luck"}])
def test_filters_that_cannot_be_are_refused(
    query: dict[str, str], business: Business, rep: User, api_for: ApiFor
) -> None:
    assert api_for(rep).get(ROOT, query).status_code == 422


def test_a_list_of_any_length_costs_the_same(
    lead: Lead, rep: User, api_for: ApiFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = api_for(rep)
    for count in (1, 3):
        while Lead.objects.count() < count:
            services.create_lead(lead.business, source=LeadSource.API, first_name="More", owner=rep)
        with django_assert_num_queries(3):
            assert len(api.get(ROOT).json()["results"]) == count


def test_a_known_lead_may_inquire_again(lead: Lead, rep: User, api_for: ApiFor) -> None:
    body = {"phone": MARIA, "if_known": "inquire", "message": "Any news?", "company": "Lopez"}
    response = api_for(rep).post(ROOT, body)
    assert response.status_code == 200
    assert (response.json()["id"], response.json()["company"]) == (lead.public_id, "Lopez")
    assert lead.events.filter(kind="inquiry", text="Any news?").count() == 1


def test_the_same_origin_makes_one_lead(business: Business, rep: User, api_for: ApiFor) -> None:
    body = {"first_name": "Maria", "origin": "crm-17"}
    statuses = [api_for(rep).post(ROOT, body).status_code for _ in range(2)]
    assert statuses == [201, 200]
    assert Lead.objects.count() == 1
