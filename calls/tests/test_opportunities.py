from calls.enums import CallStatus
from calls.tasks import find_opportunities
from conftest import CUSTOMER_NUMBER, MakeCall
from leads.enums import LeadSource
from leads.models import Opportunity
from leads.services import create_lead
from salesdesk.businesses.models import Business

SAID = [("agent", "Hello?"), ("caller", "My roof leaks, I need a new roof.")]


def test_a_call_that_is_over_is_looked_through(business: Business, make_call: MakeCall) -> None:
    lead = create_lead(business, source=LeadSource.API, phone=CUSTOMER_NUMBER)
    call = make_call(status=CallStatus.COMPLETED, said=SAID)
    find_opportunities(call.public_id)
    told = Opportunity.objects.get()
    assert (told.lead, told.conversation, told.topic) == (lead, call.public_id, "Roof")
    assert told.quote == SAID[1][1]


def test_a_caller_of_whom_nothing_is_known_is_left_alone(make_call: MakeCall) -> None:
    call = make_call(status=CallStatus.COMPLETED, said=SAID)
    find_opportunities(call.public_id)
    find_opportunities("gone")
    assert not Opportunity.objects.exists()
