"""The API of cadences, priorities and speed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from leads.cadences.usual import default_cadence
from leads.enums import ContactHow
from leads.models import Enrollment, Lead
from leads.priority.services import rank_lead
from leads.speed.services import note_contact, start_clock
from salesdesk.accounts.models import User

pytestmark = pytest.mark.django_db

ApiFor = Callable[[User | None], APIClient]


def test_a_cadence_is_begun_paused_resumed_and_stopped(
    api_for: ApiFor, rep: User, lead: Lead
) -> None:
    api, address = api_for(rep), f"/api/v1/leads/{lead.public_id}/cadence"

    begun = api.post(address, {}, format="json")
    assert begun.status_code == 201
    assert [touch["channel"] for touch in begun.data["touches"]] == ["ai_call"]
    for action, status in (("pause", "paused"), ("resume", "active"), ("stop", "stopped")):
        answer = api.post(f"{address}/{action}")
        assert (answer.status_code, answer.data["status"]) == (200, status)
        assert api.post(f"{address}/{action}").status_code == 409

    [told] = api.get(address).data
    assert (told["stop_reason"], told["touches"][0]["status"]) == ("staff", "canceled")


@pytest.mark.parametrize(("who", "status"), [("auditor", 403), ("outsider", 404), (None, 401)])
def test_who_may_not(
    request: pytest.FixtureRequest, api_for: ApiFor, lead: Lead, who: str | None, status: int
) -> None:
    api = api_for(request.getfixturevalue(who) if who else None)
    for action in ("cadence", "cadence/pause", "cadence/stop", "take", "snooze"):
        answer = api.post(f"/api/v1/leads/{lead.public_id}/{action}", {}, format="json")
        assert answer.status_code == status, action
    assert not Enrollment.objects.exists()


def test_another_businesss_cadence_is_not_found(
    api_for: ApiFor, rep: User, outsider: User, lead: Lead, other_business: object
) -> None:
    theirs = default_cadence(outsider.memberships.get().business)

    answer = api_for(rep).post(
        f"/api/v1/leads/{lead.public_id}/cadence", {"cadence": theirs.public_id}, format="json"
    )

    assert answer.status_code == 404
    assert api_for(rep).get("/api/v1/cadences").data["count"] == 0
    [told] = api_for(outsider).get("/api/v1/cadences").data["results"]
    assert [step["wait_minutes"] for step in told["steps"]] == [10, 30, 60, 240, 1440]


def test_reasons_of_a_priority(api_for: ApiFor, auditor: User, lead: Lead) -> None:
    rank_lead(lead)
    lead.refresh_from_db()

    told = api_for(auditor).get(f"/api/v1/leads/{lead.public_id}/priority").data

    assert told["rank"] == lead.rank
    assert told["reasons"][0] == {"kind": "source", "text": "They called", "points": 20.0}


def test_speed_to_lead(api_for: ApiFor, auditor: User, lead: Lead) -> None:
    now = timezone.now()
    start_clock(lead, "web_form", at=now - timedelta(minutes=10))
    note_contact(lead, ContactHow.REP_CALL, at=now - timedelta(minutes=8))

    told = api_for(auditor).get("/api/v1/leads/speed", {"days": 7}).data

    assert told["target_minutes"] == 15
    assert told["together"]["median_s"] == 120.0
    assert told["by_source"]["web_form"]["share"] == 1.0
    assert api_for(auditor).get("/api/v1/leads/speed", {"days": 0}).status_code == 422


def test_a_lead_is_taken_and_put_off(api_for: ApiFor, rep: User, lead: Lead) -> None:
    address = f"/api/v1/leads/{lead.public_id}"

    assert api_for(rep).post(f"{address}/take").status_code == 204
    lead.refresh_from_db()
    assert lead.owner == rep

    assert api_for(rep).post(f"{address}/snooze").status_code == 204
    lead.refresh_from_db()
    assert lead.wanted_at is not None
    assert lead.wanted_at > timezone.now() + timedelta(minutes=29)
