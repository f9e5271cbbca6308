from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from leads.campaigns.calling import call_due
from leads.models import Campaign
from leads.tests.campaigns.made import add_campaign, add_leads, started
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ApiFor = Callable[[User | None], APIClient]
PATH = "/api/v1/leads/campaigns"
NEW = {
    "name": "Roof checks",
    "purpose": "Offers a free check of the roof.",
    "lead_filter": {"stage": ["new"]},
    "days": ["mon", "wed"],
    "opens": "10:00",
    "retries": {"busy": {"times": 2, "wait_minutes": 30}},
}


@pytest.fixture
def campaign(business: Business, manager: User) -> Campaign:
    return add_campaign(business, manager)


def test_a_campaign_is_made_previewed_started_paused_and_stopped(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    add_leads(business, 2)
    api = api_for(manager)
    made = api.post(PATH, {**NEW, "caller": "+14155550100"})
    assert made.status_code == 201
    told = made.json()
    assert (told["status"], told["caller"]) == ("draft", "+14155550100")
    assert (told["lead_filter"], told["opens"]) == ({"stage": ["new"]}, "10:00:00")
    path = f"{PATH}/{told['id']}"
    preview = api.get(f"{path}/preview").json()
    assert (preview["count"], preview["looked_at"]) == (2, 2)
    assert preview["refused"][0]["reasons"] == ["There is no consent to calls by an AI voice."]
    for action, state in (
        ("start", "running"),
        ("pause", "paused"),
        ("pause", "paused"),
        ("resume", "running"),
        ("stop", "stopped"),
    ):
        assert api.post(f"{path}/{action}").json()["status"] == state
    assert api.post(f"{path}/start").status_code == 409
    one = api.get(path).json()
    assert one["progress"] == {"total": 2, "ended": 2, "by_status": {"left_out": 2}}


def test_members_are_told_by_status(business: Business, manager: User, api_for: ApiFor) -> None:
    first, second = add_leads(business, 2)
    campaign = started(business, manager, at_once=1)
    call_due(campaign.pk, timezone.now())
    path = f"{PATH}/{campaign.public_id}/members"
    listed = api_for(manager).get(path).json()["results"]
    assert [each["lead"] for each in listed] == [first.public_id, second.public_id]
    waiting = api_for(manager).get(f"{path}?status=waiting").json()["results"]
    assert [each["lead"] for each in waiting] == [second.public_id]
    assert api_for(manager).get(f"{path}?status=dancing").status_code == 422


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"calls_per_second": 500}, "calls_per_second"),
        ({"days": ["someday"]}, "days"),
        ({"lead_filter": {"stage": "new"}}, "lead_filter"),
        ({"lead_filter": {"stage": ["nowhere"]}}, ""),
        ({"lead_filter": {"password": ["x"]}}, ""),
        ({"caller": "+13125550100"}, ""),
        ({"opens": "19:00", "closes": "09:00"}, ""),
    ],
)
def test_what_cannot_be_is_refused(
    business: Business, manager: User, api_for: ApiFor, given: dict[str, Any], field: str
) -> None:
    response = api_for(manager).post(PATH, {**NEW, **given})
    assert response.status_code == 422
    assert not field or field in response.json()["error"]["fields"]
    assert not Campaign.objects.exists()


def test_changing_and_deleting(campaign: Campaign, manager: User, api_for: ApiFor) -> None:
    api, path = api_for(manager), f"{PATH}/{campaign.public_id}"
    assert api.patch(path, {"at_once": 7}).json()["at_once"] == 7
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_the_same_request_sent_twice_makes_one_campaign(
    business: Business, manager: User, api_for: ApiFor
) -> None:
    for _ in range(2):
        made = api_for(manager).post(PATH, NEW, headers={"Idempotency-Key": "one"})
        assert made.status_code == 201
    assert Campaign.objects.count() == 1


CHANGES = ("start", "pause", "resume", "stop")


def test_who_may_do_what(
    campaign: Campaign,
    rep: User,
    auditor: User,
    outsider: User,
    api_for: ApiFor,
) -> None:
    path = f"{PATH}/{campaign.public_id}"
    for user in (rep, auditor):
        api = api_for(user)
        assert api.get(path).status_code == 200
        assert len(api.get(PATH).json()["results"]) == 1
        assert api.post(PATH, NEW).status_code == 403
        assert api.get(f"{path}/preview").status_code == 403
        assert api.patch(path, {"at_once": 1}).status_code == 403
        assert {api.post(f"{path}/{change}").status_code for change in CHANGES} == {403}
    theirs = api_for(outsider)
    assert theirs.get(PATH).json()["results"] == []
    assert theirs.get(f"{path}/members").status_code == 404
    assert {theirs.post(f"{path}/{change}").status_code for change in CHANGES} == {404}
    assert theirs.delete(path).status_code == 404
    assert api_for(None).get(path).status_code == 401
