from datetime import time
from typing import Any

import pytest

from leads.campaigns import audience, services
from leads.campaigns.calling import call_due
from leads.enums import CampaignStatus, LeadSource, LeadStage, MemberStatus, SuppressionSource
from leads.models import Campaign, CampaignMember, Consent, Lead
from leads.services import suppress
from leads.tests.campaigns.made import (
    ALWAYS,
    NOON,
    add_campaign,
    add_leads,
    member_of,
    started,
)
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import add_number
from salesdesk.lib.errors import Conflict, InvalidInput, InvalidTransition


def test_a_draft_calls_nobody_and_keeps_its_filter(business: Business, manager: User) -> None:
    campaign = add_campaign(
        business, manager, lead_filter={"stage": ["new"], "search": [""], "sort": ["newest"]}
    )
    assert campaign.status == CampaignStatus.DRAFT
    assert campaign.lead_filter == {"stage": ["new"]}
    assert not CampaignMember.objects.exists()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"name": ""}, "Name"),
        ({"calls_per_second": 0.0}, "Calls per second"),
        ({"calls_per_second": 1000.0}, "Calls per second"),
        ({"at_once": 0}, "At once"),
        ({"days": []}, "Days"),
        ({"days": ["someday"]}, "Days"),
        ({"opens": time(18), "closes": time(9)}, "The window ends before it begins"),
        ({"retries": {"answered": {"times": 1, "wait_minutes": 5}}}, "Results after which"),
        ({"retries": {"busy": {"times": 99, "wait_minutes": 5}}}, "Give times"),
        ({"retries": {"busy": {"times": "1; DROP", "wait_minutes": 5}}}, "Give times"),
        ({"most_failed": 101}, "Most failed"),
        ({"least_results": 60, "watched_results": 50}, "No more than the stop rules"),
        ({"lead_filter": {"password": ["x"]}}, "cannot be filtered by “password”"),
        ({"lead_filter": {"stage": ["nowhere"]}}, "stage"),
        ({"lead_filter": {"search": ["x" * 300]}}, "too long"),
    ],
)
def test_what_cannot_be_is_refused(
    business: Business, manager: User, values: dict[str, Any], told: str
) -> None:
    with pytest.raises(InvalidInput, match=told):
        add_campaign(business, manager, **values)
    assert not Campaign.objects.exists()


def test_a_number_of_another_business_is_refused(
    business: Business, other_business: Business, manager: User
) -> None:
    theirs = other_business.numbers.get()
    with pytest.raises(InvalidInput, match="not one of this business"):
        add_campaign(business, manager, caller=theirs)


def test_starting_takes_down_who_fits_and_only_those(
    business: Business, other_business: Business, manager: User
) -> None:
    fits, won, other_stage = add_leads(business, 3)
    Lead.objects.filter(pk=won.pk).update(stage=LeadStage.WON)
    Lead.objects.filter(pk=other_stage.pk).update(stage=LeadStage.LOST)
    Lead.objects.create(business=business, source=LeadSource.API, email="no@number.example")
    Lead.objects.create(business=other_business, source=LeadSource.API, phone="+12125559999")
    campaign = started(business, manager, lead_filter={"stage": ["new"]})
    assert [member.lead for member in campaign.members.all()] == [fits]
    assert (campaign.started_by, campaign.status) == (manager, CampaignStatus.RUNNING)


def test_who_comes_later_is_not_called(business: Business, manager: User) -> None:
    add_leads(business, 1)
    campaign = started(business, manager)
    Lead.objects.create(business=business, source=LeadSource.API, phone="+12125559999")
    assert campaign.members.count() == 1


def test_members_have_their_places_by_rank(business: Business, manager: User) -> None:
    leads = add_leads(business, 3)
    Lead.objects.filter(pk=leads[2].pk).update(rank=99.0)
    campaign = started(business, manager)
    ordered = campaign.members.order_by("place").values_list("lead", "place")
    assert list(ordered) == [(leads[2].pk, 1), (leads[0].pk, 2), (leads[1].pk, 3)]


@pytest.mark.parametrize("given", [{"stage": ["proposal"]}, {"search": ["nobody at all"]}])
def test_a_campaign_without_anybody_does_not_start(
    business: Business, manager: User, given: dict[str, list[str]]
) -> None:
    add_leads(business, 1)
    campaign = add_campaign(business, manager, lead_filter=given)
    with pytest.raises(Conflict, match="No lead of this filter"):
        services.start(campaign, by=manager)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.DRAFT


STATES: dict[str, list[str]] = {
    "draft": [],
    "running": ["start"],
    "paused": ["start", "pause"],
    "stopped": ["start", "stop"],
}
MAY = {
    "start": {"draft"},
    "pause": {"running"},
    "resume": {"paused"},
    "stop": {"running", "paused"},
}


def act(campaign: Campaign, action: str, by: User) -> Campaign:
    if action == "start":
        return services.start(campaign, by=by)
    do = {"pause": services.pause, "resume": services.resume, "stop": services.stop}[action]
    return do(campaign)


@pytest.mark.parametrize("action", list(MAY))
@pytest.mark.parametrize("state", list(STATES))
def test_states_move_only_as_they_may(
    business: Business, manager: User, state: str, action: str
) -> None:
    add_leads(business, 1)
    campaign = add_campaign(business, manager)
    for step in STATES[state]:
        campaign = act(campaign, step, manager)
    if state in MAY[action]:
        assert act(campaign, action, manager).status != state
    else:
        with pytest.raises(InvalidTransition, match="cannot be"):
            act(campaign, action, manager)
        campaign.refresh_from_db()
        assert campaign.status == state


def test_stopping_leaves_out_who_waits(business: Business, manager: User) -> None:
    leads = add_leads(business, 2)
    campaign = started(business, manager, at_once=1)
    call_due(campaign.pk, NOON.replace(year=2030))
    services.stop(campaign)
    assert {member_of(campaign, lead).status for lead in leads} == {MemberStatus.LEFT_OUT}


def test_the_filter_is_fixed_once_it_has_started(business: Business, manager: User) -> None:
    add_leads(business, 1)
    campaign = started(business, manager, lead_filter={"stage": ["new"]})
    changed = services.change_campaign(
        campaign, by=manager, at_once=9, lead_filter={"stage": ["new"]}
    )
    assert changed.at_once == 9
    with pytest.raises(Conflict, match="fixed once it has started"):
        services.change_campaign(campaign, by=manager, lead_filter={"stage": ["lost"]})


def test_what_is_over_is_copied_not_changed(business: Business, manager: User) -> None:
    add_leads(business, 1)
    campaign = services.stop(started(business, manager, lead_filter={"stage": ["new"]}))
    with pytest.raises(Conflict, match="over"):
        services.change_campaign(campaign, by=manager, name="Again")
    copied = services.copy_campaign(campaign, by=manager)
    assert (copied.status, copied.lead_filter) == (CampaignStatus.DRAFT, {"stage": ["new"]})
    assert services.start(copied, by=manager).members.count() == 1


def test_only_drafts_are_deleted(business: Business, manager: User) -> None:
    add_leads(business, 1)
    campaign = started(business, manager)
    with pytest.raises(Conflict, match="Only a draft"):
        services.delete_draft(campaign)
    services.delete_draft(add_campaign(business, manager))
    assert Campaign.objects.get() == campaign


# ---------------------------------------------------------------- the preview


def agreed(lead: Lead) -> None:
    Consent.objects.create(
        business=lead.business, lead=lead, kind="ai_voice", is_given=True, wording="Yes."
    )


def test_the_preview_says_who_would_be_called_and_why_not(
    business: Business, manager: User
) -> None:
    willing, unasked, left = add_leads(business, 3)
    for lead in (willing, left):
        agreed(lead)
    suppress(business, phone=left.phone, source=SuppressionSource.STAFF)
    campaign = Campaign(business=business, **ALWAYS)
    found = audience.preview(campaign, manager, NOON)
    assert (found.count, found.looked_at) == (3, 3)
    assert [each.lead for each in found.allowed] == [willing]
    why = {each.lead: each.reasons for each in found.refused}
    assert why[unasked] == ("There is no consent to calls by an AI voice.",)
    assert "This number must not be called." in why[left]


def test_the_preview_asks_for_the_next_time_within_the_window(
    business: Business, manager: User
) -> None:
    [lead] = add_leads(business, 1)
    agreed(lead)
    campaign = Campaign(business=business, opens=time(10), closes=time(16), days=["thu"])
    found = audience.preview(campaign, manager, NOON)
    assert [each.at for each in found.allowed] == [NOON.replace(day=19, hour=15)]


def test_the_preview_leaves_no_trace_in_the_ledger(business: Business, manager: User) -> None:
    add_leads(business, 2)
    audience.preview(Campaign(business=business, **ALWAYS), manager, NOON)
    assert not business.dial_decisions.exists()


def test_the_filter_in_words(business: Business, manager: User) -> None:
    campaign = add_campaign(
        business, manager, lead_filter={"stage": ["new"], "source": ["web_form"]}
    )
    assert audience.in_words(campaign, manager) == [("Source", "Web form"), ("Stage", "New")]


def test_its_own_number_is_called_from(business: Business, manager: User) -> None:
    from leads.campaigns.wishes import wishes_of
    from leads.dialing.services import request_dial

    second = add_number(business, "+14155550101")
    [lead] = add_leads(business, 1)
    campaign = started(business, manager, caller=second, greeting="Hello from the roof.")
    call_due(campaign.pk, NOON.replace(year=2030))
    dial = lead.dials.get()
    assert wishes_of(dial).caller == second.number
    assert wishes_of(dial).greeting == "Hello from the roof."
    by_hand = request_dial(lead, kind="ai", origin="manual")
    assert wishes_of(by_hand).caller == ""
