"""What an answering machine is told, and how it is spoken."""

import pytest

from calls.dialling.machines import message_for, spoken
from calls.models import Call
from calls.profiles import profile_of
from calls.services import DECISION
from conftest import BUSINESS_NUMBER, CUSTOMER_NUMBER, MakeCall
from leads.dialing.services import ask_gate, request_dial
from leads.enums import DialKind, DialOrigin, LeadSource, MachineAction
from leads.models import DialRules
from leads.services import create_lead
from salesdesk.businesses.models import Business

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("carrier")]

LEAVE = MachineAction.LEAVE_MESSAGE


@pytest.fixture
def call(business: Business, make_call: MakeCall, open_gate: DialRules) -> Call:
    """The agent's call to Daniel, from a dial that the gate allowed."""
    lead = create_lead(
        business, source=LeadSource.MANUAL, first_name="Daniel", phone=CUSTOMER_NUMBER
    )
    decision = ask_gate(request_dial(lead, kind=DialKind.AI, origin=DialOrigin.MANUAL))
    return make_call(
        business,
        direction="outbound",
        from_number=BUSINESS_NUMBER,
        metadata={DECISION: decision.public_id},
    )


def leave(rules: DialRules, message: str, action: MachineAction = LEAVE) -> None:
    rules.on_machine, rules.machine_message = action, message
    rules.save()


def test_the_message_names_lead_business_and_number(call: Call, open_gate: DialRules) -> None:
    leave(open_gate, "Hello {name}, this is {business}. Call {phone}.")
    assert call.business is not None
    assert message_for(call) == (
        f"Hello Daniel, this is {call.business.name}. Call {spoken(BUSINESS_NUMBER)}."
    )
    assert profile_of(call).machine_message == message_for(call)


def test_without_a_name_no_gap_is_left(call: Call, open_gate: DialRules) -> None:
    call.metadata = {}
    leave(open_gate, "Hello {name}, this is {business}: {phone}")
    assert message_for(call).startswith("Hello, this is ")


def test_what_a_lead_is_called_is_no_placeholder(call: Call, open_gate: DialRules) -> None:
    assert call.business is not None
    source, phone = LeadSource.WEB_FORM, "+14155550188"
    lead = create_lead(call.business, source=source, first_name="{name}", phone=phone)
    dial = request_dial(lead, kind=DialKind.AI, origin=DialOrigin.MANUAL)
    call.metadata = {DECISION: ask_gate(dial).public_id}
    leave(open_gate, "Hello {name}: {business} {phone}")
    assert message_for(call).startswith("Hello {name}:")


def test_none_is_left_unless_the_business_wants_it(call: Call, open_gate: DialRules) -> None:
    assert message_for(call) == ""
    leave(open_gate, "{business} {phone}", MachineAction.HANG_UP)
    assert message_for(call) == ""


def test_who_calls_us_is_told_none(
    business: Business, make_call: MakeCall, open_gate: DialRules
) -> None:
    leave(open_gate, "{business} {phone}")
    assert message_for(make_call(business)) == ""


@pytest.mark.parametrize(
    ("number", "words"),
    [("+14155550100", "4 1 5, 5 5 5, 0 1 0 0"), ("+447700900123", "4 4, 7 7 0 0, 9 0 0 1 2 3")],
)
def test_numbers_are_spoken_digit_by_digit(number: str, words: str) -> None:
    assert spoken(number) == words
