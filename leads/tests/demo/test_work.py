"""The sample campaigns, opportunities and lines of the ledger."""

from datetime import timedelta

import pytest

from leads.demo.past import load_past
from leads.demo.people import load_demo
from leads.demo.work import CAMPAIGNS, OPPORTUNITIES, load_work
from leads.enums import CampaignStatus, DialStatus, OpportunityStatus
from leads.models import Campaign, CampaignAttempt, Dial, DialDecision, Opportunity
from leads.tests.conftest import NOW
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications.models import Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def worked(business: Business, manager: User, rep: User) -> Business:
    load_demo(business, now=NOW)
    load_past(business, now=NOW)
    load_work(business, now=NOW)
    return business


def test_one_campaign_is_done_and_one_was_paused_by_its_stop_rules(worked: Business) -> None:
    done, paused = Campaign.objects.filter(business=worked).order_by("pk")
    assert (done.status, paused.status) == (CampaignStatus.DONE, CampaignStatus.PAUSED)
    assert paused.stop_reason
    assert paused.attempts.count() <= CAMPAIGNS[1].most
    assert paused.members.filter(status="waiting").exists()
    assert not done.members.filter(settled_at=None).exists()


def test_nothing_is_left_that_would_be_dialled(worked: Business) -> None:
    over = {DialStatus.ENDED, DialStatus.FAILED, DialStatus.CANCELED}
    assert set(Dial.objects.filter(business=worked).values_list("status", flat=True)) <= over


def test_the_calls_were_days_ago_and_in_order(worked: Business) -> None:
    days = [timedelta(days=each.days_ago) for each in CAMPAIGNS]
    for campaign, ago in zip(Campaign.objects.order_by("pk"), days, strict=True):
        at = list(campaign.attempts.order_by("pk").values_list("at", flat=True))
        assert at == sorted(at)
        assert NOW - ago < at[0] < at[-1] < NOW - ago + timedelta(days=1)
    assert not CampaignAttempt.objects.filter(dial__ended_at__gt=NOW).exists()


def test_opportunities_are_open_accepted_and_dismissed(worked: Business) -> None:
    statuses = list(Opportunity.objects.filter(business=worked).values_list("status", flat=True))
    assert len(statuses) == len(OPPORTUNITIES)
    assert set(statuses) == set(OpportunityStatus)


def test_the_ledger_has_true_lines(worked: Business) -> None:
    refused = DialDecision.objects.get(business=worked, phone="+15105550116")
    assert not refused.allowed
    assert "do_not_call_number" in refused.reasons


def test_the_manager_is_told(worked: Business, manager: User) -> None:
    titles = Notification.objects.filter(user=manager).values_list("notice__title", flat=True)
    assert any("was paused" in title for title in titles)
    assert any("is done" in title for title in titles)
