"""All leads that a filter lets through are changed at once, or by a worker."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import matching, tasks
from leads.cadences.services import enroll
from leads.enums import LeadSource, LeadStage
from leads.models import Enrollment, Lead
from leads.services import create_lead, is_suppressed, update_lead
from leads.tests.cadences.conftest import MakeCadence
from leads.tests.cadences.conftest import make_cadence as make_cadence
from leads.tests.pages.conftest import visitor
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
PAGE = "/leads/matching/"
CAST = {"manager": 200, "rep": 200, "auditor": 403, "outsider": 404, "anonymous": 302}


@pytest.fixture
def leads(business: Business) -> list[Lead]:
    """Three of the web form, one of a program."""
    made = [
        create_lead(business, source=LeadSource.WEB_FORM, phone=f"+1212555010{number}")
        for number in range(3)
    ]
    return [*made, create_lead(business, source=LeadSource.API, phone="+12125550109")]


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    ids: list[str] = []
    monkeypatch.setattr(tasks.change_matching, "delay", ids.append)
    return ids


def address(business: Business, filters: str = "source=web_form") -> str:
    return f"{PAGE}?business={business.public_id}&{filters}"


@pytest.mark.parametrize(("name", "status"), CAST.items())
def test_who_may(
    name: str,
    status: int,
    business: Business,
    leads: list[Lead],
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    client = client_for(visitor(name, request))
    response = client.get(address(business))
    assert response.status_code == status
    assert (b"Change 3 leads" in response.content) is (status == 200)
    client.post(address(business), {"action": "stage", "stage": "contacted", "count": 3})
    assert (Lead.objects.get(pk=leads[0].pk).stage == "contacted") is (status == 200)


@pytest.mark.parametrize(
    ("told", "is_done"),
    [
        ({"action": "owner"}, lambda lead: lead.owner is not None),
        ({"action": "stage", "stage": "qualified"}, lambda lead: lead.stage == "qualified"),
        ({"action": "cadence"}, lambda lead: lead.enrollments.filter(status="active").exists()),
        ({"action": "pause"}, lambda lead: lead.enrollments.filter(status="paused").exists()),
        (
            {"action": "do_not_call", "reason": "So."},
            lambda lead: is_suppressed(lead.business, lead.phone),
        ),
    ],
)
def test_what_matches_is_changed_and_nothing_else(
    told: dict[str, Any],
    is_done: Callable[[Lead], bool],
    business: Business,
    leads: list[Lead],
    rep: User,
    make_cadence: MakeCadence,
    client_for: ClientFor,
) -> None:
    cadence = make_cadence((10, "rep_call"), is_default=True)
    if told["action"] == "pause":
        for lead in leads:
            enroll(lead, cadence)
    body = {**told, "count": 3, **({"owner": rep.pk} if told["action"] == "owner" else {})}
    done = client_for(rep).post(address(business), body, follow=True)
    assert "3 leads changed." in done.content.decode()
    fresh = Lead.objects.select_related("business", "owner").order_by("pk")
    assert [is_done(lead) for lead in fresh] == [True, True, True, False]


def test_a_filter_that_matches_others_by_now_is_shown_again(
    business: Business, leads: list[Lead], rep: User, client_for: ClientFor
) -> None:
    body = {"action": "stage", "stage": "contacted", "count": 2}
    response = client_for(rep).post(address(business), body)
    assert response.status_code == 422
    assert "Meanwhile 3 match" in response.content.decode()
    assert not Lead.objects.filter(stage="contacted").exists()


@pytest.mark.parametrize("filters", ["source=nonsense", "source=email"])
def test_a_filter_that_cannot_be_or_matches_nobody_changes_nothing(
    filters: str, business: Business, leads: list[Lead], rep: User, client_for: ClientFor
) -> None:
    body = {"action": "stage", "stage": "contacted", "count": 0}
    assert client_for(rep).post(address(business, filters), body).status_code == 422
    assert not Lead.objects.filter(stage="contacted").exists()


def test_many_are_a_workers_task_with_its_progress(
    business: Business,
    leads: list[Lead],
    rep: User,
    manager: User,
    make_cadence: MakeCadence,
    client_for: ClientFor,
    queued: list[str],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    make_cadence((10, "rep_call"), is_default=True)
    monkeypatch.setattr(matching, "AT_ONCE", 1)
    monkeypatch.setattr(matching, "BATCH", 2)
    update_lead(leads[1], stage=LeadStage.WON)
    body = {"action": "cadence", "count": 3}
    with django_capture_on_commit_callbacks(execute=True):
        response = client_for(rep).post(address(business), body)
    [job_id] = queued
    progress = reverse("leads:matching_job", args=[job_id])
    assert response["Location"] == progress
    assert "0 of 3 leads looked at" in client_for(rep).get(progress).content.decode()
    assert client_for(manager).get(progress).status_code == 404

    tasks.change_matching(job_id)

    told = client_for(rep).get(progress).content.decode()
    assert "2 leads changed. 1 not: This lead is closed (won)." in told
    assert "every 2s" not in told
    assert Enrollment.objects.count() == 2


def test_whose_right_ended_meanwhile_changes_nothing(
    business: Business,
    leads: list[Lead],
    rep: User,
    queued: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(matching, "AT_ONCE", 1)
    wish = matching.Wish(rep.pk, business.pk, "source=web_form", "stage", stage="contacted")
    job = matching.begin(wish, 3)
    rep.memberships.all().delete()
    assert matching.work_on(job.id).refused == {matching.NO_RIGHT: 3}
    assert not Lead.objects.filter(stage="contacted").exists()


def test_the_way_to_all_that_match_changes_with_the_filter(
    business: Business, leads: list[Lead], rep: User, client_for: ClientFor
) -> None:
    """The piece that is swapped as filters change has it, not the rest of the page."""
    filters = f"business={business.public_id}&source=web_form"
    piece = client_for(rep).get(f"/leads/?{filters}", headers={"HX-Request": "true"})
    assert f"{PAGE}?{filters}".replace("&", "&amp;") in piece.content.decode()
