"""The lead is told what was captured."""

import pytest

from leads.enums import LeadSource
from leads.models import Lead, LeadEvent
from salesdesk.assistant.capture import facts as capture
from salesdesk.assistant.capture.lead import write_to_lead
from salesdesk.assistant.models import Thread
from salesdesk.assistant.tests.capturing import PHONE, change_field, make_thread, with_fields
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(business: Business) -> Thread:
    return make_thread(with_fields(business))


def test_a_caller_becomes_a_lead_with_what_was_told(thread: Thread) -> None:
    capture.capture_fact(thread, "name", "Maria Elena Lopez")
    capture.capture_fact(thread, "age", "about twenty years")
    capture.capture_fact(thread, "budget", "18k")
    capture.capture_fact(thread, "email", "maria@gmail.com")
    capture.confirm_fact(thread, "email", is_right=True)

    lead = write_to_lead(thread)

    assert lead is not None
    lead.refresh_from_db()
    assert (lead.first_name, lead.last_name) == ("Maria", "Elena Lopez")
    assert (lead.email, lead.phone, lead.source) == ("maria@gmail.com", PHONE, LeadSource.CALL_IN)
    assert lead.facts == {
        "name": "Maria Elena Lopez",
        "age": 20,
        "budget": 18000,
        "email": "maria@gmail.com",
    }
    thread.refresh_from_db()
    assert thread.lead == lead
    assert set(lead.events.values_list("conversation", flat=True)) == {thread.conversation}


def test_told_twice_nothing_changes(thread: Thread) -> None:
    capture.capture_fact(thread, "budget", "18k")
    write_to_lead(thread)
    events = LeadEvent.objects.count()
    again = write_to_lead(thread)

    assert Lead.objects.get() == again
    assert LeadEvent.objects.count() == events


def test_nothing_captured_makes_no_lead(thread: Thread) -> None:
    assert write_to_lead(thread) is None
    assert not Lead.objects.exists()


def test_what_is_not_confirmed_fills_no_field(thread: Thread) -> None:
    change_field(thread.business, "phone", is_required=True)
    capture.capture_fact(thread, "phone", "415 555 0123")
    capture.read_back(thread, "phone")
    capture.capture_fact(thread, "email", "maria@gmail.com")

    lead = write_to_lead(thread)

    assert lead is not None
    assert (lead.phone, lead.email) == (PHONE, "")
    assert lead.facts == {"phone": "+14155550123"}  # required, so kept all the same


def test_a_known_caller_keeps_what_was_known(thread: Thread, business: Business) -> None:
    known = Lead.objects.create(
        business=business,
        phone=PHONE,
        first_name="Maria",
        last_name="Lopez",
        source="import",
        facts={"roof": "slate"},
    )
    capture.capture_fact(thread, "name", "Maria")
    capture.capture_fact(thread, "owner", "yes")

    lead = write_to_lead(thread)

    known.refresh_from_db()
    assert lead == known
    assert (known.first_name, known.last_name, known.source) == ("Maria", "Lopez", "import")
    assert known.facts == {"roof": "slate", "name": "Maria", "owner": True}


@pytest.mark.parametrize(
    ("first", "last", "said", "name"),
    [
        ("", "", "Maria Lopez", "Maria Lopez"),
        ("Maria", "", "maria Lopez", "Maria Lopez"),
        ("Maria", "Lopez", "Maria", "Maria Lopez"),
        ("Maria", "Lopez", "Maria Garcia", "Maria Lopez"),
        ("Maria", "Lopez", "Daniel", "Maria Lopez"),
    ],
)
def test_a_name_only_heard_fills_what_was_empty(
    thread: Thread, business: Business, first: str, last: str, said: str, name: str
) -> None:
    lead = Lead.objects.create(
        business=business, phone=PHONE, first_name=first, last_name=last, source="import"
    )
    capture.capture_fact(thread, "name", said)

    write_to_lead(thread)

    lead.refresh_from_db()
    assert lead.name.title() == name


def test_what_is_confirmed_replaces_but_not_the_number_that_calls(
    thread: Thread, business: Business
) -> None:
    lead = Lead.objects.create(
        business=business, phone=PHONE, email="old@example.com", source="import"
    )
    for key, value in (("email", "new@example.com"), ("phone", "415 555 0123")):
        capture.capture_fact(thread, key, value)
        capture.confirm_fact(thread, key, is_right=True)

    write_to_lead(thread)

    lead.refresh_from_db()
    assert (lead.email, lead.phone) == ("new@example.com", PHONE)
    assert lead.facts["phone"] == "+14155550123"


def test_an_address_that_is_another_lead_s_is_kept_as_a_fact(
    thread: Thread, business: Business
) -> None:
    Lead.objects.create(business=business, email="v@example.com", source="import")
    capture.capture_fact(thread, "email", "v@example.com")
    capture.confirm_fact(thread, "email", is_right=True)

    for _ in range(2):
        lead = write_to_lead(thread)

    assert lead is not None
    lead.refresh_from_db()
    assert lead.email == ""
    assert lead.facts["email"] == "v@example.com"


def test_naming_somebody_s_number_or_address_changes_nothing_of_theirs(
    thread: Thread, business: Business
) -> None:
    victim = Lead.objects.create(
        business=business, phone="+14155550123", email="v@example.com", source="import"
    )
    for key, value in (("phone", "415 555 0123"), ("email", "v@example.com")):
        capture.capture_fact(thread, key, value)
        capture.confirm_fact(thread, key, is_right=True)

    lead = write_to_lead(thread)

    assert lead != victim
    victim.refresh_from_db()
    assert victim.facts == {}


def test_the_same_number_at_another_business_is_another_lead(
    thread: Thread, other_business: Business
) -> None:
    theirs = Lead.objects.create(business=other_business, phone=PHONE, source="import")
    capture.capture_fact(thread, "budget", "18k")

    assert write_to_lead(thread) != theirs


def test_a_writer_of_texts_is_a_lead_by_text(business: Business) -> None:
    thread = make_thread(with_fields(business), channel="chat", customer_phone="")
    capture.capture_fact(thread, "name", "Maria")

    lead = write_to_lead(thread)

    assert lead is not None
    assert (lead.source, lead.phone) == (LeadSource.TEXT, "")


def test_a_field_put_away_meanwhile_is_not_told(thread: Thread) -> None:
    capture.capture_fact(thread, "budget", "18k")
    change_field(thread.business, "budget", is_active=False)

    assert write_to_lead(thread) is None


def test_long_texts_are_cut_to_what_the_lead_can_hold(thread: Thread) -> None:
    change_field(thread.business, "interest", type="text", lead_field="company")
    capture.capture_fact(thread, "interest", "x" * 400)

    lead = write_to_lead(thread)

    assert lead is not None
    assert lead.company == "x" * 120
