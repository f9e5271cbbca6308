"""The page of one lead: what it shows, and what is done on it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from leads import contacts
from leads.consent import consents_of, record_consent
from leads.enums import ConsentKind, DialKind, LeadSource, LeadStage, ListKind
from leads.merging.services import merge
from leads.models import Calendar, DoNotCallEntry, DoNotCallList, Lead, Merge, Opportunity
from leads.pipeline.services import propose
from leads.prediction.services import train
from leads.services import add_note, create_lead, is_suppressed, link_conversation, update_lead
from leads.tests.conftest import MARIA, NOW, at
from leads.tests.pages.conftest import visitor
from leads.tests.prediction.made import past
from leads.visits.appointments import book
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

ClientFor = Callable[[User | None], Client]
HTMX = {"HX-Request": "true"}
NEW_YEAR = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
READING = {
    "admin_user": 200,
    "manager": 200,
    "rep": 200,
    "auditor": 200,
    "outsider": 404,
    "anonymous": 302,
    "superuser": 200,
}
CHANGING = {**READING, "auditor": 403}


def cases(table: dict[str, int]) -> list[tuple[str, int]]:
    return list(table.items())


def url(name: str, lead: Lead, *more: str) -> str:
    return reverse(f"leads:{name}", args=[lead.public_id, *more])


@pytest.fixture
def opportunity(lead: Lead) -> Opportunity:
    return propose(lead, topic="New roof", quote="We need a <new> roof.", amount=18000)  # type: ignore[arg-type]


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize(("name", "status"), cases(READING))
@pytest.mark.parametrize("page", ["lead", "timeline", "why"])
def test_reading(
    page: str,
    name: str,
    status: int,
    known_lead: Lead,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    response = client_for(visitor(name, request)).get(url(page, known_lead), headers=HTMX)
    assert response.status_code == status
    shown = (b"Best reached", b"Harbor Dental", b"They called")
    assert any(words in response.content for words in shown) is (status == 200)


ACTS: dict[str, dict[str, str]] = {
    "move": {"stage": "contacted"},
    "never_call": {},
    "note": {"text": "Hello"},
    "consent": {"kind": "sms", "is_given": "yes", "wording": "Yes."},
    "account": {"name": "Harbor"},
    "add_contact": {"name": "Luis"},
    "call": {"kind": "rep"},
    "outcome": {"outcome": "talked"},
    "edit": {"first_name": "Mary"},
}


@pytest.mark.parametrize(("name", "status"), cases({**CHANGING, "anonymous": 302}))
@pytest.mark.parametrize("act", ACTS)
def test_changing(
    act: str,
    name: str,
    status: int,
    lead: Lead,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    before = (lead.events.count(), lead.dials.count())
    client = client_for(visitor(name, request))
    response = client.post(url(act, lead), ACTS[act], headers=HTMX)
    done = status == 200
    assert response.status_code == (204 if done and act == "call" else status)
    assert ((lead.events.count(), lead.dials.count()) != before) is done


@pytest.mark.parametrize("act", [each for each in ACTS if each != "edit"])
def test_looking_changes_nothing(act: str, lead: Lead, rep: User, client_for: ClientFor) -> None:
    assert client_for(rep).get(url(act, lead)).status_code == 405


# ---------------------------------------------------------------- what it shows


def test_the_page_tells_all_that_is_known(
    known_lead: Lead, opportunity: Opportunity, rep: User, client_for: ClientFor
) -> None:
    contacts.put_into_account(known_lead, "Harbor Dental Group")
    contacts.add_contact(known_lead, name="Luis", role="Husband")
    told = client_for(rep).get(url("lead", known_lead)).content.decode()
    for words in (
        "Maria Lopez",
        "+1 415-555-0199",
        "$18,000",
        "Roof age",
        "Harbor Dental Group",
        "Husband",
        "Best reached after five.",
        "We need a &lt;new&gt; roof.",
        "America/Los_Angeles",
        "Never told",
        "They have not been dialled.",
    ):
        assert words in told
    assert "<new>" not in told


def test_a_long_history_is_read_bit_by_bit(lead: Lead, rep: User, client_for: ClientFor) -> None:
    for number in range(40):
        add_note(lead, f"Note {number}.")
    client = client_for(rep)
    first = client.get(url("timeline", lead), headers=HTMX)
    earlier = first.context["earlier"]
    assert [entry.event.text for entry in first.context["entries"]][:1] == ["Note 39."]
    rest = client.get(url("timeline", lead), {"before": earlier}, headers=HTMX)
    texts = [entry.event.text for entry in rest.context["entries"]]
    assert texts == [f"Note {number}." for number in range(9, -1, -1)] + ["They called"]
    assert not rest.context["earlier"]


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-20T10:00:00"])
def test_a_moment_that_is_none_is_refused(
    moment: str, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    response = client_for(rep).get(url("timeline", lead), {"before": moment}, headers=HTMX)
    assert response.status_code == 422


def test_what_is_shown_costs_the_same_however_much_there_is(
    lead: Lead, rep: User, client_for: ClientFor, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = client_for(rep)
    contacts.put_into_account(lead, "Harbor")
    for count in (1, 3):
        while lead.contacts.count() < count:
            contacts.add_contact(lead, name="Luis", by=rep)
            propose(lead, topic=f"Roof {count}", quote="A roof.")
            add_note(lead, "Hello.", by=rep)
        client.get(url("lead", lead))
        with django_assert_num_queries(30):
            client.get(url("lead", lead))


def test_moments_are_told_by_the_businesss_clock_and_theirs_by_theirs(
    lead: Lead, calendar: Calendar, rep: User, client_for: ClientFor
) -> None:
    """Half past three at night by UTC is the evening before in New York and in California."""
    add_note(lead, "Hello.", by=rep)
    lead.events.update(created_at=NEW_YEAR)
    book(lead, at(lead.business, "10:00"), purpose="Visit", now=NOW)
    lead.appointments.update(starts_at=NEW_YEAR)
    page = client_for(rep).get(url("lead", lead)).content.decode()
    assert "Dec 31, 2025, 10:30 PM</time>" in page
    assert "Wed, Dec 31, 2025, 10:30 PM · Crew A" in page
    assert "3:30 AM" not in page
    told = render_to_string("leads/lead.html#who", {"lead": lead, "local_now": NEW_YEAR})
    assert '<span class="tabular-nums">7:30 PM</span>' in told


def test_it_says_how_likely_they_are_won_and_why(
    business: Business, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    past(business, NOW, {LeadSource.CALL_IN: 0.65, LeadSource.IMPORT: 0.05})
    train(business, NOW)
    for page in (url("lead", lead), url("why", lead)):
        told = client_for(rep).get(page).content.decode()
        assert "Source: they called" in told and "Chance to be won" in told
        assert "+20" in told  # the points of the source stand beside it


@pytest.mark.parametrize(
    ("is_trained", "sentence"),
    [(False, "Nothing has been learned yet"), (True, "There is too little to learn from")],
)
def test_it_says_that_nobody_can_tell(
    is_trained: bool, sentence: str, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    if is_trained:
        train(lead.business, NOW)
    assert sentence in client_for(rep).get(url("lead", lead)).content.decode()


def test_of_a_closed_lead_nothing_is_predicted(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    update_lead(lead, stage=LeadStage.WON, close_reason="Price")
    assert "Chance to be won" not in client_for(rep).get(url("lead", lead)).content.decode()


def test_conversations_stand_in_the_history(
    lead: Lead, rep: User, make_call: Any, client_for: ClientFor
) -> None:
    call = make_call(lead.business, from_number=MARIA)
    link_conversation(lead, call.public_id)
    elsewhere = make_call(lead.business, from_number="+12125550100")
    told = client_for(rep).get(url("lead", lead)).content.decode()
    assert told.count(f"/calls/{call.public_id}/") == 1
    assert "In conversation." not in told
    assert elsewhere.public_id not in told


# ---------------------------------------------------------------- what is done on it


def test_who_it_is_is_edited_in_place(known_lead: Lead, rep: User, client_for: ClientFor) -> None:
    client = client_for(rep)
    form = client.get(url("edit", known_lead), headers=HTMX).content.decode()
    assert 'value="Lopez"' in form and "<html" not in form
    data = {"first_name": "Marie", "phone": "415 555 0142", "address": "1 Elm, Austin, TX"}
    response = client.post(url("edit", known_lead), data, headers=HTMX)
    known_lead.refresh_from_db()
    assert (known_lead.first_name, known_lead.phone) == ("Marie", "+14155550142")
    assert f'id="lead-{known_lead.public_id}"' in response.content.decode()
    assert "lead-changed" in response.headers["HX-Trigger"]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"first_name": "A", "phone": "12"}, "too many or too few digits"),
        ({"first_name": "A", "phone": "+14155550142"}, "already a lead with this phone number"),
        ({"first_name": "A", "time_zone": "Mars/North"}, "is no time zone"),
        ({"first_name": "A", "value": "-1"}, "greater than or equal to 0"),
    ],
)
def test_what_cannot_be_stored_says_why(
    data: dict[str, str], sentence: str, lead: Lead, rep: User, client_for: ClientFor
) -> None:
    create_lead(lead.business, source=LeadSource.API, phone="+14155550142")
    response = client_for(rep).post(url("edit", lead), data, headers=HTMX)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    lead.refresh_from_db()
    assert lead.first_name == "Maria"


def test_without_script_the_page_comes_back(lead: Lead, rep: User, client_for: ClientFor) -> None:
    client = client_for(rep)
    added = client.post(url("note", lead), {"text": "Hello"})
    assert added.headers["Location"] == url("lead", lead)
    empty = client.post(url("note", lead), {"text": " "})
    assert empty.status_code == 422
    assert "This field is required" in empty.content.decode()
    assert "<html" in empty.content.decode()


def test_lost_needs_its_reason_on_the_page_too(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    refused = client.post(url("move", lead), {"stage": "lost"}, headers=HTMX)
    assert refused.status_code == 422
    assert "Say why it is lost" in refused.content.decode()
    client.post(url("move", lead), {"stage": "lost", "reason": "Price"}, headers=HTMX)
    lead.refresh_from_db()
    assert (lead.stage, lead.close_reason) == ("lost", "Price")


def test_a_call_is_asked_for_and_the_gate_decides_later(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    client_for(rep).post(url("call", lead), {"kind": "ai"}, headers=HTMX)
    dial = lead.dials.get()
    assert (dial.kind, dial.user, dial.phone) == (DialKind.AI, rep, MARIA)


def test_consent_is_put_down_with_its_words(lead: Lead, rep: User, client_for: ClientFor) -> None:
    client = client_for(rep)
    data = {"kind": "ai_voice", "is_given": "yes", "wording": "I agree.", "proof": "Form 7"}
    client.post(url("consent", lead), data, headers=HTMX)
    assert consents_of(lead) == {"ai_voice": True}
    client.post(url("consent", lead), {**data, "is_given": "no"}, headers=HTMX)
    assert consents_of(lead) == {"ai_voice": False}
    row = lead.consents.first()
    assert row is not None
    assert (row.wording, row.proof, row.by) == ("I agree.", "Form 7", rep)
    bare = client.post(url("consent", lead), {"kind": "sms", "is_given": "yes"}, headers=HTMX)
    assert bare.status_code == 422


def test_left_in_peace_from_the_page(lead: Lead, rep: User, client_for: ClientFor) -> None:
    told = client_for(rep).post(url("never_call", lead), headers=HTMX).content.decode()
    assert is_suppressed(lead.business, phone=MARIA)
    assert "Must not be called or written to." in told
    assert url("call", lead) not in told


def test_who_agreed_to_the_agents_calls_only_is_called_by_the_agent_only(
    lead: Lead, rep: User, client_for: ClientFor
) -> None:
    national = DoNotCallList.objects.create(
        business=lead.business, name="National", kind=ListKind.NATIONAL, as_of=NOW
    )
    DoNotCallEntry.objects.create(list=national, phone=MARIA)
    client, by_rep, by_agent = client_for(rep), 'value="rep"', 'value="ai"'
    page = client.get(url("lead", lead)).content.decode()
    assert (by_rep in page, by_agent in page) == (False, False)
    assert "Must not be called." in page
    record_consent(lead, ConsentKind.AI_VOICE, is_given=True, wording="So.")
    page = client.get(url("lead", lead)).content.decode()
    assert (by_rep in page, by_agent in page) == (False, True)
    assert "Only the agent may call." in page and "Must not be called." not in page


def test_an_outcome_does_what_it_says(lead: Lead, rep: User, client_for: ClientFor) -> None:
    client = client_for(rep)
    missing = client.post(url("outcome", lead), {"outcome": "magic"}, headers=HTMX)
    assert missing.status_code == 404
    client.post(url("outcome", lead), {"outcome": "talked", "note": "Nice."}, headers=HTMX)
    lead.refresh_from_db()
    assert (lead.stage, lead.outcomes.get().note) == ("contacted", "Nice.")


def test_a_contact_comes_and_goes(
    lead: Lead, other_business: Business, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    client.post(url("add_contact", lead), {"name": "Luis", "phone": "4155550142"}, headers=HTMX)
    contact = lead.contacts.get()
    elsewhere = create_lead(other_business, source=LeadSource.API, first_name="X")
    theirs = contacts.add_contact(elsewhere, name="Y")
    wrong = client.post(url("remove_contact", lead, theirs.public_id), headers=HTMX)
    assert wrong.status_code == 404
    client.post(url("remove_contact", lead, contact.public_id), headers=HTMX)
    assert not lead.contacts.exists()


@pytest.mark.parametrize(("name", "status"), cases(CHANGING))
@pytest.mark.parametrize("answer", ["accept", "dismiss"])
def test_opportunities_are_settled(
    answer: str,
    name: str,
    status: int,
    opportunity: Opportunity,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    address = reverse("leads:settle_opportunity", args=[opportunity.public_id, answer])
    client = client_for(visitor(name, request))
    assert client.post(address, {"amount": "20000"}, headers=HTMX).status_code == status
    opportunity.refresh_from_db()
    assert (opportunity.status != "proposed") is (status == 200)


# ---------------------------------------------------------------- merging


@pytest.fixture
def double(lead: Lead) -> Lead:
    return create_lead(
        lead.business, source=LeadSource.API, first_name="Mary", email="m@example.com"
    )


@pytest.mark.parametrize(("name", "status"), cases(CHANGING))
def test_who_may_compare(
    name: str,
    status: int,
    lead: Lead,
    double: Lead,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    client = client_for(visitor(name, request))
    assert client.get(url("merge", lead, double.public_id)).status_code == status


def test_two_are_compared_merged_and_taken_apart(
    lead: Lead, double: Lead, rep: User, client_for: ClientFor
) -> None:
    client = client_for(rep)
    preview = client.get(url("merge", lead, double.public_id)).content.decode()
    assert "m@example.com" in preview and "1 lead event" in preview
    client.post(url("merge", lead, double.public_id), {"first_name": "absorbed"})
    lead.refresh_from_db()
    assert (lead.first_name, lead.email) == ("Mary", "")
    gone = client.get(url("lead", double))
    assert gone.headers["Location"] == url("lead", lead)
    assert "became part of this lead" in client.get(url("lead", lead)).content.decode()
    listed = client.get(reverse("leads:duplicates")).content.decode()
    assert "Merged before" in listed
    client.post(reverse("leads:undo_merge", args=[Merge.objects.get().public_id]))
    assert Lead.objects.count() == 2


@pytest.mark.parametrize(("name", "status"), cases({**CHANGING, "superuser": 302}))
def test_who_may_undo(
    name: str,
    status: int,
    lead: Lead,
    double: Lead,
    client_for: ClientFor,
    request: pytest.FixtureRequest,
) -> None:
    merged = merge(lead, double)
    expected = 302 if status == 200 else status
    address = reverse("leads:undo_merge", args=[merged.public_id])
    assert client_for(visitor(name, request)).post(address).status_code == expected


def test_a_lead_of_another_business_cannot_be_merged(
    lead: Lead, other_business: Business, rep: User, client_for: ClientFor
) -> None:
    elsewhere = create_lead(other_business, source=LeadSource.API, first_name="X")
    response = client_for(rep).post(url("merge", lead, elsewhere.public_id))
    assert response.status_code == 404


def test_duplicates_are_listed(lead: Lead, rep: User, auditor: User, client_for: ClientFor) -> None:
    other = create_lead(lead.business, source=LeadSource.API, first_name="Mary")
    other.facts = {"callback_phone": MARIA}
    other.save()
    told = client_for(rep).get(reverse("leads:duplicates")).content.decode()
    assert url("merge", lead, other.public_id) in told
    assert client_for(auditor).get(reverse("leads:duplicates")).status_code == 403
