"""Sums by the hour: complete, repeatable, and the same as what the rows say."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import LazySettings

from salesdesk.assistant.metrics import rollups
from salesdesk.assistant.metrics.definitions import confidence_bucket, latency_bucket
from salesdesk.assistant.metrics.periods import HOUR, Span
from salesdesk.assistant.metrics.queries import Bucket, Scope, by_model, by_tool, over_time
from salesdesk.assistant.metrics.rollups import (
    RUNS,
    TOOLS,
    forget_old_invocations,
    joined,
    roll_up,
    summed_before,
)
from salesdesk.assistant.models import InvocationHour, RunHour, ToolInvocation
from salesdesk.assistant.tasks import add_up_metrics, forget_tool_log
from salesdesk.assistant.tests.metrics.rows import NOW, invocation, run
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

THIS_HOUR = NOW.replace(minute=0)
DAY = timedelta(days=1)


def sums() -> list[tuple[object, ...]]:
    rows = InvocationHour.objects.order_by("hour", "name", "channel", "status")
    return [(each.hour, each.name, each.status, each.count) for each in rows]


def count_of(business: Business, span: Span) -> int:
    return sum(each.count for each in by_tool(Scope([business.pk]), span).values())


# ---------------------------------------------------------------- adding up


def test_an_hour_is_added_up_when_it_is_over(business: Business) -> None:
    invocation(business, NOW - HOUR, latency_ms=120, confidence=0.72, is_clarification=True)
    invocation(business, NOW - HOUR, latency_ms=80)
    invocation(business, NOW - HOUR, status="failed")
    invocation(business, NOW)

    assert roll_up(TOOLS, NOW) == 2

    failed, done = InvocationHour.objects.order_by("status")
    assert (done.hour, done.name, done.channel) == (THIS_HOUR - HOUR, "find_slots", "phone")
    assert (done.count, done.clarifications, done.latency_sum_ms) == (2, 1, 200)
    assert (done.confidence_count, done.confidence_sum) == (1, 0.72)
    assert [done.latencies[latency_bucket(ms)] for ms in (80, 120)] == [1, 1]
    assert sum(done.latencies) == 2
    assert done.confidences[7] == sum(done.confidences) == 1
    assert sum(failed.confidences) == 0
    assert summed_before(TOOLS) == THIS_HOUR


def test_an_hour_is_left_to_its_rows_while_some_may_still_come(business: Business) -> None:
    invocation(business, THIS_HOUR - timedelta(minutes=1))
    shortly_after = THIS_HOUR + timedelta(minutes=9)

    roll_up(TOOLS, shortly_after)

    assert sums() == []
    assert count_of(business, Span(THIS_HOUR - HOUR, shortly_after)) == 1
    assert roll_up(TOOLS, THIS_HOUR + timedelta(minutes=10)) == 1


def test_turns_are_added_up_too(business: Business) -> None:
    at = NOW - HOUR
    run(business, at, first_text_ms=300, input_tokens=10, output_tokens=4, cost=Decimal("0.25"))
    run(business, at, input_tokens=5)

    roll_up(RUNS, NOW)

    [hour] = RunHour.objects.all()
    assert (hour.count, hour.input_tokens, hour.output_tokens) == (2, 15, 4)
    assert (hour.cost, hour.priced) == (Decimal("0.25"), 1)
    assert sum(hour.first_texts) == hour.first_texts[latency_bucket(300)] == 1


def test_nothing_happens_where_nothing_has(db: None) -> None:
    assert roll_up(TOOLS, NOW) == 0
    assert forget_old_invocations(NOW) == 0


def test_doing_it_again_changes_nothing(business: Business) -> None:
    invocation(business, NOW - 3 * HOUR)
    roll_up(TOOLS, NOW)
    before = sums()

    assert roll_up(TOOLS, NOW) == 0
    assert sums() == before


def test_rows_that_come_late_are_added(business: Business) -> None:
    invocation(business, NOW - 30 * HOUR)
    invocation(business, NOW - 2 * HOUR)
    roll_up(TOOLS, NOW)
    invocation(business, NOW - 2 * HOUR)
    invocation(business, NOW - 40 * HOUR, name="late")

    assert roll_up(TOOLS, NOW) == 2

    late = (THIS_HOUR - 40 * HOUR, "late", "ok", 1)
    assert late in sums()
    assert (THIS_HOUR - 2 * HOUR, "find_slots", "ok", 2) in sums()
    assert (THIS_HOUR - 30 * HOUR, "find_slots", "ok", 1) in sums()


def test_after_a_pause_it_catches_up(business: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rollups, "HOURS_AT_ONCE", 5)
    for hours in range(1, 60, 7):
        invocation(business, NOW - hours * HOUR)

    assert roll_up(TOOLS, NOW) == len(range(1, 60, 7))
    assert summed_before(TOOLS) == THIS_HOUR
    assert roll_up(TOOLS, NOW + 3 * DAY) == 0
    assert summed_before(TOOLS) == THIS_HOUR + 3 * DAY


def test_hours_are_joined_to_spans() -> None:
    hours = [NOW, NOW + HOUR, NOW + 4 * HOUR]
    assert joined(hours) == [Span(NOW, NOW + 2 * HOUR), Span(NOW + 4 * HOUR, NOW + 5 * HOUR)]
    assert joined([]) == []


def test_the_task_adds_up_both(business: Business) -> None:
    invocation(business)
    run(business)

    add_up_metrics()

    assert InvocationHour.objects.count() == RunHour.objects.count() == 1


# ---------------------------------------------------------------- sums and rows together


@pytest.mark.parametrize("seed", range(6))
def test_sums_and_rows_together_are_what_the_rows_say(seed: int, business: Business) -> None:
    """Whatever is added up so far, for any period, nothing is missed and nothing counted twice."""
    dice = random.Random(seed)
    made = [
        invocation(
            business,
            NOW - timedelta(minutes=dice.randrange(2_000)),
            name=dice.choice("abc"),
            status=dice.choice(["ok", "failed", "late"]),
            channel=dice.choice(["phone", "chat"]),
            latency_ms=int(dice.lognormvariate(4, 2)),
            confidence=dice.choice([None, dice.random()]),
        )
        for _ in range(120)
    ]
    for summed in (None, NOW - 20 * HOUR, NOW - 3 * HOUR, NOW):
        if summed:
            roll_up(TOOLS, summed)
        since = NOW - timedelta(minutes=dice.randrange(2_000))
        span = Span(since, since + timedelta(minutes=dice.randrange(1_500)))
        inside = [each for each in made if span.since <= each.created_at < span.until]
        figures = by_tool(Scope([business.pk]), span)
        for name in "abc":
            mine = [each for each in inside if each.name == name]
            found = figures.get(name)
            assert (found.count if found else 0) == len(mine)
            if found is None:
                continue
            assert found.latency_sum_ms == sum(each.latency_ms for each in mine)
            for each in mine:
                assert found.latencies[latency_bucket(each.latency_ms)] >= 1
            sure = [each.confidence for each in mine if each.confidence is not None]
            assert found.confidence_count == len(sure)
            assert found.confidence_sum == pytest.approx(sum(sure))
            buckets = [confidence_bucket(each) for each in sure]
            assert found.confidences == [buckets.count(bucket) for bucket in range(10)]


@pytest.mark.parametrize("ms", [0, 1, 2, 3, 10, 99, 100, 101, 999, 1_000, 84_000, 85_000, 10**7])
def test_postgres_and_python_choose_the_same_bucket(ms: int, business: Business) -> None:
    invocation(business, latency_ms=ms)

    figures = by_tool(Scope([business.pk]), Span(NOW, NOW + HOUR))["find_slots"]

    assert figures.latencies[latency_bucket(ms)] == 1


def test_other_businesses_and_tools_do_not_count(
    business: Business, other_business: Business
) -> None:
    invocation(business)
    invocation(business, name="write_note")
    invocation(other_business)
    span = Span(NOW - HOUR, NOW + HOUR)

    assert count_of(business, span) == 2
    assert list(by_tool(Scope([business.pk], "write_note"), span)) == ["write_note"]
    assert by_tool(Scope([]), span) == {}
    both = by_tool(Scope([business.pk, other_business.pk]), span)
    assert both["find_slots"].count == 2


def test_days_begin_where_the_business_is(business: Business) -> None:
    """2 a.m. in London is still the day before in New York."""
    at = NOW.replace(hour=2)
    invocation(business, at)
    roll_up(TOOLS, NOW)
    span = Span(at - DAY, NOW)

    [day] = over_time(Scope([business.pk]), span, Bucket.DAY, zone="America/New_York")
    [week] = over_time(Scope([business.pk]), span, Bucket.WEEK)

    assert day.isoformat() == "2026-11-19T05:00:00+00:00"
    assert week.isoformat() == "2026-11-16T00:00:00+00:00"


def test_figures_of_models(business: Business) -> None:
    run(business, NOW - 2 * HOUR, model="gpt", first_text_ms=400, cost=Decimal("0.5"))
    run(business, NOW - HOUR, model="gpt", status="fell_back")
    roll_up(RUNS, NOW - HOUR)

    figures = by_model(Scope([business.pk]), Span(NOW - DAY, NOW))["gpt"]

    assert (figures.count, figures.fallback_share) == (2, 0.5)
    assert figures.cost == Decimal("0.5")
    assert figures.first_text_p50_ms == pytest.approx(400, rel=0.05)


# ---------------------------------------------------------------- keeping


def test_old_rows_go_and_their_sums_stay(
    business: Business, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.TOOL_LOG_DAYS = 30
    monkeypatch.setattr(rollups, "DELETED_AT_ONCE", 2)
    for days in (50, 45, 40, 31, 29, 0):
        invocation(business, NOW - days * DAY)
    span = Span(THIS_HOUR - 60 * DAY, NOW + HOUR)
    roll_up(TOOLS, NOW)

    assert forget_old_invocations(NOW) == 4

    assert ToolInvocation.objects.count() == 2
    assert count_of(business, span) == 6
    roll_up(TOOLS, NOW + HOUR)
    assert count_of(business, span) == 6


def test_what_is_not_added_up_is_not_deleted(business: Business) -> None:
    invocation(business, NOW - 200 * DAY)

    assert forget_old_invocations(NOW) == 0
    assert ToolInvocation.objects.count() == 1


def test_a_late_row_of_an_hour_whose_rows_are_gone_does_not_shrink_its_sum(
    business: Business, settings: LazySettings
) -> None:
    settings.TOOL_LOG_DAYS = 1
    at = NOW - 3 * DAY
    invocation(business, at)
    invocation(business, at)
    roll_up(TOOLS, NOW)
    forget_old_invocations(NOW)
    invocation(business, at)

    roll_up(TOOLS, NOW)

    assert [row[-1] for row in sums()] == [2]


def test_sums_are_kept_as_long_as_is_set(business: Business, settings: LazySettings) -> None:
    settings.METRICS_DAYS = 400
    invocation(business, NOW - 500 * DAY)
    invocation(business, NOW - 100 * DAY)
    roll_up(TOOLS, NOW)

    forget_tool_log()

    assert [row[0] for row in sums()] == [THIS_HOUR - 100 * DAY]
