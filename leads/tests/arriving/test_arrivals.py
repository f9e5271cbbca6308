"""Leads come in by one door: made or found, once."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from leads import signals
from leads.arriving.arrivals import take_lead
from leads.arriving.values import split_name, told_of
from leads.enums import LeadEventKind, LeadSource
from leads.models import Arrival, Lead
from leads.services import create_lead
from leads.tests.conftest import MARIA
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db

VALUES = {
    "name": "Maria Lopez",
    "phone": "(415) 555-0199",
    "email": "Maria@Example.com",
    "message": "I would like a quote.",
    "Roof type?": "tile",
}


@pytest.fixture
def arrived() -> Iterator[list[dict[str, Any]]]:
    """What ``lead_arrived`` told."""
    told: list[dict[str, Any]] = []

    def note(**ids: Any) -> None:
        told.append({key: ids[key] for key in ("lead_id", "business_id", "source", "is_new")})

    signals.lead_arrived.connect(note, weak=False)
    yield told
    signals.lead_arrived.disconnect(note)


def take(business: Business, origin: str = "form:1", **changes: Any) -> Any:
    values = {**VALUES, **changes}
    return take_lead(business, source=LeadSource.WEB_FORM, values=values, origin=origin)


def test_a_new_lead_is_tidy_and_tells_where_it_came_from(
    business: Business,
    arrived: list[dict[str, Any]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        taken = take(business)
    lead = Lead.objects.get()
    assert (lead.first_name, lead.last_name) == ("Maria", "Lopez")
    assert (lead.phone, lead.email) == (MARIA, "maria@example.com")
    assert (lead.time_zone, lead.source) == ("America/Los_Angeles", LeadSource.WEB_FORM)
    assert lead.facts == {"roof_type": "tile"}
    assert taken.lead == lead and taken.is_new
    arrival = Arrival.objects.get()
    assert (arrival.lead, arrival.origin, arrival.is_new) == (lead, "form:1", True)
    inquiry = lead.events.get(kind=LeadEventKind.INQUIRY)
    assert inquiry.text == "I would like a quote."
    assert arrived == [
        {
            "lead_id": lead.public_id,
            "business_id": business.pk,
            "source": "web_form",
            "is_new": True,
        }
    ]


def test_the_same_origin_is_taken_once(business: Business) -> None:
    first, second = take(business), take(business, name="Somebody Else")
    assert second.was_taken and not second.is_new and second.lead == first.lead
    assert Arrival.objects.count() == Lead.objects.count() == 1
    assert first.lead.events.filter(kind=LeadEventKind.INQUIRY).count() == 1


def test_the_same_origin_at_another_business_is_another_arrival(
    business: Business, other_business: Business
) -> None:
    assert take(business).is_new and take(other_business).is_new
    assert Lead.objects.count() == 2


def test_a_known_lead_has_a_new_inquiry_and_keeps_what_is_known(business: Business) -> None:
    lead = create_lead(
        business, source=LeadSource.CALL_IN, first_name="Mary", phone=MARIA, stage="qualified"
    )
    lead.facts = {"roof_type": "slate"}
    lead.save()
    taken = take(business, company="Lopez Ltd", email="new@example.com")
    lead.refresh_from_db()
    assert taken.lead == lead and not taken.is_new
    assert (lead.first_name, lead.last_name, lead.company) == ("Mary", "Lopez", "Lopez Ltd")
    assert (lead.source, lead.stage) == (LeadSource.CALL_IN, "qualified")
    assert lead.email == "new@example.com"
    assert lead.facts == {"roof_type": "slate"}
    event = lead.events.get(kind=LeadEventKind.INQUIRY)
    assert event.data["told"]["first_name"] == "Maria"


def test_another_number_of_a_known_lead_is_kept_among_the_facts(business: Business) -> None:
    create_lead(business, source=LeadSource.API, phone=MARIA)
    create_lead(business, source=LeadSource.API, email="taken@example.com")
    lead = take(business, email="taken@example.com").lead
    assert (lead.phone, lead.email) == (MARIA, "")
    assert lead.facts["other_email"] == "taken@example.com"


@pytest.mark.parametrize(
    "values",
    [
        {"phone": "12"},
        {"email": "nobody"},
        {"first_name": "x" * 81},
        {"first_name": "A", "value": "much"},
        {"first_name": "A", "value": "-1"},
        {"message": "call me"},
        {},
    ],
)
def test_what_cannot_be_used_is_refused_and_leaves_nothing(
    business: Business, values: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput):
        take_lead(business, source=LeadSource.API, values=values, origin="a")
    assert not Lead.objects.exists() and not Arrival.objects.exists()


def test_a_deleted_lead_does_not_come_back(business: Business) -> None:
    take(business).lead.delete()
    with pytest.raises(Conflict):
        take(business)


def test_a_program_may_have_known_leads_refused(business: Business) -> None:
    create_lead(business, source=LeadSource.API, phone=MARIA)
    with pytest.raises(Conflict):
        take_lead(
            business,
            source=LeadSource.API,
            values=VALUES,
            origin="api:1",
            refuse_known=True,
        )


def test_who_comes_in_holds_their_number_until_the_end(business: Business) -> None:
    """Another process that would make the same lead waits on the lock."""
    take(business)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        assert cursor.fetchone()[0] >= 3


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Maria Lopez", ("Maria", "Lopez")),
        ("Lopez, Maria", ("Maria", "Lopez")),
        ("Maria del Carmen Lopez", ("Maria del Carmen", "Lopez")),
        ("Maria", ("Maria", "")),
        ("", ("", "")),
    ],
)
def test_a_name_is_put_apart(name: str, parts: tuple[str, str]) -> None:
    assert split_name(name) == parts


def test_parts_of_an_address_are_put_together_and_tell_the_time_zone() -> None:
    told = told_of({"street": "1 Main St", "city": "Denver", "state": "CO", "zip": "80202"})
    assert told.own["address"] == "1 Main St, Denver, CO 80202"
    assert told.own["time_zone"] == "America/Denver"


def test_amounts_are_read_with_their_currency() -> None:
    assert str(told_of({"value": "$1,200.5"}).own["value"]) == "1200.50"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,200.50", "1200.50"),
        ("1.200,50 EUR", "1200.50"),
        ("12,50", "12.50"),
        ("1,200", "1200.00"),
        ("2,500,000", "2500000.00"),
        ("USD 900", "900.00"),
        ("12.5k", "12500.00"),
        ("2 thousand", "2000.00"),
        ("$1.2M", "1200000.00"),
        ("2 million", "2000000.00"),
        ("1.234 million", "1234000.00"),
        ("1,5 Mio EUR", "1500000.00"),
        ("3MUSD", "3000000.00"),
        ("2 billion", "2000000000.00"),
        ("0.500", "0.50"),
        ("0,500", "0.50"),
        ("1234.500", "1234.50"),
        ("EUR 1.200.000", "1200000.00"),
        ("12,34,567.50", "1234567.50"),
    ],
)
def test_an_amount_is_read_as_it_is_meant(text: str, value: str) -> None:
    assert str(told_of({"value": text}).own["value"]) == value


@pytest.mark.parametrize(
    "text",
    [
        "2 or 3 thousand",
        "1e9999",
        "10-20",
        "much",
        "EUR 1.200",
        "12.500",
        "1,234 million",
        "1,200k",
        "12 mil",
        "3 lakh",
        "900 m2",
        "1,2,3",
        "1.2.3,4",
        "900 billion",
    ],
)
def test_what_is_not_one_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="Value"):
        told_of({"value": text})
