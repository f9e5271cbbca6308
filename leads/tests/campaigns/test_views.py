from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads.campaigns import services
from leads.campaigns.calling import call_due
from leads.enums import CampaignStatus, DialResult, LeadStage
from leads.models import Campaign, Lead
from leads.tests.campaigns.made import add_campaign, add_leads, end, newest_dial, started
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]

FORM: dict[str, Any] = {
    "name": "Roof checks",
    "purpose": "Offers a free check of the roof.",
    "greeting": "",
    "caller": "",
    "days": ["mon", "tue"],
    "opens": "09:00",
    "closes": "18:00",
    "calls_per_second": "0.5",
    "at_once": "4",
    "no_answer_times": "2",
    "no_answer_wait": "60",
    "busy_times": "0",
    "busy_wait": "30",
    "voicemail_times": "1",
    "voicemail_wait": "1440",
    "failed_times": "0",
    "failed_wait": "60",
    "watched_results": "50",
    "least_results": "20",
    "most_failed": "30",
    "most_abandoned": "25",
    "most_opted_out": "10",
    "leads-stage": "new",
}


@pytest.fixture
def campaign(business: Business, manager: User) -> Campaign:
    return add_campaign(business, manager, name="Roof checks <b>")


def paths(campaign: Campaign) -> dict[str, tuple[str, str]]:
    """What is asked, by what it is."""
    page = f"/campaigns/{campaign.public_id}/"
    return {
        "list": ("GET", "/campaigns/"),
        "page": ("GET", page),
        "new": ("GET", "/campaigns/new/"),
        "create": ("POST", "/campaigns/new/"),
        "preview": ("POST", "/campaigns/preview/"),
        "edit": ("GET", f"{page}edit/"),
        "change": ("POST", f"{page}edit/"),
        "start": ("POST", f"{page}start/"),
        "pause": ("POST", f"{page}pause/"),
        "resume": ("POST", f"{page}resume/"),
        "stop": ("POST", f"{page}stop/"),
        "copy": ("POST", f"{page}copy/"),
        "delete": ("POST", f"{page}delete/"),
    }


LOOKS = ("list", "page")
CHANGES = "new create preview edit change start pause resume stop copy delete".split()


@pytest.mark.parametrize("what", [*LOOKS, *CHANGES])
def test_who_may_do_what(
    campaign: Campaign,
    manager: User,
    admin_user: User,
    rep: User,
    auditor: User,
    outsider: User,
    client_for: ClientFor,
    what: str,
) -> None:
    method, path = paths(campaign)[what]

    def asked(user: User | None) -> int:
        return client_for(user).generic(method, path).status_code

    assert asked(None) == 302
    for user in (rep, auditor):
        assert asked(user) == (200 if what in LOOKS else 403)
    theirs = 404 if "campaigns/" + campaign.public_id in path else {"list": 200}.get(what, 403)
    assert asked(outsider) == theirs
    for user in (manager, *([admin_user] if what != "delete" else [])):
        assert asked(user) not in (302 if what in LOOKS else 0, 403, 404)


def test_looking_changes_nothing_by_get(
    campaign: Campaign, manager: User, client_for: ClientFor
) -> None:
    for method, path in paths(campaign).values():
        if method == "POST" and not path.endswith(("new/", "edit/")):
            assert client_for(manager).get(path).status_code == 405
    assert Campaign.objects.get().status == CampaignStatus.DRAFT


def test_a_campaign_is_made_from_the_form(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).post("/campaigns/new/", FORM)
    made = Campaign.objects.get()
    assert response["Location"] == f"/campaigns/{made.public_id}/"
    assert made.lead_filter == {"stage": ["new"]}
    assert made.retries == {
        "no_answer": {"times": 2, "wait_minutes": 60},
        "voicemail": {"times": 1, "wait_minutes": 1440},
    }
    assert (made.days, made.created_by, made.status) == (["mon", "tue"], manager, "draft")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"closes": "08:00"}, "The window ends before it begins."),
        ({"at_once": "100000"}, "less than or equal to 200"),
        ({"days": []}, "This field is required."),
        ({"leads-stage": "nowhere"}, "nowhere"),
        ({"no_answer_times": "50"}, "less than or equal to 9"),
    ],
)
def test_a_wrong_form_comes_back_with_its_errors(
    business: Business, manager: User, client_for: ClientFor, changed: dict[str, Any], told: str
) -> None:
    response = client_for(manager).post("/campaigns/new/", {**FORM, **changed})
    assert response.status_code == 422
    assert told in response.content.decode()
    assert not Campaign.objects.exists()


def test_the_form_of_a_stored_campaign_shows_what_is_stored_and_changes_it(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    client = client_for(manager)
    client.post("/campaigns/new/", FORM)
    made = Campaign.objects.get()
    path = f"/campaigns/{made.public_id}/edit/"
    page = client.get(path).content.decode()
    assert 'value="Roof checks"' in page
    assert '<option value="new" selected>' in page
    client.post(path, {**FORM, "name": "Gutters", "busy_times": "3"})
    made.refresh_from_db()
    assert made.name == "Gutters"
    assert made.retries["busy"] == {"times": 3, "wait_minutes": 30}


def test_a_running_campaign_keeps_whom_it_calls_when_it_is_edited(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    add_leads(business, 1)
    campaign = started(business, manager, lead_filter={"stage": ["new"]})
    path = f"/campaigns/{campaign.public_id}/edit/"
    response = client_for(manager).post(path, {**FORM, "leads-stage": "lost"})
    assert response.status_code == 302
    campaign.refresh_from_db()
    assert (campaign.at_once, campaign.lead_filter) == (4, {"stage": ["new"]})


def test_the_preview_tells_count_and_reasons(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    first, _ = add_leads(business, 2)
    Lead.objects.filter(pk=first.pk).update(stage=LeadStage.LOST)
    response = client_for(manager).post("/campaigns/preview/", FORM)
    page = response.content.decode()
    assert 'data-count="1"' in page
    assert "There is no consent to calls by an AI voice." in page
    assert not Campaign.objects.exists()


def test_a_wrong_filter_is_told_in_the_preview(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).post("/campaigns/preview/", {"leads-stage": "nowhere"})
    assert "nowhere" in response.content.decode()


def test_names_are_shown_as_text(campaign: Campaign, manager: User, client_for: ClientFor) -> None:
    for path in ("/campaigns/", f"/campaigns/{campaign.public_id}/"):
        page = client_for(manager).get(path).content.decode()
        assert "Roof checks &lt;b&gt;" in page
        assert "Roof checks <b>" not in page


def test_it_is_started_paused_resumed_and_stopped(
    business: Business, manager: User, campaign: Campaign, client_for: ClientFor
) -> None:
    add_leads(business, 1)
    client = client_for(manager)
    for action, state in (
        ("start", "running"),
        ("pause", "paused"),
        ("resume", "running"),
        ("stop", "stopped"),
    ):
        assert client.post(f"/campaigns/{campaign.public_id}/{action}/").status_code == 302
        campaign.refresh_from_db()
        assert campaign.status == state
    assert client.post(f"/campaigns/{campaign.public_id}/start/").status_code == 409
    assert client.post(f"/campaigns/{campaign.public_id}/explode/").status_code == 404


def test_starting_without_anybody_says_so(
    campaign: Campaign, manager: User, client_for: ClientFor
) -> None:
    response = client_for(manager).post(f"/campaigns/{campaign.public_id}/start/")
    assert response.status_code == 409
    assert "No lead of this filter can be called." in response.content.decode()


def test_the_page_shows_calls_results_and_why_it_was_paused(
    business: Business, manager: User, client_for: ClientFor
) -> None:
    talking, done, waiting = add_leads(business, 3)
    campaign = started(business, manager, at_once=2)
    call_due(campaign.pk, timezone.now())
    from leads.campaigns.settling import note_dial
    from leads.dialing import services as dialing

    dialing.note_placed(newest_dial(talking), call_id="thecall")
    end(newest_dial(done), DialResult.BUSY)
    note_dial(newest_dial(done))
    services.trip(campaign, "Of the latest 20 attempts – too many failed.")
    page = client_for(manager).get(f"/campaigns/{campaign.public_id}/").content.decode()
    assert 'href="/calls/thecall/"' in page
    assert f'href="/leads/{done.public_id}/"' in page
    assert "too many failed" in page
    only = client_for(manager).get(f"/campaigns/{campaign.public_id}/?status=dialling")
    assert only.context["members"].paginator.count == 1
    assert waiting.public_id not in only.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_however_long_it_is(
    business: Business,
    manager: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        add_campaign(business, manager)
    client = client_for(manager)
    client.get("/campaigns/")
    with django_assert_num_queries(9):
        client.get("/campaigns/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_however_many_are_called(
    business: Business,
    manager: User,
    client_for: ClientFor,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    add_leads(business, count)
    campaign = started(business, manager)
    call_due(campaign.pk, timezone.now())
    client = client_for(manager)
    path = f"/campaigns/{campaign.public_id}/"
    client.get(path)
    with django_assert_num_queries(15):
        client.get(path)
