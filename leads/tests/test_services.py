"""Leads: found, made once, changed with a history, and left in peace."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from pytest_django import DjangoCaptureOnCommitCallbacks

from leads import services, signals
from leads.contacts import add_contact, create_account
from leads.enums import LeadEventKind, LeadSource, LeadStage, SuppressionSource
from leads.models import Lead, Suppression
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db


def history(lead: Lead) -> list[tuple[str, str]]:
    return list(lead.events.order_by("created_at", "pk").values_list("kind", "text"))


# ---------------------------------------------------------------- finding


@pytest.mark.parametrize("written", [MARIA, "(415) 555-0199", "415.555.0199", "1 415 555 0199"])
def test_a_lead_is_found_however_the_number_is_written(lead: Lead, written: str) -> None:
    assert services.find_lead(lead.business, phone=written) == lead


def test_a_lead_is_found_by_address_whatever_its_case(lead: Lead) -> None:
    services.update_lead(lead, email="Maria@Example.com")
    assert services.find_lead(lead.business, email=" MARIA@example.COM ") == lead


@pytest.mark.parametrize("phone", ["", "anonymous", "+266696687", "12"])
def test_what_is_no_number_is_nobodys(lead: Lead, phone: str) -> None:
    assert services.find_lead(lead.business, phone=phone) is None


def test_another_businesss_leads_are_not_found(lead: Lead, other_business: Business) -> None:
    assert services.find_lead(other_business, phone=MARIA) is None


# ---------------------------------------------------------------- making and changing


def test_a_new_lead_has_tidy_values_and_a_history(business: Business, rep: User) -> None:
    lead = services.create_lead(
        business,
        source=LeadSource.MANUAL,
        by=rep,
        first_name=" Maria ",
        phone="(415) 555-0199",
        email="Maria@Example.com",
    )
    assert (lead.first_name, lead.phone, lead.email) == ("Maria", MARIA, "maria@example.com")
    [event] = lead.events.all()
    assert (event.kind, event.text, event.by) == (LeadEventKind.CREATED, "Entered by hand", rep)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "Give a name"),
        ({"phone": "12"}, "phone number"),
        ({"email": "maria"}, "no"),
        ({"first_name": "x" * 81}, "First name"),
        ({"first_name": "Maria", "stage": "famous"}, "Stage"),
    ],
)
def test_a_lead_that_cannot_be_is_refused(
    business: Business, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message if message != "no" else "not an e-mail"):
        services.create_lead(business, source=LeadSource.API, **values)
    assert not Lead.objects.exists()


def test_a_number_and_an_address_belong_to_one_lead(lead: Lead, other_business: Business) -> None:
    services.update_lead(lead, email="maria@example.com")
    with pytest.raises(Conflict, match="phone number"):
        services.create_lead(lead.business, source=LeadSource.API, phone=MARIA)
    with pytest.raises(Conflict, match="e-mail"):
        services.create_lead(lead.business, source=LeadSource.API, email="MARIA@example.com")
    other = services.create_lead(lead.business, source=LeadSource.API, first_name="John")
    with pytest.raises(Conflict):
        services.update_lead(other, phone=MARIA)
    assert services.create_lead(other_business, source=LeadSource.API, phone=MARIA).pk


def test_a_number_that_was_stored_otherwise_does_not_stand_in_the_way(lead: Lead) -> None:
    Lead.objects.update(phone="ext. 12")
    assert services.update_lead(lead, first_name="Mary").phone == "ext. 12"


def test_the_admin_tidies_number_and_address(business: Business) -> None:
    lead = Lead(
        business=business, source=LeadSource.MANUAL, phone="(415) 555-0199", email="A@Example.com"
    )
    lead.full_clean()
    assert (lead.phone, lead.email) == (MARIA, "a@example.com")
    lead.phone = "12"
    with pytest.raises(ValidationError, match="digits"):
        lead.full_clean()


def test_an_owner_belongs_to_the_business(lead: Lead, rep: User, outsider: User) -> None:
    assert services.update_lead(lead, owner=rep).owner == rep
    with pytest.raises(InvalidInput, match="owner"):
        services.update_lead(lead, owner=outsider)


def test_a_change_is_in_the_history_with_what_was_before(lead: Lead, rep: User) -> None:
    services.update_lead(
        lead, first_name="Mary", address="12 Elm Street", conversation="c1", by=rep
    )
    event = lead.events.get(kind=LeadEventKind.CHANGED)
    assert event.text == "Changed: first name, address."
    assert event.data == {"first_name": ["Maria", "Mary"], "address": ["", "12 Elm Street"]}
    assert (event.conversation, event.by) == ("c1", rep)


def test_what_stays_the_same_leaves_no_trace(
    lead: Lead, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks() as news:
        services.update_lead(lead, first_name="Maria", phone="(415) 555-0199")
        services.merge_facts(lead, {})
    assert (news, lead.events.count()) == ([], 1)


def test_what_was_only_said_takes_nobodys_number_or_address(lead: Lead) -> None:
    services.create_lead(
        lead.business, source=LeadSource.API, phone="+14155550177", email="john@example.com"
    )
    told = services.update_as_said(
        lead, first_name="Mary", phone="+14155550177", email="John@example.com"
    )
    assert (told.first_name, told.phone, told.email) == ("Mary", MARIA, "")
    assert told.facts == {"callback_phone": "+14155550177", "other_email": "john@example.com"}
    told = services.update_as_said(lead, email="mary@example.com")
    assert told.email == "mary@example.com"


def test_a_lead_without_a_number_takes_the_one_that_was_said(business: Business) -> None:
    lead = services.create_lead(business, source=LeadSource.TEXT, first_name="Maria")
    assert services.update_as_said(lead, phone="415 555 0199").phone == MARIA
    assert services.update_as_said(lead, phone="415 555 0166").phone == MARIA


def test_facts_are_merged(lead: Lead) -> None:
    services.merge_facts(lead, {"roof_age": 20, "budget": 15000})
    merged = services.merge_facts(lead, {"budget": 18000, "owner": True})
    assert merged.facts == {"roof_age": 20, "budget": 18000, "owner": True}
    assert history(lead)[-1] == ("changed", "Changed: budget, owner.")


def test_the_same_note_of_a_conversation_is_kept_once(lead: Lead) -> None:
    notes = [services.add_note(lead, " Likes slate. ", conversation="c1") for _ in range(2)]
    other = services.add_note(lead, "Likes slate.", conversation="c2")
    assert notes[0] == notes[1] != other
    assert history(lead)[1:] == [("note", "Likes slate.")] * 2


@pytest.mark.parametrize("text", ["", "  ", "x" * (services.LONGEST_NOTE + 1)])
def test_a_note_has_words_but_not_too_many(lead: Lead, text: str) -> None:
    with pytest.raises(InvalidInput):
        services.add_note(lead, text)


def test_news_goes_up_after_commit_with_ids_only(
    business: Business, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    heard: list[dict[str, Any]] = []

    def hear(sender: Any, signal: Any, **ids: Any) -> None:
        heard.append(ids)

    signals.lead_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            lead = services.create_lead(business, source=LeadSource.API, phone=MARIA)
            services.update_lead(lead, first_name="Maria")
            services.add_note(lead, "Hello.")
    finally:
        signals.lead_changed.disconnect(hear)
    ids = {"lead_id": lead.public_id, "business_id": business.pk}
    assert heard == [{**ids, "event": event} for event in ("created", "changed", "noted")]


# ---------------------------------------------------------------- at once


def at_once(times: int, act: Callable[[int], Any]) -> list[Any]:
    """What ``act`` answers (or raises) when as many threads do it in the same moment."""
    ready = threading.Barrier(times)

    def run(number: int) -> Any:
        try:
            ready.wait(10)
            return act(number)
        except (Conflict, InvalidInput) as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_make_one_lead_for_a_number(business: Business) -> None:
    def call(number: int) -> tuple[Lead, bool]:
        return services.ensure_lead(business, source=LeadSource.CALL_IN, phone=MARIA)

    answers = at_once(8, call)
    assert Lead.objects.count() == 1
    assert sorted(is_new for _, is_new in answers) == [False] * 7 + [True]


@pytest.mark.django_db(transaction=True)
def test_facts_that_are_merged_at_once_are_all_kept(lead: Lead) -> None:
    at_once(8, lambda number: services.merge_facts(lead, {f"fact_{number}": number}))
    lead.refresh_from_db()
    assert lead.facts == {f"fact_{number}": number for number in range(8)}


@pytest.mark.django_db(transaction=True)
def test_two_leads_do_not_get_one_number_at_once(business: Business) -> None:
    leads = [
        services.create_lead(business, source=LeadSource.API, first_name=name)
        for name in ("Maria", "John")
    ]
    answers = at_once(2, lambda number: services.update_lead(leads[number], phone=MARIA))
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Lead"]
    assert Lead.objects.filter(phone=MARIA).count() == 1


# ---------------------------------------------------------------- stages


@pytest.mark.parametrize(
    ("stage", "then"),
    [
        (LeadStage.NEW, LeadStage.APPOINTMENT),
        (LeadStage.LOST, LeadStage.APPOINTMENT),
        (LeadStage.PROPOSAL, LeadStage.PROPOSAL),
        (LeadStage.WON, LeadStage.WON),
    ],
)
def test_an_appointment_is_a_step_forward_only(
    lead: Lead, stage: LeadStage, then: LeadStage
) -> None:
    services.update_lead(lead, stage=stage)
    services.reach_appointment(lead)
    lead.refresh_from_db()
    assert lead.stage == then


# ---------------------------------------------------------------- do not call


def test_who_is_suppressed_is_so_however_it_is_asked(lead: Lead) -> None:
    services.suppress(
        lead.business,
        phone="(415) 555-0199",
        reason="Said so.",
        source=SuppressionSource.CALLER,
        conversation="c1",
    )
    assert services.is_suppressed(lead.business, MARIA)
    assert services.is_suppressed(lead.business, "415-555-0199")
    assert not services.is_suppressed(lead.business, "+14155550198")
    assert history(lead)[-1] == ("suppressed", "Must not be called.")


def test_suppressing_twice_keeps_the_first_reason(lead: Lead) -> None:
    first, second = (
        services.suppress(lead.business, phone=MARIA, reason=reason, source=SuppressionSource.STAFF)
        for reason in ("First.", "Second.")
    )
    assert first == second
    assert Suppression.objects.get().reason == "First."
    assert [kind for kind, _ in history(lead)] == ["created", "suppressed"]


@pytest.mark.parametrize(
    ("first", "then", "stays"),
    [
        ("text", "staff", "staff"),
        ("text", "caller", "caller"),
        ("text", "import", "import"),
        ("text", "text", "text"),
        ("text", "link", "text"),
        ("caller", "staff", "caller"),
    ],
)
def test_a_request_outlasts_the_stop_by_text_that_came_before_it(
    lead: Lead, rep: User, first: str, then: str, stays: str
) -> None:
    for source in (first, then):
        services.suppress(
            lead.business, phone=MARIA, reason=source, source=SuppressionSource(source), by=rep
        )

    entry = Suppression.objects.get()
    assert (entry.source, entry.reason, entry.by) == (stays, stays, rep)
    times = [kind for kind, _ in history(lead)].count("suppressed")
    assert times == (2 if stays != first else 1)


def test_a_number_and_an_address_are_suppressed_each(lead: Lead, other_business: Business) -> None:
    rows = services.suppress(
        lead.business, phone=MARIA, email="Maria@example.com", source=SuppressionSource.API
    )
    assert {(row.phone, row.email) for row in rows} == {(MARIA, ""), ("", "maria@example.com")}
    assert services.is_suppressed(lead.business, email="maria@example.com")
    assert not services.is_suppressed(other_business, MARIA, "maria@example.com")


@pytest.mark.parametrize(
    ("named", "is_left"),
    [
        ({"phone": MARIA}, True),
        ({"phone": "+14155550123"}, True),
        ({"phone": "+14155550124"}, True),
        ({"phone": "+14155550125"}, False),
        ({"company": "Smith & Co., Ltd."}, True),
        ({"company": "ACME Roofing Inc"}, True),
        ({"company": "Smith"}, False),
        ({"email": "maria@example.com"}, False),
    ],
)
def test_every_number_and_company_of_a_person_counts_and_their_address_does_not(
    lead: Lead, named: dict[str, Any], is_left: bool
) -> None:
    account = create_account(lead.business, name="Acme Roofing, Inc.")
    services.update_lead(
        lead, email="maria@example.com", company="Smith & Co., Ltd.", account=account
    )
    lead = services.merge_facts(lead, {"callback_phone": "+14155550123"})
    add_contact(lead, name="Maria", phone="+14155550124", is_lead=True)
    add_contact(lead, name="Her brother", phone="+14155550125")
    services.create_lead(lead.business, source=LeadSource.API, first_name="Somebody else")
    assert not services.is_left_in_peace(lead)

    [entry] = services.suppress(lead.business, source=SuppressionSource.STAFF, **named)

    assert services.is_left_in_peace(lead) is is_left
    assert list(services.left_in_peace_by(entry)) == ([lead] if is_left else [])
    told = history(lead)[-1][0] == "suppressed"
    assert told is (is_left or "email" in named)


@pytest.mark.parametrize("besides", [False, True])
def test_an_address_closes_who_has_no_number_at_all(lead: Lead, besides: bool) -> None:
    lead = services.update_lead(lead, phone="", email="maria@example.com")
    if besides:
        add_contact(lead, name="Maria", phone="+14155550124", is_lead=True)

    [entry] = services.suppress(lead.business, email=lead.email, source=SuppressionSource.LINK)

    assert services.is_left_in_peace(lead) is not besides
    assert list(services.left_in_peace_by(entry)) == ([] if besides else [lead])


def test_a_person_is_left_in_peace_by_name(lead: Lead, other_business: Business) -> None:
    [entry] = services.suppress(lead.business, lead=lead, source=SuppressionSource.STAFF)
    namesake = services.create_lead(other_business, source=LeadSource.API, phone=lead.phone)

    assert services.is_left_in_peace(lead)
    assert not services.is_left_in_peace(namesake)
    assert list(services.left_in_peace_by(entry)) == [lead]


def test_nothing_cannot_be_suppressed(business: Business) -> None:
    with pytest.raises(InvalidInput):
        services.suppress(business, source=SuppressionSource.STAFF)
    with pytest.raises(InvalidInput):
        services.suppress(business, phone="12", source=SuppressionSource.STAFF)


@pytest.mark.django_db(transaction=True)
def test_suppressing_at_once_makes_one_row(business: Business) -> None:
    def suppress(number: int) -> Any:
        return services.suppress(business, phone=MARIA, source=SuppressionSource.CALLER)

    rows = at_once(6, suppress)
    assert len({row.pk for [row] in rows}) == 1
