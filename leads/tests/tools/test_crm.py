"""The tools about the CRM, and whose records they touch."""

from typing import Any

import pytest

from leads.enums import LeadEventKind, LeadSource
from leads.models import Integration, Lead
from leads.outside import integrations
from leads.services import create_lead
from leads.tests.conftest import MARIA
from leads.tests.tools.use import STAFF, context, refusal, use
from leads.tests.vendors.salesforce import CREDENTIALS, SalesforceServer
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db
JOHNS = "+14155550177"


@pytest.fixture
def connected(business: Business, salesforce: SalesforceServer) -> SalesforceServer:
    integrations.set_credentials(business, "salesforce", CREDENTIALS)
    return salesforce


@pytest.fixture
def maria(connected: SalesforceServer, lead: Lead) -> str:
    row = {"FirstName": "Maria", "LastName": "Lopez", "Email": "maria@example.com"}
    return connected.add("Contact", Phone="(415) 555-0199", **row)


@pytest.fixture
def john(business: Business, connected: SalesforceServer) -> str:
    create_lead(business, source=LeadSource.API, first_name="John", phone=JOHNS)
    return connected.add("Contact", LastName="Secret", Phone="415 555 0177")


# ---------------------------------------------------------------- crm_read


def test_callers_read_their_own_data(business: Business, maria: str) -> None:
    result = use(context(business), "crm_read")

    assert result.data == {
        "found": True,
        "record": {
            "first_name": "Maria",
            "last_name": "Lopez",
            "company": "",
            "phone": MARIA,
            "email": "maria@example.com",
            "address": "",
        },
    }
    assert "maria@example.com" in result.output
    assert maria not in result.output


def test_callers_read_nobody_elses(business: Business, maria: str, john: str) -> None:
    johns = Lead.objects.get(phone=JOHNS)

    told = refusal(context(business), "crm_read", lead=johns.public_id)

    assert told == ("refused", "There is no such customer in this conversation.")


def test_who_is_not_in_the_crm_is_not_found(
    business: Business, connected: SalesforceServer, lead: Lead
) -> None:
    assert use(context(business), "crm_read").data == {"found": False, "record": {}}


def test_without_a_number_nobody_is_found(business: Business, maria: str) -> None:
    unknown = context(business, customer_phone="anonymous")

    assert use(unknown, "crm_read").data == {"found": False, "record": {}}


def test_staff_reads_whom_it_names_with_the_opportunity(
    business: Business, connected: SalesforceServer, john: str
) -> None:
    key = connected.add("Opportunity", Name="Roof", StageName="New", Amount=5.0, IsClosed=False)
    connected.roles.append((key, john))
    johns = Lead.objects.get(phone=JOHNS)

    record = use(context(business, **STAFF), "crm_read", lead=johns.public_id).data["record"]

    assert (record["id"], record["kind"], record["last_name"]) == (john, "contact", "Secret")
    assert record["opportunity"]["stage"] == "New"


def test_staff_must_say_whom_it_means(business: Business, connected: SalesforceServer) -> None:
    status, words = refusal(context(business, **STAFF), "crm_read")

    assert (status, "which lead" in words) == ("refused", True)


def test_a_crm_that_fails_is_told_in_words(
    business: Business, connected: SalesforceServer, maria: str
) -> None:
    connected.spoiled = (500, b"very-secret")

    _, words = refusal(context(business), "crm_read")

    assert "Salesforce has trouble at the moment." in words
    assert "secret" not in words


# ---------------------------------------------------------------- crm_update


def test_callers_change_what_is_theirs(
    business: Business, connected: SalesforceServer, maria: str, john: str
) -> None:
    fields = {"name": "Mary Lopez", "email": "Mary@Example.com", "address": "1 Elm Road"}

    result = use(context(business), "crm_update", fields=fields)

    row = connected.rows["Contact"][maria]
    told = [row[name] for name in ("FirstName", "LastName", "Email", "MailingStreet")]
    assert told == ["Mary", "Lopez", "mary@example.com", "1 Elm Road"]
    assert result.data["conflicts"] == []
    assert "id" not in result.data["record"]
    assert connected.rows["Contact"][john]["LastName"] == "Secret"


@pytest.mark.parametrize(
    "fields",
    [
        {"phone": "+14155550122"},
        {"stage": "Won"},
        {"opportunity_amount": "1"},
        {"OwnerId": "005"},
        {"email": "x@example.com", "company": "Evil"},
    ],
)
def test_callers_change_nothing_else(
    business: Business, connected: SalesforceServer, maria: str, fields: dict[str, str]
) -> None:
    status, words = refusal(context(business), "crm_update", fields=fields)

    assert (status, "cannot be changed here" in words) == ("refused", True)
    assert connected.requests("PATCH") == []


@pytest.mark.parametrize(
    "fields", [{}, {"name": "  "}, {"email": "no address"}, {"address": "x" * 301}]
)
def test_what_cannot_be_is_refused(
    business: Business, connected: SalesforceServer, maria: str, fields: dict[str, str]
) -> None:
    refusal(context(business), "crm_update", fields=fields)

    assert connected.requests("PATCH") == []


def test_a_conflict_is_told(business: Business, connected: SalesforceServer, maria: str) -> None:
    use(context(business), "crm_read")
    connected.change("Contact", maria, Email="new@example.com")

    result = use(context(business), "crm_update", fields={"email": "m@example.com"})

    assert result.data["conflicts"] == [
        {"field": "email", "theirs": "new@example.com", "wanted": "m@example.com"}
    ]
    assert "new@example.com" in result.output
    assert connected.rows["Contact"][maria]["Email"] == "new@example.com"


def test_staff_changes_more(business: Business, connected: SalesforceServer, john: str) -> None:
    johns = Lead.objects.get(phone=JOHNS)
    given: dict[str, Any] = {"lead": johns.public_id, "fields": {"phone": "(415) 555-0122"}}

    use(context(business, **STAFF), "crm_update", **given)

    assert connected.rows["Contact"][john]["Phone"] == "+14155550122"


def test_what_was_written_is_in_the_history_of_staff_only(business: Business, maria: str) -> None:
    use(context(business), "crm_update", fields={"note": "Wants slate."})

    event = Lead.objects.get(phone=MARIA).events.filter(kind=LeadEventKind.CRM).latest("pk")
    assert (event.text, event.conversation) == ("Written to Salesforce: note.", "call1")
    shown = use(context(business), "customer_history").data["events"]
    assert "crm" not in {each["kind"] for each in shown}


def test_without_an_outside_crm_the_desk_is_written(business: Business, lead: Lead) -> None:
    fields = {"email": "m@example.com", "note": "Wants slate."}

    result = use(context(business), "crm_update", fields=fields)

    stored = Lead.objects.get(pk=lead.pk)
    assert (stored.email, stored.crm_id) == ("m@example.com", "")
    assert result.data["record"]["email"] == "m@example.com"
    assert stored.events.filter(text="Note: Wants slate.").exists()


def test_an_address_of_another_lead_stays_theirs(business: Business, lead: Lead) -> None:
    create_lead(business, source=LeadSource.API, email="john@example.com")

    use(context(business), "crm_update", fields={"email": "john@example.com"})

    assert Lead.objects.get(pk=lead.pk).email == ""
    assert Lead.objects.filter(email="john@example.com").count() == 1


# ---------------------------------------------------------------- integrations_info


def test_callers_learn_what_is_connected(business: Business, connected: SalesforceServer) -> None:
    Integration.objects.update(error="Broken inside.")

    result = use(context(business), "integrations_info")

    told = {"name": "Salesforce", "purpose": "customers (CRM) and calendars"}
    assert result.data == {"integrations": [told]}
    assert "Broken" not in result.output


def test_staff_learns_what_is_wrong(business: Business, connected: SalesforceServer) -> None:
    Integration.objects.update(error="Broken inside.")

    [told] = use(context(business, **STAFF), "integrations_info", topic="crm").data["integrations"]

    assert (told["error"], told["checked_at"]) == ("Broken inside.", "")


def test_where_nothing_is_connected_that_is_said(
    business: Business, other_business: Business
) -> None:
    integrations.set_credentials(other_business, "salesforce", CREDENTIALS)

    result = use(context(business), "integrations_info")

    assert result.data == {"integrations": []}
    assert "No outside service is connected" in result.output
