"""All leads that a filter lets through are changed at once, or by a worker."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import bulk
from leads.cadences.services import enroll
from leads.enums import BulkAction, LeadStage
from leads.matching import services, tasks
from leads.models import BulkChange, Lead
from leads.services import is_suppressed, update_lead
from leads.tests.cadences.conftest import MakeCadence
from leads.tests.cadences.conftest import make_cadence as make_cadence
from leads.tests.matching.conftest import leads as leads
from leads.tests.matching.conftest import queued as queued
from leads.tests.pages.conftest import visitor
from salesdesk.accounts.enums import Role
from salesdesk.accounts.models import User
from salesdesk.accounts.services import add_user, give_role
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
PAGE = "/leads/matching/"
CAST = {"manager": 200, "rep": 200, "auditor": 403, "outsider": 404, "anonymous": 302}


@pytest.fixture
def other_rep(business: Business) -> User:
    """A rep of the same business, who did not ask for it."""
    user = add_user("rosa@example.com", name="Rosa")
    give_role(user, business_id=business.pk, role=Role.REP)
    return user


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
    client_for: ClientFor,
    queued: list[int],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 1)
    update_lead(leads[1], stage=LeadStage.WON)
    with django_capture_on_commit_callbacks(execute=True):
        response = client_for(rep).post(address(business), {"action": "cadence", "count": 3})
    change = BulkChange.objects.get()
    assert queued == [change.pk]
    assert response["Location"] == reverse("leads:bulk_change", args=[change.public_id])
    told = client_for(rep).get(response["Location"]).content.decode()
    assert "0 of 3 leads looked at" in told and "every 2s" in told

    tasks.work_on_change(change.pk)

    told = client_for(rep).get(response["Location"]).content.decode()
    assert "2 leads changed. 1 not: This lead is closed (won)." in told
    assert "every 2s" not in told


SEES = {"rep": 200, "manager": 200, "admin_user": 200, "superuser": 200}
SEES_NOT = {"other_rep": 404, "auditor": 404, "outsider": 404, "anonymous": 302}


@pytest.mark.parametrize(("name", "status"), {**SEES, **SEES_NOT}.items())
def test_how_far_it_has_come_is_shown_to_who_asked_and_to_managers(
    name: str,
    status: int,
    business: Business,
    leads: list[Lead],
    rep: User,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    client_for(rep).post(address(business), {"action": "stage", "stage": "qualified", "count": 3})
    change = BulkChange.objects.get()
    client = client_for(visitor(name, request))
    response = client.get(reverse("leads:bulk_change", args=[change.public_id]))
    assert response.status_code == status
    assert (b"3 leads changed." in response.content) is (status == 200)


def test_a_page_that_may_not_ask_any_more_stops_asking(
    business: Business, outsider: User, client_for: ClientFor
) -> None:
    progress = reverse("leads:bulk_change", args=["gone"])
    piece = client_for(outsider).get(progress, headers={"HX-Request": "true"})
    assert piece.status_code == 286
    assert "There is no such change" in piece.content.decode()
    assert "hx-get" not in piece.content.decode()


def test_what_broke_off_is_shown_with_how_far_it_came(
    business: Business,
    leads: list[Lead],
    rep: User,
    client_for: ClientFor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(lead: Lead, wish: bulk.Wish, by: User) -> None:
        raise KeyError("what")

    monkeypatch.setattr(bulk, "CHANGES", {BulkAction.PAUSE: fail})
    done = client_for(rep).post(address(business), {"action": "pause", "count": 3}, follow=True)
    assert "It stopped unexpectedly. 3 leads were left as before." in done.content.decode()
    assert "broke off" in caplog.text


# ---------------------------------------------------------------- what is asked for


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"action": "owner"}, "Choose who gets them, or nobody."),
        ({"action": "owner", "owner": "0"}, "Select a valid choice."),
        ({"action": "stage"}, "Choose the stage."),
        ({"action": "stage", "stage": "won"}, "Select a valid choice."),
        ({"action": "release"}, "Select a valid choice."),
        ({}, "This field is required."),
    ],
)
def test_nothing_is_done_that_was_not_said(
    told: dict[str, str],
    sentence: str,
    business: Business,
    leads: list[Lead],
    rep: User,
    client_for: ClientFor,
) -> None:
    update_lead(leads[0], owner=rep)
    response = client_for(rep).post(address(business), {**told, "count": 3})
    assert (response.status_code, sentence in response.content.decode()) == (422, True)
    assert not BulkChange.objects.exists()
    assert Lead.objects.get(pk=leads[0].pk).owner == rep


def test_they_are_taken_from_their_owners_where_nobody_is_chosen(
    business: Business, leads: list[Lead], rep: User, client_for: ClientFor
) -> None:
    update_lead(leads[0], owner=rep)
    body = {"action": "owner", "owner": "nobody", "count": 3}
    client_for(rep).post(address(business), body)
    assert Lead.objects.get(pk=leads[0].pk).owner is None


@pytest.mark.parametrize(("goes_on", "level"), [(3, "success"), (1, "warning"), (0, "error")])
def test_the_notice_is_a_success_only_where_it_was_one(
    goes_on: int,
    level: str,
    business: Business,
    leads: list[Lead],
    rep: User,
    make_cadence: MakeCadence,
    client_for: ClientFor,
) -> None:
    cadence = make_cadence((10, "rep_call"), is_default=True)
    for lead in leads[:goes_on]:
        enroll(lead, cadence)
    body = {"action": "pause", "count": 3}
    done = client_for(rep).post(address(business), body, follow=True)
    [notice] = done.context["messages"]
    assert notice.level_tag == level


def test_what_was_changed_lately_is_listed(
    business: Business,
    leads: list[Lead],
    rep: User,
    manager: User,
    other_rep: User,
    client_for: ClientFor,
) -> None:
    client_for(rep).post(address(business), {"action": "pause", "count": 3})
    shown = {
        user: "They are in no cadence" in client_for(user).get(address(business)).content.decode()
        for user in (rep, manager, other_rep)
    }
    assert shown == {rep: True, manager: True, other_rep: False}


def test_the_admin_shows_it_without_the_leads(
    business: Business, leads: list[Lead], rep: User, superuser: User, client_for: ClientFor
) -> None:
    client_for(rep).post(address(business), {"action": "pause", "count": 3})
    change = BulkChange.objects.get()
    client = client_for(superuser)
    page = f"/admin/leads/bulkchange/{change.pk}/change/"
    assert "Pause their cadence: 3 leads" in client.get(page).content.decode()
    assert 'name="_save"' not in client.get(page).content.decode()
    assert "keys" not in client.get(page).context["adminform"].readonly_fields
    assert client.post(page, {"status": "waiting"}).status_code == 403


def test_the_way_to_all_that_match_changes_with_the_filter(
    business: Business, leads: list[Lead], rep: User, client_for: ClientFor
) -> None:
    """The piece that is swapped as filters change has it, not the rest of the page."""
    filters = f"business={business.public_id}&source=web_form"
    piece = client_for(rep).get(f"/leads/?{filters}", headers={"HX-Request": "true"})
    assert f"{PAGE}?{filters}".replace("&", "&amp;") in piece.content.decode()
