"""The tools about the lead, and whose record they touch."""

from typing import Any

import pytest

from leads import services
from leads.enums import LeadEventKind, LeadSource
from leads.models import Lead, LeadEvent, Suppression
from leads.tests.conftest import MARIA
from leads.tests.tools.use import STAFF, context, refusal, use
from salesdesk.accounts.models import User
from salesdesk.assistant.tools.registry import describe, tools_for
from salesdesk.businesses.models import Business
from salesdesk.lib.tools import Trust

pytestmark = pytest.mark.django_db
JOHN = "+14155550177"


@pytest.fixture
def john(business: Business) -> Lead:
    """Another customer, whose record nobody else may see or touch."""
    lead = services.create_lead(
        business,
        source=LeadSource.CALL_IN,
        conversation="call0",
        first_name="John",
        last_name="Secret",
        phone=JOHN,
        email="john@example.com",
        address="1 Hidden Road",
    )
    services.add_note(lead, "Wants to sell his house.", conversation="call0")
    return lead


def untouched(lead: Lead) -> None:
    """Nothing of the lead has changed since it was made."""
    stored = Lead.objects.get(pk=lead.pk)
    for field in ("first_name", "last_name", "phone", "email", "address", "facts", "stage"):
        assert getattr(stored, field) == getattr(lead, field), field
    assert set(stored.events.values_list("conversation", flat=True)) <= {"call0"}


# ---------------------------------------------------------------- look_up_lead


def test_the_customer_is_known_by_their_number(lead: Lead) -> None:
    result = use(context(lead.business), "look_up_lead")
    assert result.data["lead"]["name"] == "Maria Lopez"
    fields = "id name first_name last_name phone email address stage facts".split()
    assert set(fields) <= set(result.data["lead"])
    assert "Maria Lopez; phone: +1 415-555-0199" in result.output


def test_nobody_is_known_of_an_unknown_number(business: Business) -> None:
    for phone in (MARIA, "", "anonymous"):
        result = use(context(business, customer_phone=phone), "look_up_lead")
        assert result.data == {"lead": None}


@pytest.mark.parametrize(
    "asked",
    [{"phone": JOHN}, {"email": "john@example.com"}, {"name": "John Secret"}],
)
@pytest.mark.parametrize("phone", [MARIA, ""])
def test_a_caller_never_sees_another_customer(
    lead: Lead, john: Lead, asked: dict[str, str], phone: str
) -> None:
    result = use(context(lead.business, customer_phone=phone), "look_up_lead", **asked)
    told = result.data["lead"]
    assert (told and told["id"]) == (lead.public_id if phone else None)
    assert "Secret" not in result.output and "Hidden" not in result.output


def test_staff_look_up_whomever_they_name(lead: Lead, john: Lead) -> None:
    staff = context(lead.business, **STAFF)
    for asked in ({"phone": "(415) 555-0177"}, {"email": "John@example.com"}, {"name": "secret"}):
        assert use(staff, "look_up_lead", **asked).data["lead"]["id"] == john.public_id
    assert use(staff, "look_up_lead").data["lead"] is None


def test_namesakes_are_told_apart_by_asking(lead: Lead) -> None:
    services.create_lead(lead.business, source=LeadSource.API, first_name="Maria", last_name="Diaz")
    result = use(context(lead.business, **STAFF), "look_up_lead", name="maria")
    assert (result.data["lead"], result.is_clarification) == (None, True)
    assert "Maria Lopez" in result.output and "Maria Diaz" in result.output


def test_another_businesss_leads_do_not_exist(lead: Lead, other_business: Business) -> None:
    assert use(context(other_business), "look_up_lead").data["lead"] is None
    staff = context(other_business, **STAFF)
    assert use(staff, "look_up_lead", phone=MARIA).data["lead"] is None
    assert refusal(staff, "customer_history", lead=lead.public_id)[0] == "refused"


# ---------------------------------------------------------------- update_lead


def test_what_was_said_is_written_down(lead: Lead) -> None:
    result = use(
        context(lead.business),
        "update_lead",
        address="12 Elm Street",
        email="Maria@Example.com",
        note="Has a dog.",
    )
    lead.refresh_from_db()
    assert (lead.first_name, lead.address, lead.email) == (
        "Maria",
        "12 Elm Street",
        "maria@example.com",
    )
    assert result.data["created"] is False
    assert lead.events.filter(kind="note", text="Has a dog.", conversation="call1").exists()


def test_an_unknown_caller_becomes_a_lead_once(business: Business) -> None:
    told = context(business)
    first = use(told, "update_lead", first_name="Maria")
    second = use(told, "update_lead", last_name="Lopez")
    assert (first.data["created"], second.data["created"]) == (True, False)
    lead = Lead.objects.get()
    assert (lead.name, lead.phone, lead.source) == ("Maria Lopez", MARIA, LeadSource.CALL_IN)


def test_a_withheld_number_gives_the_conversation_a_lead_of_its_own(business: Business) -> None:
    told = context(business, customer_phone="", channel="chat")
    use(told, "update_lead", first_name="Maria")
    use(told, "update_lead", phone="415 555 0199")
    use(context(business, customer_phone="", conversation_id="chat2"), "update_lead", address="A")
    lead, other = Lead.objects.order_by("pk")
    assert (lead.first_name, lead.phone, lead.source) == ("Maria", MARIA, LeadSource.TEXT)
    assert use(told, "look_up_lead").data["lead"]["id"] == lead.public_id
    assert (other.name, other.address) == ("", "A")


@pytest.mark.parametrize("phone", [MARIA, ""])
def test_a_caller_who_gives_anothers_number_and_address_changes_and_learns_nothing(
    lead: Lead, john: Lead, phone: str
) -> None:
    told = context(lead.business, customer_phone=phone)
    result = use(told, "update_lead", phone=JOHN, email="john@example.com", address="9 Oak")
    stranger = use(told, "update_lead", phone="+14155550166", email="new@example.com")
    untouched(john)
    assert "Secret" not in result.output and "Hidden" not in result.output
    assert result.data["lead"]["email"] == "john@example.com", "told like any other"
    assert result.data["lead"]["id"] != john.public_id
    assert result.output.split(".")[0] == stranger.output.split(".")[0]
    assert services.find_lead(lead.business, phone=JOHN) == john
    assert services.find_lead(lead.business, email="john@example.com") == john


def test_a_known_callers_own_number_is_not_replaced_by_what_is_said(lead: Lead) -> None:
    result = use(context(lead.business), "update_lead", phone="(415) 555-0166")
    lead.refresh_from_db()
    assert (lead.phone, lead.facts) == (MARIA, {"callback_phone": "+14155550166"})
    assert "+14155550166" in result.output


def test_who_gave_anothers_number_loses_the_record_when_they_call(business: Business) -> None:
    """A chat names a number; its owner then calls; the chat must not read what they tell."""
    chat = context(business, conversation_id="chat1", customer_phone="", channel="chat")
    use(chat, "update_lead", first_name="Mallory", phone=MARIA)
    call = context(business, conversation_id="call1")
    use(call, "update_lead", address="12 Elm Street")
    assert use(call, "look_up_lead").data["lead"]["address"] == "12 Elm Street"
    assert use(chat, "look_up_lead").data["lead"] is None
    assert use(chat, "customer_history").data["lead"] is None
    assert use(chat, "update_lead", address="Nowhere").data["created"] is True
    assert use(call, "look_up_lead").data["lead"]["address"] == "12 Elm Street"


def test_a_program_vouches_for_whom_it_names(lead: Lead) -> None:
    services.update_lead(lead, email="maria@example.com")
    business = lead.business
    found, is_new = services.ensure_lead(
        business, source=LeadSource.API, email="maria@example.com", conversation="chat1"
    )
    chat = context(business, conversation_id="chat1", customer_phone="", channel="api")
    assert (found, is_new) == (lead, False)
    assert use(chat, "look_up_lead").data["lead"]["id"] == lead.public_id


def test_staff_change_whom_they_name(lead: Lead, john: Lead, rep: User) -> None:
    staff = context(lead.business, **STAFF, user_id=rep.pk)
    use(staff, "update_lead", lead=john.public_id, company="Secret Inc.")
    made = use(staff, "update_lead", phone="+14155550166", first_name="Ann")
    assert Lead.objects.get(pk=john.pk).company == "Secret Inc."
    assert john.events.latest("pk").by == rep
    assert made.data["created"] is True
    assert Lead.objects.get(phone="+14155550166").source == LeadSource.MANUAL
    status, words = refusal(staff, "write_note", text="Whom?")
    assert (status, "look it up" in words) == ("refused", True)


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("update_lead", {"address": "9 Oak"}),
        ("customer_history", {}),
        ("write_note", {"text": "Hello."}),
        ("suppress", {"reason": "Spite."}),
        (
            "book_appointment",
            {"start": "2026-11-24T15:00:00-05:00", "purpose": "Inspection"},
        ),
    ],
)
@pytest.mark.parametrize("phone", [MARIA, ""])
def test_a_caller_cannot_name_another_lead_by_its_id(
    lead: Lead, john: Lead, tool: str, arguments: dict[str, Any], phone: str
) -> None:
    told = context(lead.business, customer_phone=phone)
    for unknown in (john.public_id, "0000000000000000"):
        words = refusal(told, tool, lead=unknown, **arguments)
        assert words == ("refused", "There is no such customer in this conversation.")
    untouched(john)
    assert not Suppression.objects.exists()


def test_a_caller_may_name_themselves(lead: Lead) -> None:
    use(context(lead.business), "write_note", lead=lead.public_id, text="Hello.")
    assert lead.events.filter(text="Hello.").count() == 1


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ({"first_name": "x" * 81}, "invalid"),
        ({"note": "x" * 2001}, "invalid"),
        ({"phone": "1" * 41}, "invalid"),
        ({"phone": "12"}, "refused"),
        ({"email": "nobody"}, "refused"),
        ({"first_name": 7}, "invalid"),
    ],
)
def test_what_cannot_be_is_told_in_words(
    lead: Lead, arguments: dict[str, Any], status: str
) -> None:
    assert refusal(context(lead.business), "update_lead", **arguments)[0] == status
    assert lead.events.exclude(kind=LeadEventKind.CREATED).count() == 0


def test_characters_that_cannot_be_stored_become_spaces(lead: Lead) -> None:
    use(context(lead.business), "update_lead", address="12\x00Elm\x1bStreet")
    lead.refresh_from_db()
    assert lead.address == "12 Elm Street"


# ---------------------------------------------------------------- customer_history


def test_history_leaves_out_what_staff_wrote_among_themselves(lead: Lead, rep: User) -> None:
    services.add_note(lead, "Pays late.", by=rep)
    services.add_note(lead, "Asked for slate.", conversation="call0")
    business = lead.business
    for_caller = use(context(business), "customer_history")
    for_staff = use(context(business, **STAFF), "customer_history", lead=lead.public_id)
    assert "slate" in for_caller.output and "Pays late" not in for_caller.output
    assert "Pays late" in for_staff.output
    assert [event["kind"] for event in for_caller.data["events"]] == ["note", "created"]


def test_there_is_no_history_of_nobody(business: Business) -> None:
    data = use(context(business), "customer_history").data
    assert data == {"appointments": [], "events": [], "lead": None}


# ---------------------------------------------------------------- notes, do not call


def test_a_note_that_is_written_again_is_kept_once(lead: Lead) -> None:
    for _ in range(2):
        assert use(context(lead.business), "write_note", text="Call after five.").data["written"]
    assert lead.events.filter(kind="note").count() == 1


@pytest.mark.parametrize(
    ("channel", "suppressed"),
    [
        ("call", [(MARIA, "")]),
        ("email", [("", "maria@example.com")]),
        ("all", [(MARIA, ""), ("", "maria@example.com")]),
    ],
)
def test_who_says_so_is_left_in_peace(
    lead: Lead, channel: str, suppressed: list[tuple[str, str]]
) -> None:
    services.update_lead(lead, email="maria@example.com")
    for _ in range(2):
        result = use(context(lead.business), "suppress", reason="Said stop.", channel=channel)
        assert result.data == {"suppressed": True}
    rows = Suppression.objects.order_by("pk")
    assert [(row.phone, row.email) for row in rows] == suppressed
    assert {(row.source, row.conversation) for row in rows} == {("caller", "call1")}


def test_an_unknown_caller_is_suppressed_by_their_number(business: Business) -> None:
    assert use(context(business), "suppress").data["suppressed"]
    assert services.is_suppressed(business, MARIA)
    assert not Lead.objects.exists()


def test_without_any_number_it_is_asked_for(business: Business) -> None:
    result = use(context(business, customer_phone=""), "suppress")
    assert (result.data["suppressed"], result.is_clarification) == (False, True)


def test_staff_suppress_another_lead(lead: Lead, john: Lead, rep: User) -> None:
    staff = context(lead.business, **STAFF, user_id=rep.pk)
    use(staff, "suppress", lead=john.public_id)
    row = Suppression.objects.get(phone=JOHN)
    assert (row.source, row.by) == ("staff", rep)
    assert not services.is_suppressed(lead.business, MARIA)


# ---------------------------------------------------------------- what models are told


def test_every_tool_says_what_its_fields_are_for(business: Business) -> None:
    ours = [
        tool
        for tool in tools_for(Trust.CALLER).values()
        if type(tool).__module__ in ("leads.tools.people", "leads.tools.visits")
    ]
    assert len(ours) == 10
    for tool in ours:
        told = describe(tool)
        assert len(str(told["description"])) > 40
        assert 2 <= tool.timeout_s <= 5
    assert {tool.name for tool in ours if not tool.changes} == {
        "look_up_lead",
        "customer_history",
        "find_slots",
    }


def test_events_of_two_conversations_are_kept_apart(lead: Lead) -> None:
    use(context(lead.business), "write_note", text="One.")
    use(context(lead.business, conversation_id="call2"), "write_note", text="Two.")
    notes = LeadEvent.objects.filter(kind="note").order_by("pk")
    assert [(note.conversation, note.text) for note in notes] == [
        ("call1", "One."),
        ("call2", "Two."),
    ]
