"""Accounts, contacts, consents, opportunities and merges, for programs."""

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from leads import contacts
from leads.enums import LeadSource, SuppressionSource
from leads.models import Lead, Opportunity
from leads.pipeline.services import propose
from leads.services import create_lead, is_left_in_peace, suppress
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ApiFor = Callable[[User | None], APIClient]
V1 = "/api/v1"
CAST = {
    "admin_user": 201,
    "manager": 201,
    "rep": 201,
    "auditor": 403,
    "outsider": 404,
    "anonymous": 401,
}


def visitor(name: str, request: pytest.FixtureRequest) -> User | None:
    return None if name == "anonymous" else request.getfixturevalue(name)


@pytest.fixture
def double(lead: Lead) -> Lead:
    return create_lead(
        lead.business, source=LeadSource.API, first_name="Mary", email="m@example.com"
    )


@pytest.mark.parametrize(("name", "status"), CAST.items())
@pytest.mark.parametrize("what", ["contacts", "consents", "merge", "opportunities"])
def test_who_may_add(
    what: str,
    name: str,
    status: int,
    lead: Lead,
    double: Lead,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "contacts": {"name": "Luis"},
        "consents": {"kind": "sms", "is_given": True, "wording": "Yes."},
        "merge": {"other": double.public_id},
        "opportunities": {"lead": lead.public_id, "topic": "Roof"},
    }
    path = what if what == "opportunities" else f"leads/{lead.public_id}/{what}"
    before = lead.events.count()
    response = api_for(visitor(name, request)).post(f"{V1}/{path}", bodies[what])
    assert response.status_code == status
    assert (lead.events.count() > before) is (status == 201)


def test_accounts_are_listed_and_added(
    business: Business, rep: User, outsider: User, api_for: ApiFor
) -> None:
    api = api_for(rep)
    made = api.post(f"{V1}/accounts", {"name": "Harbor Dental", "domain": "harbor.example"})
    assert made.status_code == 201
    assert (
        api.post(
            f"{V1}/accounts", {"name": "HARBOR dental", "domain": "harbor.example"}
        ).status_code
        == 409
    )
    assert api.post(f"{V1}/accounts", {"name": ""}).status_code == 422
    [told] = api.get(f"{V1}/accounts", {"name": "harb"}).json()["results"]
    assert (told["id"], told["domain"]) == (made.json()["id"], "harbor.example")
    assert api_for(outsider).get(f"{V1}/accounts").json()["results"] == []


def test_people_around_a_lead_come_and_go(lead: Lead, rep: User, api_for: ApiFor) -> None:
    api, url = api_for(rep), f"{V1}/leads/{lead.public_id}/contacts"
    made = api.post(url, {"name": "Luis", "phone": "(415) 555-0142", "role": "Husband"}).json()
    assert (made["phone"], made["is_lead"]) == ("+14155550142", False)
    assert [each["id"] for each in api.get(url).json()] == [made["id"]]
    assert api.post(url, {"role": "Nobody"}).status_code == 422
    assert api.delete(f"{url}/{made['id']}").status_code == 204
    assert api.delete(f"{url}/{made['id']}").status_code == 404


def test_consent_is_kept_with_its_words(lead: Lead, rep: User, api_for: ApiFor) -> None:
    api, url = api_for(rep), f"{V1}/leads/{lead.public_id}/consents"
    api.post(url, {"kind": "ai_voice", "is_given": True, "wording": "I agree.", "proof": "Form"})
    api.post(url, {"kind": "ai_voice", "is_given": False, "wording": "Not any more."})
    told = api.get(url).json()
    assert [(each["is_given"], each["wording"]) for each in told] == [
        (False, "Not any more."),
        (True, "I agree."),
    ]
    assert api.post(url, {"kind": "ai_voice", "is_given": True}).status_code == 422


def test_leads_are_merged_and_taken_apart(
    lead: Lead, double: Lead, rep: User, outsider: User, api_for: ApiFor
) -> None:
    api, url = api_for(rep), f"{V1}/leads/{lead.public_id}"
    told = api.post(f"{url}/merge", {"other": double.public_id, "take": ["first_name"]}).json()
    assert (told["absorbed_id"], told["lead"]["name"]) == (double.public_id, "Mary Lopez")
    assert api.get(f"{V1}/leads/{double.public_id}").status_code == 404
    undo = f"{V1}/merges/{told['id']}/undo"
    assert api_for(outsider).post(undo).status_code == 404
    assert api.post(undo).json()["undone_at"]
    assert api.post(undo).status_code == 409
    assert api.get(url).json()["name"] == "Maria Lopez"


def test_opportunities_are_proposed_and_settled(
    lead: Lead, rep: User, auditor: User, api_for: ApiFor
) -> None:
    api = api_for(rep)
    body = {"lead": lead.public_id, "topic": "Roof", "amount": "18000", "conversation": "c1"}
    made = api.post(f"{V1}/opportunities", body).json()
    assert api.post(f"{V1}/opportunities", body).json()["id"] == made["id"]
    url = f"{V1}/opportunities/{made['id']}"
    assert api_for(auditor).post(f"{url}/accept").status_code == 403
    accepted = api.post(f"{url}/accept", {"amount": "20000.00"}).json()
    assert (accepted["status"], accepted["amount"]) == ("accepted", "20000.00")
    assert api.post(f"{url}/dismiss").status_code == 409
    other = propose(lead, topic="Battery", quote="")
    assert api.post(f"{V1}/opportunities/{other.public_id}/dismiss").json()["status"] == "dismissed"
    listed = api.get(f"{V1}/opportunities", {"status": "accepted"}).json()["results"]
    assert [each["topic"] for each in listed] == ["Roof"]
    assert api.get(f"{V1}/opportunities", {"status": "lucky"}).status_code == 422


def test_lists_of_any_length_cost_the_same(
    lead: Lead, rep: User, api_for: ApiFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api = api_for(rep)
    for count in (1, 3):
        while Opportunity.objects.count() < count:
            propose(lead, topic=f"Roof {count}{Opportunity.objects.count()}", quote="")
            contacts.create_account(lead.business, name=f"A{Opportunity.objects.count()}")
        for path in ("opportunities", "accounts"):
            with django_assert_num_queries(3):
                assert len(api.get(f"{V1}/{path}").json()["results"]) == count


# ---------------------------------------------------------------- accounts and contacts by their id

CHANGE = {"manager": 200, "rep": 200, "auditor": 403, "outsider": 404, "anonymous": 401}


@pytest.mark.parametrize(("name", "status"), CHANGE.items())
@pytest.mark.parametrize("what", ["accounts", "contacts", "contacts of a lead"])
def test_who_may_change_and_take_away(
    what: str,
    name: str,
    status: int,
    lead: Lead,
    api_for: ApiFor,
    request: pytest.FixtureRequest,
) -> None:
    account = contacts.create_account(lead.business, name="Harbor")
    row: Any = account
    if what != "accounts":
        row = contacts.add_contact(lead if "lead" in what else account, name="Harbor")
    api = api_for(visitor(name, request))
    path = f"{V1}/{what.split()[0]}/{row.public_id}"
    response = api.patch(path, {"name": "Bay"})
    assert response.status_code == status
    row.refresh_from_db()
    assert row.name == ("Bay" if status == 200 else "Harbor")
    gone = api.delete(path)
    assert gone.status_code == (204 if status == 200 else status)
    assert type(row).objects.filter(pk=row.pk).exists() is (status != 200)


def test_a_renamed_account_is_left_in_peace_as_before(
    lead: Lead, rep: User, api_for: ApiFor
) -> None:
    account = contacts.put_into_account(lead, "Harbor").account
    assert account is not None
    suppress(lead.business, company="Harbor", reason="No.", source=SuppressionSource.STAFF)
    done = api_for(rep).patch(f"{V1}/accounts/{account.public_id}", {"name": "Bay"})
    assert (done.status_code, done.json()["name"]) == (200, "Bay")
    assert is_left_in_peace(Lead.objects.get(pk=lead.pk))
    assert lead.business.suppressions.get(company="bay").by == rep


def test_an_account_has_people_and_is_kept_while_it_has_leads(
    lead: Lead, rep: User, outsider: User, api_for: ApiFor
) -> None:
    account = contacts.put_into_account(lead, "Harbor").account
    assert account is not None
    path, api = f"{V1}/accounts/{account.public_id}", api_for(rep)
    made = api.post(f"{path}/contacts", {"name": "Luis", "phone": "(415) 555-0142"})
    assert (made.status_code, made.json()["phone"]) == (201, "+14155550142")
    assert [each["name"] for each in api.get(f"{path}/contacts").json()] == ["Luis"]
    assert api_for(outsider).get(f"{path}/contacts").status_code == 404
    assert api.post(f"{path}/contacts", {"name": "A", "is_lead": True}).status_code == 422
    assert api.delete(path).status_code == 409
    assert api.patch(path, {"domain": "Harbor.example"}).json()["domain"] == "harbor.example"
    assert api.patch(path, {"phone": "12"}).status_code == 422
    assert api.get(path).json()["name"] == "Harbor"
