"""A lead's record in the CRM: whose it is, what of it is written, and the history of that."""

import pytest

from leads.crm.services import NO_OPPORTUNITY, NOT_THEIRS, read_record, write_record
from leads.enums import LeadEventKind, LeadSource
from leads.models import Lead
from leads.outside import integrations
from leads.services import create_lead
from leads.tests.conftest import MARIA, NOW
from leads.tests.vendors.salesforce import CREDENTIALS, SalesforceServer
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput, NotFound, ProviderError

pytestmark = pytest.mark.django_db
OTHER = "+14155550188"


@pytest.fixture(autouse=True)
def connected(business: Business, salesforce: SalesforceServer) -> None:
    integrations.set_credentials(business, "salesforce", CREDENTIALS)


@pytest.fixture
def contact(salesforce: SalesforceServer) -> str:
    row = {"FirstName": "Maria", "LastName": "Lopez", "Email": "maria@example.com"}
    return salesforce.add("Contact", Phone="(415) 555-0199", **row)


def texts(lead: Lead) -> list[str]:
    events = lead.events.filter(kind=LeadEventKind.CRM).order_by("pk")
    return list(events.values_list("text", flat=True))


def test_a_lead_is_connected_with_the_record_of_its_number(lead: Lead, contact: str) -> None:
    found = read_record(lead, told=MARIA)

    assert found is not None
    assert found[0].id == contact
    stored = Lead.objects.get(pk=lead.pk)
    assert stored.crm_id == contact
    assert stored.crm_known[contact]["email"] == "maria@example.com"
    assert texts(lead) == ["Connected with a contact in Salesforce."]


def test_reading_again_leaves_no_trace(lead: Lead, contact: str) -> None:
    read_record(lead, told=MARIA)
    read_record(lead, told=MARIA)

    assert len(texts(lead)) == 1


def test_a_connected_record_is_found_without_its_number(
    lead: Lead, contact: str, salesforce: SalesforceServer
) -> None:
    read_record(lead)
    salesforce.change("Contact", contact, Phone="(415) 555-0188")

    found = read_record(Lead.objects.get(pk=lead.pk))

    assert found is not None
    assert found[0].phones == (OTHER,)


def test_an_address_that_was_only_said_leads_customers_to_nobodys_record(
    business: Business, contact: str, salesforce: SalesforceServer
) -> None:
    salesforce.change("Contact", contact, Phone=None)
    stranger = create_lead(
        business, source=LeadSource.CALL_IN, phone=OTHER, email="maria@example.com"
    )

    assert read_record(stranger, told=OTHER) is None
    assert read_record(stranger, told=OTHER) is None


def test_a_record_of_another_number_is_nobodys_who_calls(
    business: Business, contact: str, salesforce: SalesforceServer
) -> None:
    """Also when staff has connected it by an address that was only said."""
    stranger = create_lead(
        business, source=LeadSource.CALL_IN, phone=OTHER, email="maria@example.com"
    )
    assert read_record(stranger) is not None
    before = dict(salesforce.rows["Contact"][contact])

    with pytest.raises(NotFound, match="under the number"):
        read_record(stranger, told=OTHER)
    with pytest.raises(NotFound, match="under the number"):
        write_record(stranger, {"last_name": "Perez"}, told=OTHER, at=NOW)

    assert salesforce.rows["Contact"] == {contact: before}
    assert salesforce.rows["Lead"] == {}


def test_who_withholds_the_number_has_no_record(lead: Lead, contact: str) -> None:
    with pytest.raises(NotFound) as refused:
        read_record(lead, told="")

    assert refused.value.message == NOT_THEIRS


def test_who_is_not_there_is_made_once(lead: Lead, salesforce: SalesforceServer) -> None:
    write_record(lead, {"email": "m@example.com"}, told=MARIA, at=NOW)
    lead.refresh_from_db()
    write_record(lead, {"address": "1 Elm Road"}, told=MARIA, at=NOW)

    [row] = salesforce.rows["Lead"].values()
    told = [row[name] for name in ("FirstName", "LastName", "Phone", "Email", "Street")]
    assert told == ["Maria", "Lopez", MARIA, "m@example.com", "1 Elm Road"]


def test_what_was_written_stands_in_the_history(lead: Lead, contact: str, rep: User) -> None:
    fields = {"email": "m@example.com"}
    write_record(lead, fields, note="Wants slate.", conversation="call1", by=rep, at=NOW)

    event = lead.events.filter(kind=LeadEventKind.CRM).latest("pk")
    assert event.text == "Written to Salesforce: e-mail, note."
    assert (event.conversation, event.by) == ("call1", rep)
    assert event.data == {"record": contact, "written": ["email", "note"], "conflicts": []}


def test_what_changed_there_since_we_read_it_is_left_and_then_known(
    lead: Lead, contact: str, salesforce: SalesforceServer
) -> None:
    read_record(lead, told=MARIA)
    salesforce.change("Contact", contact, Email="new@example.com")

    record = write_record(lead, {"email": "m@example.com"}, told=MARIA, at=NOW)

    assert [clash.theirs for clash in record.conflicts] == ["new@example.com"]
    assert salesforce.rows["Contact"][contact]["Email"] == "new@example.com"
    assert texts(lead)[-1] == "Changed in Salesforce meanwhile, and left: e-mail."

    again = write_record(lead, {"email": "m@example.com"}, told=MARIA, at=NOW)
    assert again.conflicts == ()
    assert salesforce.rows["Contact"][contact]["Email"] == "m@example.com"


def test_a_note_becomes_an_event_there(
    lead: Lead, contact: str, salesforce: SalesforceServer
) -> None:
    write_record(lead, {}, note="Wants slate.", at=NOW)

    [event] = salesforce.rows["Event"].values()
    assert (event["WhoId"], event["Description"]) == (contact, "Wants slate.")


def test_the_opportunity_is_written_beside_the_person(
    lead: Lead, contact: str, salesforce: SalesforceServer
) -> None:
    key = salesforce.add("Opportunity", Name="Roof", StageName="New", Amount=1.0, IsClosed=False)
    salesforce.roles.append((key, contact))

    fields = {"email": "m@example.com", "opportunity_stage": "Proposal"}
    write_record(lead, fields, at=NOW)

    assert salesforce.rows["Opportunity"][key]["StageName"] == "Proposal"
    assert salesforce.rows["Contact"][contact]["Email"] == "m@example.com"


def test_without_an_opportunity_nothing_is_written(
    lead: Lead, contact: str, salesforce: SalesforceServer
) -> None:
    fields = {"email": "m@example.com", "opportunity_stage": "Proposal"}
    with pytest.raises(InvalidInput) as refused:
        write_record(lead, fields, at=NOW)

    assert refused.value.message == NO_OPPORTUNITY
    assert salesforce.rows["Contact"][contact]["Email"] == "maria@example.com"


def test_a_crm_that_fails_leaves_no_trace(
    lead: Lead, contact: str, salesforce: SalesforceServer
) -> None:
    salesforce.spoiled = (503, None)

    with pytest.raises(ProviderError, match="has trouble"):
        write_record(lead, {"email": "m@example.com"}, told=MARIA, at=NOW)

    assert texts(lead) == []
