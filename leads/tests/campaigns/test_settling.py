from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from leads.campaigns import receivers, services, settling
from leads.campaigns.calling import call_due
from leads.dialing import services as dialing
from leads.enums import (
    CampaignStatus,
    DialResult,
    DialStatus,
    GateReason,
    MemberStatus,
    SuppressionSource,
)
from leads.models import Campaign, CampaignAttempt, Dial, DialDecision, Lead
from leads.outcomes.defaults import dispositions_of
from leads.outcomes.services import record_outcome, undo_outcome
from leads.services import suppress
from leads.tests.campaigns.made import (
    SILENT,
    add_leads,
    end,
    member_of,
    newest_dial,
    started,
)
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.notifications.models import Notification

NOW = timezone.now
Commit = Callable[..., Any]
RETRIES = {"no_answer": {"times": 1, "wait_minutes": 60}}


@pytest.fixture
def called(business: Business, manager: User) -> tuple[Campaign, Lead]:
    """A campaign of one lead, whose dial is queued."""
    [lead] = add_leads(business, 1)
    campaign = started(business, manager, retries=RETRIES)
    assert call_due(campaign.pk, NOW()) == 1
    return campaign, lead


def ended(lead: Lead, result: DialResult, **how: Any) -> Dial:
    dial = newest_dial(lead)
    end(dial, result, **how)
    dial.refresh_from_db()
    settling.note_dial(dial)
    return dial


def refused(lead: Lead, *reasons: GateReason) -> Dial:
    dial = newest_dial(lead)
    decision = DialDecision.objects.create(
        business=lead.business, kind="ai", phone=lead.phone, allowed=False, reasons=list(reasons)
    )
    dialing.note_blocked(dial, decision)
    settling.note_dial(dial)
    return dial


def test_who_answers_is_reached(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    ended(lead, DialResult.ANSWERED)
    member = member_of(campaign, lead)
    assert (member.status, member.result, member.attempts) == (
        MemberStatus.REACHED,
        DialResult.ANSWERED,
        1,
    )
    assert member.settled_at is not None


def test_who_does_not_answer_is_called_again_by_rule_and_then_given_up(
    called: tuple[Campaign, Lead],
) -> None:
    campaign, lead = called
    ended(lead, DialResult.NO_ANSWER)
    member = member_of(campaign, lead)
    assert member.status == MemberStatus.WAITING
    assert timedelta(minutes=59) < member.due_at - NOW() <= timedelta(minutes=60)
    assert call_due(campaign.pk, NOW()) == 0
    assert call_due(campaign.pk, NOW() + timedelta(minutes=61)) == 1
    ended(lead, DialResult.NO_ANSWER)
    member = member_of(campaign, lead)
    assert (member.status, member.attempts) == (MemberStatus.GIVEN_UP, 2)


def test_a_result_told_twice_counts_once(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    dial = ended(lead, DialResult.NO_ANSWER)
    due = member_of(campaign, lead).due_at
    settling.note_dial(dial)
    assert settling.settle_over(NOW()) == 0
    assert member_of(campaign, lead).due_at == due
    assert CampaignAttempt.objects.count() == 1


def test_news_of_an_earlier_dial_do_not_settle_the_next(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    first = ended(lead, DialResult.NO_ANSWER)
    call_due(campaign.pk, NOW() + timedelta(minutes=61))
    settling.note_dial(first)
    member = member_of(campaign, lead)
    assert (member.status, member.attempts) == (MemberStatus.DIALLING, 1)


def test_a_result_of_which_nobody_was_told_is_found(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    end(newest_dial(lead), DialResult.ANSWERED)
    assert member_of(campaign, lead).status == MemberStatus.DIALLING
    assert settling.settle_over(NOW()) == 1
    assert member_of(campaign, lead).status == MemberStatus.REACHED


def test_what_the_gate_refuses_for_good_is_not_tried_again(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    refused(lead, GateReason.DO_NOT_CALL_NUMBER)
    member = member_of(campaign, lead)
    assert (member.status, member.attempts) == (MemberStatus.BARRED, 0)
    assert member.note == "This number must not be called."
    assert not CampaignAttempt.objects.exists()


def test_what_the_gate_refuses_for_now_is_tried_later(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    refused(lead, GateReason.NUMBER_BUSY)
    member = member_of(campaign, lead)
    assert member.status == MemberStatus.WAITING
    assert member.due_at > NOW() + timedelta(minutes=14)


def test_what_holds_for_all_pauses_the_campaign(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    refused(lead, GateReason.DIALING_PAUSED)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.PAUSED
    assert campaign.stop_reason == "All dialling of the business is paused."
    services.resume(campaign)
    assert call_due(campaign.pk, NOW()) == 1
    assert member_of(campaign, lead).status == MemberStatus.DIALLING


def test_a_dial_that_somebody_canceled_is_not_asked_for_again(
    called: tuple[Campaign, Lead],
) -> None:
    campaign, lead = called
    dial = newest_dial(lead)
    assert dialing.cancel_dial(dial)
    settling.note_dial(dial)
    assert member_of(campaign, lead).status == MemberStatus.LEFT_OUT


def test_once_stopped_nobody_is_tried_again(called: tuple[Campaign, Lead]) -> None:
    campaign, lead = called
    dialing.note_placed(newest_dial(lead), call_id="one")
    services.stop(campaign)
    assert member_of(campaign, lead).status == MemberStatus.DIALLING
    ended(lead, DialResult.NO_ANSWER)
    assert member_of(campaign, lead).status == MemberStatus.GIVEN_UP


def test_news_come_by_the_signal(
    called: tuple[Campaign, Lead], django_capture_on_commit_callbacks: Commit
) -> None:
    campaign, lead = called
    with django_capture_on_commit_callbacks(execute=True):
        end(newest_dial(lead), DialResult.ANSWERED)
    assert member_of(campaign, lead).status == MemberStatus.REACHED


def test_dials_of_others_are_none_of_its_business(lead: Lead) -> None:
    dial = dialing.request_dial(lead, kind="ai", origin="cadence", origin_id="7")
    receivers.note_dial(dial_id=dial.public_id, origin=dial.origin)
    settling.note_dial(dial)
    assert not CampaignAttempt.objects.exists()


# ---------------------------------------------------------------- the stop rules


def run(business: Business, manager: User, count: int, **rules: Any) -> tuple[Campaign, list[Lead]]:
    leads = add_leads(business, count)
    values = {**SILENT, "least_results": 10, "watched_results": 20, "retries": {}, **rules}
    campaign = started(business, manager, **values)
    call_all(campaign, count)
    return campaign, leads


def call_all(campaign: Campaign, count: int) -> None:
    assert count <= 40, "more than one burst"
    assert call_due(campaign.pk, NOW()) == count


def test_a_stop_rule_pauses_says_why_and_tells_people(business: Business, manager: User) -> None:
    campaign, leads = run(business, manager, 12, most_failed=30)
    for lead in leads[:6]:
        ended(lead, DialResult.NO_ANSWER)
    for lead in leads[6:9]:
        ended(lead, DialResult.FAILED)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.RUNNING
    ended(leads[9], DialResult.FAILED)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.PAUSED
    assert "Calls that failed: 4 of 10 (40 %), more than 30 %" in campaign.stop_reason
    assert newest_dial(leads[11]).status == DialStatus.CANCELED
    [told] = Notification.objects.filter(user=manager)
    assert "was paused" in told.notice.title


def test_after_a_pause_the_stop_rules_begin_anew(business: Business, manager: User) -> None:
    campaign, leads = run(business, manager, 12, most_failed=30)
    for lead in leads[:10]:
        ended(lead, DialResult.FAILED)
    services.resume(campaign)
    campaign.refresh_from_db()
    assert settling.latest(campaign) == []
    assert campaign.status == CampaignStatus.RUNNING


def test_calls_that_were_hung_up_at_once_are_abandoned(business: Business, manager: User) -> None:
    campaign, leads = run(business, manager, 10, most_abandoned=25)
    for lead in leads[:7]:
        ended(lead, DialResult.ANSWERED, seconds=60)
    for lead in leads[7:]:
        ended(lead, DialResult.ANSWERED, seconds=3)
    campaign.refresh_from_db()
    assert "Answered and hung up at once: 3 of 10 (30 %)" in campaign.stop_reason


def test_opt_outs_after_the_call_count_too(business: Business, manager: User) -> None:
    campaign, leads = run(business, manager, 10, most_opted_out=10)
    for lead in leads:
        ended(lead, DialResult.ANSWERED)
    for lead in leads[:2]:
        [row] = suppress(business, phone=lead.phone, source=SuppressionSource.CALLER)
        settling.note_suppression(row)
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.PAUSED
    assert "Wants no more calls: 2 of 10 (20 %)" in campaign.stop_reason


def test_who_opts_out_during_the_call_counts(business: Business, manager: User) -> None:
    campaign, [lead] = run(business, manager, 1)
    suppress(business, phone=lead.phone, source=SuppressionSource.CALLER)
    ended(lead, DialResult.ANSWERED)
    assert [attempt.opted_out for attempt in campaign.attempts.all()] == [True]


def test_an_opt_out_that_was_a_slip_counts_no_more(
    called: tuple[Campaign, Lead],
    rep: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    campaign, lead = called
    word = next(each for each in dispositions_of(lead.business) if each.key == "opt_out")
    with django_capture_on_commit_callbacks(execute=True):
        outcome = record_outcome(lead, word, user=rep)
    assert member_of(campaign, lead).status == MemberStatus.BARRED

    with django_capture_on_commit_callbacks(execute=True):
        undo_outcome(outcome, by=rep)

    member = member_of(campaign, lead)
    assert (member.status, member.settled_at, member.note) == (MemberStatus.WAITING, None, "")


@pytest.mark.parametrize("is_done", [True, False])
def test_a_campaign_that_was_done_meanwhile_goes_on_when_a_slip_is_undone(
    is_done: bool,
    called: tuple[Campaign, Lead],
    rep: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    campaign, lead = called
    resumed_at = Campaign.objects.get().resumed_at
    word = next(each for each in dispositions_of(lead.business) if each.key == "opt_out")
    with django_capture_on_commit_callbacks(execute=True):
        outcome = record_outcome(lead, word, user=rep)
    if is_done:
        assert services.finish(campaign)
    else:
        services.stop(campaign)

    with django_capture_on_commit_callbacks(execute=True):
        undo_outcome(outcome, by=rep)

    campaign.refresh_from_db()
    member = member_of(campaign, lead)
    if is_done:
        assert (campaign.status, campaign.ended_at) == (CampaignStatus.RUNNING, None)
        assert (campaign.resumed_at, member.status) == (resumed_at, MemberStatus.WAITING)
    else:
        assert (campaign.status, member.status) == (CampaignStatus.STOPPED, MemberStatus.BARRED)


def test_an_opt_out_after_the_call_is_taken_from_the_stop_rules_when_undone(
    called: tuple[Campaign, Lead],
    rep: User,
    django_capture_on_commit_callbacks: Commit,
) -> None:
    campaign, lead = called
    ended(lead, DialResult.ANSWERED)
    settling.settle_over(NOW())
    word = next(each for each in dispositions_of(lead.business) if each.key == "opt_out")
    with django_capture_on_commit_callbacks(execute=True):
        outcome = record_outcome(lead, word, user=rep)
    assert [attempt.opted_out for attempt in campaign.attempts.all()] == [True]

    with django_capture_on_commit_callbacks(execute=True):
        undo_outcome(outcome, by=rep)

    assert [attempt.opted_out for attempt in campaign.attempts.all()] == [False]
