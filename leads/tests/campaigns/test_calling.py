from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from leads.campaigns import calling, services
from leads.campaigns.calling import call_due
from leads.campaigns.settling import note_dial
from leads.dialing.services import request_dial
from leads.enums import CampaignStatus, DialOrigin, DialResult, DialStatus, LeadStage, MemberStatus
from leads.models import Campaign, CampaignMember, Dial, Lead
from leads.tests.campaigns.made import (
    NOON,
    add_campaign,
    add_leads,
    end,
    member_of,
    newest_dial,
    started,
)
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

NOW = timezone.now


def dials_of(campaign: Campaign) -> list[Dial]:
    found = Dial.objects.filter(origin=DialOrigin.CAMPAIGN, origin_id=campaign.public_id)
    return list(found.order_by("pk"))


def test_those_who_deserve_it_most_are_called_first(business: Business, manager: User) -> None:
    leads = add_leads(business, 5)
    campaign = started(business, manager, at_once=2)
    assert call_due(campaign.pk, NOW()) == 2
    assert [dial.lead for dial in dials_of(campaign)] == leads[:2]
    assert member_of(campaign, leads[0]).status == MemberStatus.DIALLING
    assert member_of(campaign, leads[2]).status == MemberStatus.WAITING


def test_no_more_at_once_than_allowed(business: Business, manager: User) -> None:
    leads = add_leads(business, 5)
    campaign = started(business, manager, at_once=2)
    assert [call_due(campaign.pk, NOW()) for _ in range(3)] == [2, 0, 0]
    with_result(leads[0])
    assert call_due(campaign.pk, NOW()) == 1


def with_result(lead: Lead, result: DialResult = DialResult.ANSWERED) -> None:
    dial = newest_dial(lead)
    end(dial, result)
    dial.refresh_from_db()
    note_dial(dial)


def test_the_pace_is_kept(
    business: Business, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_leads(business, 10)
    campaign = started(business, manager, calls_per_second=0.5)
    clock = [1000.0]
    monkeypatch.setattr("leads.campaigns.pace.time.time", lambda: clock[0])
    asked = []
    for _ in range(5):
        asked.append(call_due(campaign.pk, NOW()))
        clock[0] += 2.0
    assert asked == [2, 1, 1, 1, 1]


def test_nobody_is_called_outside_the_window(business: Business, manager: User) -> None:
    east, west = add_leads(business, 2)
    Lead.objects.filter(pk=west.pk).update(time_zone="America/Los_Angeles")
    campaign = started(business, manager, opens=time(11), closes=time(13))
    CampaignMember.objects.update(due_at=NOON)
    assert call_due(campaign.pk, NOON) == 1
    assert member_of(campaign, east).status == MemberStatus.DIALLING
    assert member_of(campaign, west).due_at == NOON + timedelta(hours=2)
    assert call_due(campaign.pk, NOON + timedelta(hours=2)) == 1


def test_leads_outside_the_window_do_not_hold_up_the_others(
    business: Business, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "LOOKED_AT", 2)
    leads = add_leads(business, 7)
    asleep = [lead.pk for lead in leads[:5]]
    Lead.objects.filter(pk__in=asleep).update(time_zone="Pacific/Honolulu")
    campaign = started(business, manager, opens=time(11), closes=time(13))
    CampaignMember.objects.update(due_at=NOON)
    assert call_due(campaign.pk, NOON) == 1
    assert call_due(campaign.pk, NOON) == 1


def test_who_closed_or_booked_meanwhile_is_left_out(business: Business, manager: User) -> None:
    [lead] = add_leads(business, 1)
    campaign = started(business, manager)
    Lead.objects.filter(pk=lead.pk).update(stage=LeadStage.LOST, closed_at=NOW())
    assert call_due(campaign.pk, NOW()) == 0
    assert member_of(campaign, lead).status == MemberStatus.LEFT_OUT
    assert not dials_of(campaign)


def test_a_lead_without_a_number_any_more_is_barred(business: Business, manager: User) -> None:
    [lead] = add_leads(business, 1)
    campaign = started(business, manager)
    Lead.objects.filter(pk=lead.pk).update(phone="")
    assert call_due(campaign.pk, NOW()) == 0
    member = member_of(campaign, lead)
    assert (member.status, member.note) == (
        MemberStatus.BARRED,
        "There is no phone number to call.",
    )


@pytest.mark.parametrize("state", ["draft", "paused", "stopped"])
def test_only_a_running_campaign_calls(business: Business, manager: User, state: str) -> None:
    add_leads(business, 1)
    campaign = add_campaign(business, manager)
    if state != "draft":
        services.start(campaign, by=manager)
        {"paused": services.pause, "stopped": services.stop}[state](campaign)
    assert call_due(campaign.pk, NOW()) == 0
    assert not dials_of(campaign)


def test_a_business_that_is_not_active_does_not_call(business: Business, manager: User) -> None:
    add_leads(business, 1)
    campaign = started(business, manager)
    Business.objects.filter(pk=business.pk).update(is_active=False)
    assert call_due(campaign.pk, NOW()) == 0


def test_it_is_done_when_nobody_is_left(business: Business, manager: User) -> None:
    [lead] = add_leads(business, 1)
    campaign = started(business, manager)
    call_due(campaign.pk, NOW())
    assert call_due(campaign.pk, NOW()) == 0
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING
    with_result(lead)
    call_due(campaign.pk, NOW())
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.DONE
    assert campaign.ended_at is not None


def test_a_worker_that_dies_leaves_nothing_half_done(
    business: Business, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies after the second of three dials: none is there, and all are called afterwards."""
    leads = add_leads(business, 3)
    campaign = started(business, manager)
    asked = request_dial
    calls = []

    def dies(lead: Lead, **values: object) -> Dial:
        calls.append(lead)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return asked(lead, **values)  # type: ignore[arg-type]

    monkeypatch.setattr(calling, "request_dial", dies)
    with pytest.raises(KeyboardInterrupt):
        call_due(campaign.pk, NOW())
    assert not Dial.objects.exists()
    monkeypatch.setattr(calling, "request_dial", asked)
    assert call_due(campaign.pk, NOW()) == 3
    assert {dial.lead for dial in dials_of(campaign)} == set(leads)


@pytest.mark.django_db(transaction=True)
def test_many_workers_call_nobody_twice(business: Business, manager: User) -> None:
    leads = add_leads(business, 40)
    campaign = started(business, manager, at_once=40)

    def work(_: int) -> int:
        try:
            return call_due(campaign.pk, NOW())
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as workers:
        asked = sum(workers.map(work, range(12)))
    while asked < 40:
        asked += call_due(campaign.pk, NOW())
    called = [dial.lead_id for dial in dials_of(campaign)]
    assert sorted(called) == sorted(lead.pk for lead in leads)  # type: ignore[type-var]


def test_a_dial_that_waits_is_taken_back_by_a_pause_and_asked_for_again(
    business: Business, manager: User
) -> None:
    [lead] = add_leads(business, 1)
    campaign = started(business, manager)
    call_due(campaign.pk, NOW())
    services.pause(campaign)
    assert newest_dial(lead).status == DialStatus.CANCELED
    assert member_of(campaign, lead).status == MemberStatus.WAITING
    services.resume(campaign)
    assert call_due(campaign.pk, NOW()) == 1
    assert [dial.status for dial in dials_of(campaign)] == ["canceled", "queued"]
