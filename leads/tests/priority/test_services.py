"""Ranks in the table: as the definition says, by the lead's own events, and by new weights."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from leads.enums import DialKind, DialOrigin, LeadSource, LeadStage
from leads.models import Dial, Lead, PriorityWeights, SpeedClock
from leads.models.people import UNRANKED
from leads.priority import scoring, services, tasks
from leads.priority.wording import in_words
from leads.services import create_lead, update_lead
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

Make = Callable[..., Lead]


@pytest.fixture
def make(business: Business) -> Make:
    def make(number: int, **changes: Any) -> Lead:
        lead = create_lead(business, source=LeadSource.WEB_FORM, first_name=f"Lead {number}")
        Lead.objects.filter(pk=lead.pk).update(**changes)
        return Lead.objects.select_related("business").get(pk=lead.pk)

    return make


def dialled(lead: Lead, times: int) -> None:
    for _ in range(times):
        Dial.objects.create(
            business=lead.business,
            lead=lead,
            kind=DialKind.REP,
            origin=DialOrigin.MANUAL,
            placed_at=timezone.now(),
        )


def expected_rank(lead: Lead) -> float:
    [scored] = services.scored_of([lead])
    return scoring.rank(scored, services.plain(services.weights_of(lead.business)))


def test_postgres_ranks_as_the_definition_does(make: Make, business: Business) -> None:
    now = timezone.now()
    leads = [
        make(1),
        make(2, value=Decimal("12500.50"), stage=LeadStage.QUALIFIED),
        make(3, facts={"intent": "booking", "other": {"a": 1}}, conversion=0.37),
        make(4, facts={"intent": None}, value=Decimal("-3"), source=LeadSource.API),
        make(5, created_at=now - timedelta(days=90)),
        make(6),
    ]
    dialled(leads[0], 3)
    dialled(leads[1], 12)
    clock = {"business": business, "target_minutes": 5, "due_at": now, "source": "web_form"}
    SpeedClock.objects.create(
        lead=leads[5], arrived_at=now - timedelta(days=9), closed_at=now, **clock
    )
    SpeedClock.objects.create(lead=leads[5], arrived_at=now - timedelta(days=2), **clock)

    assert services.rank_business(business)

    for lead in leads:
        lead.refresh_from_db()
        assert lead.rank == pytest.approx(expected_rank(lead), abs=1e-6), lead.first_name
    assert len({lead.rank for lead in leads}) == len(leads)


def test_a_leads_own_news_put_it_in_its_place(
    make: Make, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    lead = make(1)
    with django_capture_on_commit_callbacks(execute=True):
        update_lead(lead, stage=LeadStage.QUALIFIED)
    before = Lead.objects.get(pk=lead.pk).rank

    with django_capture_on_commit_callbacks(execute=True):
        update_lead(lead, value=Decimal(7000))

    after = Lead.objects.get(pk=lead.pk)
    assert after.rank - before == pytest.approx(15.0)
    assert after.rank == pytest.approx(expected_rank(after))


def test_new_weights_put_all_in_order_again(
    make: Make,
    business: Business,
    other_business: Business,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old, valuable = make(1, created_at=timezone.now() - timedelta(days=1)), make(2, value=1000)
    elsewhere = create_lead(other_business, source=LeadSource.API, first_name="Eve")
    Lead.objects.filter(pk=elsewhere.pk).update(rank=0.0)
    queued: list[int] = []
    monkeypatch.setattr(tasks.rank_all, "delay", queued.append)

    with django_capture_on_commit_callbacks(execute=True):
        services.change_weights(business, age_points=0.0, value_points=-50.0)
    assert queued == [business.pk]
    tasks.rank_all(business.pk)

    order = Lead.objects.of(business).order_by("-rank").values_list("pk", flat=True)
    assert list(order) == [old.pk, valuable.pk]
    assert PriorityWeights.objects.get(business=business).ranked_at is not None
    assert Lead.objects.get(pk=elsewhere.pk).rank == 0.0


def test_a_run_by_old_weights_gives_up(
    make: Make, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.change_weights(business, value_points=1.0)
    leads = [make(number, rank=0.0) for number in range(3)]
    monkeypatch.setattr(services, "BATCH", 1)
    begin = services._rank

    def change_meanwhile(ids: Any, weights: PriorityWeights) -> None:
        begin(ids, weights)
        services.change_weights(business, value_points=2.0)

    monkeypatch.setattr(services, "_rank", change_meanwhile)

    assert not services.rank_business(business)
    ranked = [lead.pk for lead in leads if Lead.objects.get(pk=lead.pk).rank]
    assert ranked == [leads[0].pk]


@pytest.mark.parametrize("source", [LeadSource.WEB_FORM, LeadSource.IMPORT])
def test_a_lead_has_its_rank_before_any_news_of_it(business: Business, source: LeadSource) -> None:
    lead = create_lead(business, source=source, first_name="Ann", value=Decimal(3000))
    stored = Lead.objects.select_related("business").get(pk=lead.pk)
    assert stored.rank == pytest.approx(expected_rank(stored), abs=1e-6)


def test_a_lead_that_was_written_past_the_services_is_ranked_later(
    make: Make, business: Business
) -> None:
    [left_out] = Lead.objects.bulk_create([Lead(business=business, source=LeadSource.API)])
    known = make(2, rank=123.0)

    tasks.rank_left_out()

    assert Lead.objects.get(pk=left_out.pk).rank == pytest.approx(expected_rank(left_out))
    assert Lead.objects.get(pk=known.pk).rank == 123.0


def test_a_rank_that_truly_is_nought_is_not_found_out_again(
    make: Make, business: Business, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    services.change_weights(business, age_points=0.0, sources={}, stages={})
    for number in range(3):
        make(number, rank=UNRANKED)

    assert services.rank_left_out() == 3
    assert set(Lead.objects.values_list("rank", flat=True)) == {0.0}
    with django_assert_num_queries(1):
        assert services.rank_left_out() == 0


def test_leads_that_were_left_out_are_ranked_some_at_a_time(
    make: Make, business: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "BATCH", 2)
    begin, batches = services._rank, []

    def rank(ids: Any, weights: PriorityWeights) -> None:
        batches.append(len(ids))
        begin(ids, weights)

    monkeypatch.setattr(services, "_rank", rank)
    for number in range(5):
        make(number, rank=UNRANKED)

    assert services.rank_left_out() == 5
    assert batches == [2, 2, 1]
    assert not Lead.objects.filter(rank=UNRANKED).exists()


def test_what_may_not_have_been_ranked_when_nought_still_meant_that_is_marked(make: Make) -> None:
    recent, ranked = make(1, rank=0.0), make(2, rank=5.0)
    old = make(3, rank=0.0, updated_at=timezone.now() - timedelta(days=2))

    import_module("leads.migrations.0017_unranked").mark_left_out(apps, None)

    ranks = dict(Lead.objects.values_list("pk", "rank"))
    assert ranks == {recent.pk: UNRANKED, ranked.pk: 5.0, old.pk: 0.0}


@pytest.mark.parametrize(
    "values", [{"half_life_hours": 0.0}, {"age_points": -1.0}, {"value_points": 1e9}]
)
def test_weights_that_make_no_sense_are_refused(
    business: Business, values: dict[str, float]
) -> None:
    with pytest.raises(ValidationError):
        services.change_weights(business, **values)


def test_reasons_are_said_in_words(make: Make) -> None:
    now = timezone.now()
    lead = make(
        1,
        created_at=now - timedelta(hours=3),
        value=Decimal(12000),
        conversion=0.34,
        facts={"intent": "booking"},
        stage=LeadStage.QUALIFIED,
    )
    dialled(lead, 2)

    found = services.explain(lead, now)

    [scored] = services.scored_of([lead])
    assert [in_words(reason, scored, now) for reason in found.reasons] == [
        "Wants an appointment",
        "Worth $12,000",
        "Web form",
        "Stage: qualified",
        "34 % likely to be won",
        "2 attempts",
        "Arrived 3 hours ago",
    ]
    assert found.points == pytest.approx(sum(reason.points for reason in found.reasons))


def test_how_many_queries_it_takes_does_not_depend_on_how_many_leads(
    make: Make, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leads = [make(number) for number in range(4)]
    for some in (leads[:1], leads):
        with django_assert_num_queries(2):
            services.scored_of(some)
