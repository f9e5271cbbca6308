"""The sample leads of a year."""

from collections.abc import Callable

import pytest

from leads.demo.past import CLOSED_COUNT, RECENT_COUNT, load_past, past_leads
from leads.enums import LeadStage, TrainingResult
from leads.models import Lead, LeadEvent, LeadImport, SpeedClock
from leads.prediction.services import train
from leads.tests.conftest import NOW
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db


def test_they_have_come_and_gone_before_now_and_are_marked(business: Business) -> None:
    load_past(business, now=NOW)
    leads = Lead.objects.of(business)
    assert leads.filter(facts__sample="yes").count() == leads.count() == CLOSED_COUNT + RECENT_COUNT
    assert leads.filter(created_at__lt=NOW).count() == leads.count()
    assert leads.exclude(closed_at=None).count() == CLOSED_COUNT
    assert LeadEvent.objects.filter(kind="created", created_at__gte=NOW).count() == 0
    done = LeadImport.objects.get(business=business)
    assert (done.status, done.new_count, done.error_count) == ("done", leads.count(), 0)


def test_they_are_the_same_each_time_with_a_number_of_their_own() -> None:
    told = list(past_leads(NOW))
    assert told == list(past_leads(NOW))
    assert len({each.cells[2] for each in told}) == len(told)


def test_most_of_the_recent_ones_were_reached_in_time_and_two_wait(business: Business) -> None:
    load_past(business, now=NOW)
    clocks = list(SpeedClock.objects.filter(business=business))
    reached = [clock for clock in clocks if clock.first_contact_at is not None]
    in_time = [c for c in reached if c.first_contact_at and c.first_contact_at <= c.due_at]
    assert (len(clocks), len(reached)) == (RECENT_COUNT, RECENT_COUNT - 2)
    assert len(reached) / 2 < len(in_time) < len(reached)


def test_something_can_be_learned_from_them(business: Business) -> None:
    load_past(business, now=NOW)
    trained = train(business, NOW)
    assert (trained.result, trained.closed) == (TrainingResult.KEPT, CLOSED_COUNT)
    assert trained.auc is not None
    assert 0.6 < trained.auc < 0.95


def test_a_business_without_people_gets_them_too(
    make_business: Callable[..., Business],
) -> None:
    business = make_business("Lonely")
    load_past(business, now=NOW)
    assert Lead.objects.of(business).filter(stage=LeadStage.WON).count() > 30
