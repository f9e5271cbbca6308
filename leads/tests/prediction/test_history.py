from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from leads.enums import (
    DialKind,
    DialOrigin,
    DialResult,
    DialStatus,
    LeadEventKind,
    LeadSource,
    LeadStage,
    SuppressionSource,
)
from leads.models import Appointment, Calendar, Dial, Lead, LeadEvent, Suppression
from leads.prediction.features import Snapshot
from leads.prediction.history import Trail, snapshot_of, trails_of
from leads.tests.conftest import NOW
from leads.tests.prediction.made import changed
from salesdesk.businesses.models import Business

CREATED = NOW - timedelta(days=30)
CUT = NOW - timedelta(days=10)
BEFORE, AFTER = CUT - timedelta(days=1), CUT + timedelta(days=1)


@pytest.fixture
def old(business: Business) -> Lead:
    return Lead.objects.create(
        business=business,
        source=LeadSource.WEB_FORM,
        phone="+14155550199",
        created_at=CREATED,
    )


def known(lead: Lead) -> Snapshot:
    lead.refresh_from_db()
    return snapshot_of(lead.business, lead, trails_of(lead.business, [lead])[lead.pk], CUT)


def reply(lead: Lead, calendar: Calendar) -> None:
    LeadEvent.objects.create(
        lead=lead, kind=LeadEventKind.CONVERSATION, text="In conversation.", created_at=AFTER
    )


def dialled(lead: Lead, calendar: Calendar) -> None:
    Dial.objects.create(
        business=lead.business,
        lead=lead,
        phone=lead.phone,
        kind=DialKind.AI,
        origin=DialOrigin.MANUAL,
        status=DialStatus.ENDED,
        result=DialResult.ANSWERED,
        placed_at=AFTER,
        ended_at=AFTER,
    )


def booked(lead: Lead, calendar: Calendar) -> None:
    Appointment.objects.create(
        business=lead.business,
        calendar=calendar,
        lead=lead,
        purpose="Visit",
        starts_at=AFTER,
        ends_at=AFTER + timedelta(hours=1),
        blocked=(AFTER, AFTER + timedelta(hours=1)),
        created_at=AFTER,
    )


def opted_out(lead: Lead, calendar: Calendar) -> None:
    Suppression.objects.create(
        business=lead.business,
        phone=lead.phone,
        source=SuppressionSource.CALLER,
        created_at=AFTER,
    )


def won(lead: Lead, calendar: Calendar) -> None:
    Lead.objects.filter(pk=lead.pk).update(stage=LeadStage.WON, closed_at=AFTER)
    changed(lead, AFTER, stage=[LeadStage.NEW, LeadStage.WON])


def valued(lead: Lead, calendar: Calendar) -> None:
    Lead.objects.filter(pk=lead.pk).update(value=Decimal("9000.00"))
    changed(lead, AFTER, value=[None, "9000.00"])


def named(lead: Lead, calendar: Calendar) -> None:
    Lead.objects.filter(pk=lead.pk).update(
        email="m@example.com", address="1 Elm St", company="Elm", phone="+14155550198"
    )
    changed(
        lead,
        AFTER,
        email=["", "m@example.com"],
        address=["", "1 Elm St"],
        company=["", "Elm"],
        phone=["+14155550199", "+14155550198"],
    )


def told(lead: Lead, calendar: Calendar) -> None:
    Lead.objects.filter(pk=lead.pk).update(facts={"roof_age": "12", "bill": 210})
    changed(lead, AFTER, roof_age=[None, "12"], bill=[None, 210])


LATER = (reply, dialled, booked, opted_out, won, valued, named, told)


@pytest.mark.parametrize("happens", LATER)
def test_what_comes_after_the_moment_never_enters(
    old: Lead, calendar: Calendar, happens: Callable[[Lead, Calendar], None]
) -> None:
    before = known(old)
    happens(old, calendar)
    assert known(old) == before
    trail = trails_of(old.business, [old])[old.pk]
    assert snapshot_of(old.business, old, trail, NOW) != snapshot_of(
        old.business, old, Trail(), CUT
    )


def test_all_that_comes_after_together_never_enters(old: Lead, calendar: Calendar) -> None:
    before = known(old)
    for happens in LATER:
        happens(old, calendar)
    assert known(old) == before


def test_what_came_before_counts(old: Lead) -> None:
    Lead.objects.filter(pk=old.pk).update(
        value=Decimal("500"), facts={"bill": 1}, stage=LeadStage.QUALIFIED
    )
    changed(old, BEFORE, value=[None, "500"], stage=[LeadStage.NEW, LeadStage.QUALIFIED])
    changed(old, BEFORE, bill=[None, 1])
    LeadEvent.objects.create(
        lead=old, kind=LeadEventKind.CONVERSATION, text="In conversation.", created_at=BEFORE
    )
    found = known(old)
    assert (found.value, found.stage, found.facts, found.replies) == (500.0, "qualified", 1, 1)


def test_a_call_under_way_at_the_moment_is_not_known_to_be_answered(old: Lead) -> None:
    Dial.objects.create(
        business=old.business,
        lead=old,
        phone=old.phone,
        kind=DialKind.AI,
        origin=DialOrigin.MANUAL,
        status=DialStatus.ENDED,
        result=DialResult.ANSWERED,
        placed_at=BEFORE,
        ended_at=AFTER,
    )
    assert (known(old).calls, known(old).reached) == (1, 0)


def test_a_field_that_went_to_and_fro_is_put_back_step_by_step(old: Lead) -> None:
    changed(old, BEFORE, stage=["new", "contacted"])
    changed(old, AFTER, stage=["contacted", "lost"])
    changed(old, AFTER + timedelta(days=2), stage=["lost", "won"])
    Lead.objects.filter(pk=old.pk).update(stage=LeadStage.WON)
    assert known(old).stage == "contacted"


def test_a_fact_named_like_a_field_is_put_back_as_a_fact(old: Lead) -> None:
    Lead.objects.filter(pk=old.pk).update(facts={"address": "2 Oak St"}, address="1 Elm St")
    changed(old, AFTER, address=[None, "2 Oak St"])
    assert (known(old).facts, known(old).has_address) == (0, True)


@given(days=st.lists(st.integers(-20, 20), max_size=12))
def test_only_changes_up_to_the_moment_count(days: list[int]) -> None:
    """Whatever is interleaved: the value is that of the last change before the cut."""
    business = Business(time_zone="America/New_York")
    moments = sorted(CUT + timedelta(days=each, seconds=place) for place, each in enumerate(days))
    values = ["", *(str(place + 1) for place in range(len(moments)))]
    lead = Lead(
        business=business,
        source=LeadSource.API,
        created_at=CREATED,
        value=Decimal(values[-1]) if values[-1] else None,
    )
    changes: list[tuple[datetime, Mapping[str, Any]]] = [
        (at, {"value": [values[place], values[place + 1]]}) for place, at in enumerate(moments)
    ]
    past = sum(at <= CUT for at in moments)
    expected = float(values[past]) if values[past] else None
    assert snapshot_of(business, lead, Trail(changes=changes), CUT).value == expected


def test_many_leads_take_as_many_queries_as_one(
    business: Business, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    leads = [
        Lead.objects.create(business=business, source=LeadSource.API, phone=f"+1415555{n:04}")
        for n in range(5)
    ]
    for asked in (leads[:1], leads):
        with django_assert_num_queries(4):
            trails_of(business, asked)
