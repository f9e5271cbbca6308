"""From a conversation that is over to what is proposed of it."""

from decimal import Decimal

import pytest

from leads.enums import LeadSource, OpportunityFinder
from leads.models import Lead, Opportunity
from leads.services import create_lead
from salesdesk.assistant.analysis.opportunities import Line
from salesdesk.assistant.enums import Author, Channel
from salesdesk.assistant.models import Message, Thread
from salesdesk.assistant.opportunities import propose_from
from salesdesk.assistant.tasks import find_opportunities
from salesdesk.businesses.models import Business


@pytest.fixture
def lead(business: Business) -> Lead:
    return create_lead(business, source=LeadSource.TEXT, first_name="Maria")


@pytest.fixture
def thread(lead: Lead) -> Thread:
    made = Thread.objects.create(
        business=lead.business, channel=Channel.CHAT, conversation="t1", lead=lead
    )
    said = ((Author.AGENT, "Hello!"), (Author.CUSTOMER, "I need a new roof for $18,000."))
    for sequence, (author, text) in enumerate(said):
        Message.objects.create(thread=made, sequence=sequence, author=author, text=text)
    return made


def test_a_conversation_in_writing_is_looked_through(thread: Thread, lead: Lead) -> None:
    find_opportunities(thread.public_id)
    find_opportunities(thread.public_id)
    told = Opportunity.objects.get()
    assert (told.lead, told.topic, told.amount) == (lead, "Roof", Decimal(18000))
    assert (told.quote, told.conversation) == ("I need a new roof for $18,000.", "t1")
    assert told.found_by == OpportunityFinder.RULES


@pytest.mark.parametrize(
    "values", [{"lead": None}, {"channel": Channel.REHEARSAL}], ids=["nobody known", "rehearsal"]
)
def test_what_is_nobodys_or_a_rehearsal_is_left_alone(
    values: dict[str, object], thread: Thread
) -> None:
    Thread.objects.update(**values)
    find_opportunities(thread.public_id)
    assert not Opportunity.objects.exists()


def test_a_conversation_that_is_gone_is_no_fault(db: None) -> None:
    find_opportunities("gone")
    assert not Opportunity.objects.exists()


def test_without_a_word_of_the_customer_nothing_is_asked(lead: Lead) -> None:
    assert propose_from(lead, "c1", [Line(False, "Do you need a new roof?")]) == []
