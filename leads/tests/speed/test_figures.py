"""Figures by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from leads.enums import LeadSource
from leads.models import Lead, SpeedClock
from leads.services import create_lead
from leads.speed.figures import Speed, figures
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
NOW = FIRST + timedelta(days=2)


def arrived(
    business: Business,
    *,
    at: datetime = FIRST,
    source: str = "web_form",
    took: int | None = None,
    closed: bool = False,
    target: int = 5,
) -> Lead:
    """``took`` and ``target`` in minutes."""
    lead = create_lead(business, source=LeadSource(source), first_name="Ann")
    SpeedClock.objects.create(
        business=business,
        lead=lead,
        source=source,
        arrived_at=at,
        target_minutes=target,
        due_at=at + timedelta(minutes=target),
        first_attempt_at=at + timedelta(minutes=1) if took is not None else None,
        first_contact_at=at + timedelta(minutes=took) if took is not None else None,
        closed_at=at if closed else None,
    )
    return lead


def asked(*businesses: Business, now: datetime = NOW) -> tuple[Speed, dict[str, Speed]]:
    found = figures(
        [each.pk for each in businesses],
        FIRST - timedelta(days=1),
        NOW,
        now=now,
        zone="America/New_York",
    )
    return found.together, dict(found.by_source)


def test_who_may_still_be_reached_and_who_was_given_up_are_not_judged(business: Business) -> None:
    arrived(business, took=4)
    arrived(business, took=9)
    arrived(business)
    arrived(business, closed=True)
    arrived(business, at=NOW - timedelta(minutes=2))

    together, _ = asked(business)

    assert together == Speed(
        arrived=5,
        reached=2,
        median_s=390.0,
        p90_s=510.0,
        in_time=1,
        judged=3,
        attempt_median_s=60.0,
    )
    assert together.share == pytest.approx(1 / 3)


def test_figures_are_told_by_source_and_by_day_of_the_business(business: Business) -> None:
    arrived(business, took=2)
    arrived(business, source="email", took=20, at=datetime(2026, 11, 17, 4, 0, tzinfo=UTC))

    found = figures([business.pk], FIRST, NOW, now=NOW, zone="America/New_York")

    assert {source: each.median_s for source, each in found.by_source.items()} == {
        "web_form": 120.0,
        "email": 1200.0,
    }
    assert list(found.by_day) == [date(2026, 11, 16)]
    assert found.by_day[date(2026, 11, 16)].arrived == 2


def test_nothing_is_known_of_nobody(
    business: Business, other_business: Business, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    arrived(other_business, took=3)

    with django_assert_num_queries(1):
        together, by_source = asked(business)

    assert (together, by_source, together.share) == (Speed(), {}, None)
