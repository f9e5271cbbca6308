"""Salesforce's rows and questions, as pure functions and against a local server."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leads.crm.base import Record
from leads.crm.salesforce import (
    CONTACT,
    LEAD,
    SalesforceCrm,
    address_parts,
    one_line,
    record_of,
    row_of,
    search,
)
from leads.outside.account import Account
from leads.outside.errors import ChangedMeanwhile
from leads.tests.conftest import MARIA, NOW
from leads.tests.vendors.salesforce import CREDENTIALS, SalesforceServer
from leads.tests.vendors.server import Answer, Seen
from salesdesk.lib.errors import InvalidInput, ProviderError
from salesdesk.lib.secrets import encrypt

CONTACT_ROW = {
    "attributes": {"type": "Contact", "url": "/services/data/v59.0/sobjects/Contact/003A"},
    "Id": "003Ws00000ABCDEIA5",
    "FirstName": "Maria",
    "LastName": "Lopez",
    "Phone": None,
    "MobilePhone": "(415) 555-0199 ext. 2",
    "Email": "maria@example.com",
    "MailingStreet": "12 Oak Street\r\nApt 4",
    "MailingCity": "Oakland",
    "MailingState": "CA",
    "MailingPostalCode": "94607",
    "LastModifiedDate": "2026-11-20T15:00:00.000+0000",
}


@pytest.fixture
def crm(salesforce: SalesforceServer) -> SalesforceCrm:
    return SalesforceCrm(Account(1, encrypt(json.dumps(CREDENTIALS))), **salesforce.options)


def test_a_row_becomes_a_record() -> None:
    row = {**CONTACT_ROW, "MobilePhone": "(415) 555-0199"}

    assert record_of(CONTACT, row) == Record(
        "003Ws00000ABCDEIA5",
        "contact",
        {
            "first_name": "Maria",
            "last_name": "Lopez",
            "phone": MARIA,
            "email": "maria@example.com",
            "address": "12 Oak Street Apt 4, Oakland, CA 94607",
        },
        (MARIA,),
        datetime(2026, 11, 20, 15, tzinfo=UTC),
    )


@pytest.mark.parametrize("spoiled", [{"Id": "003"}, {"LastModifiedDate": "x", "Id": "003"}])
def test_a_row_without_what_was_asked_for_is_an_error(spoiled: dict[str, Any]) -> None:
    with pytest.raises(ProviderError, match="nobody understands"):
        record_of(CONTACT, spoiled)


@pytest.mark.parametrize(
    "line", ["12 Oak Street, Oakland, CA 94607", "1 Elm Road", "Hauptstr. 1, 10115 Berlin", ""]
)
def test_an_address_comes_back_as_it_was_written(line: str) -> None:
    assert one_line([part or "" for part in address_parts(line).values()]) == line


def test_an_address_of_the_us_has_its_columns() -> None:
    assert row_of(LEAD, {"address": "12 Oak Street, Oakland, CA 94607-1234"}) == {
        "Street": "12 Oak Street",
        "City": "Oakland",
        "State": "CA",
        "PostalCode": "94607-1234",
    }


def test_a_contact_has_no_stage() -> None:
    with pytest.raises(InvalidInput, match="A contact in Salesforce has no stage"):
        row_of(CONTACT, {"stage": "Hot"})


def test_what_is_searched_for_cannot_leave_its_quotes() -> None:
    soql = search(CONTACT, "", "x' OR Email != '")

    assert r"Email = 'x\' OR Email != \''" in soql


@pytest.mark.parametrize("written", ["(415) 555-0199", "415.555.0199", "+1 415 555 0199"])
def test_a_number_is_found_as_people_wrote_it(
    crm: SalesforceCrm, salesforce: SalesforceServer, written: str
) -> None:
    key = salesforce.add("Contact", LastName="Lopez", MobilePhone=written)
    salesforce.add("Contact", LastName="Other", Phone="(415) 555-0199 0")

    found = crm.find(phone=MARIA)

    assert found is not None
    assert found.id == key


def test_a_contact_comes_before_a_lead(crm: SalesforceCrm, salesforce: SalesforceServer) -> None:
    salesforce.add("Lead", LastName="Lopez", Email="maria@example.com")
    contact = salesforce.add("Contact", LastName="Lopez", Email="maria@example.com")
    salesforce.add("Lead", LastName="Lopez", Email="maria@example.com")

    found = crm.find(email="maria@example.com")

    assert found is not None
    assert (found.id, found.kind) == (contact, "contact")


def test_a_lead_that_became_a_contact_is_no_lead_any_more(
    crm: SalesforceCrm, salesforce: SalesforceServer
) -> None:
    key = salesforce.add("Lead", LastName="Lopez", Email="maria@example.com")
    salesforce.change("Lead", key, IsConverted=True)

    assert crm.read(key) is None
    assert crm.find(email="maria@example.com") is None


def test_the_open_opportunity_of_a_contact_is_read_and_changed(
    crm: SalesforceCrm, salesforce: SalesforceServer
) -> None:
    contact = salesforce.add("Contact", LastName="Lopez")
    row = {"Name": "Roof", "StageName": "Proposal", "Amount": 18000.0, "IsClosed": False}
    key = salesforce.add("Opportunity", CloseDate="2026-12-31", **row)
    salesforce.roles.append((key, contact))

    found = crm.opportunity(contact)
    assert found is not None
    assert found.fields == {
        "name": "Roof",
        "stage": "Proposal",
        "amount": "18000.00",
        "close_date": "2026-12-31",
    }
    changed = crm.update(found.id, {"amount": "20000", "stage": "Won"}, found.fields)
    assert (changed.fields["amount"], changed.fields["stage"]) == ("20000.00", "Won")
    assert salesforce.rows["Opportunity"][key]["Amount"] == 20000


def test_an_event_is_of_the_person(crm: SalesforceCrm, salesforce: SalesforceServer) -> None:
    contact = salesforce.add("Contact", LastName="Lopez")

    key = crm.log_event(contact, "Call", "Wants slate.", NOW)

    row = salesforce.rows["Event"][key]
    assert (row["WhoId"], row["Subject"], row["Description"], row["StartDateTime"]) == (
        contact,
        "Call",
        "Wants slate.",
        "2026-11-20T15:00:00Z",
    )


class Meddling(SalesforceServer):
    """Somebody changes the record between our reading and our writing, ``times`` times."""

    times = 0

    def answer(self, request: Seen) -> Answer:
        if request.method == "PATCH" and self.times:
            self.times -= 1
            [key] = self.rows["Contact"]
            self.change("Contact", key, FirstName="Mary", LastName="Perez")
        return super().answer(request)


def test_who_changes_it_while_we_write_is_not_overwritten() -> None:
    with Meddling() as server:
        crm = SalesforceCrm(Account(1, encrypt(json.dumps(CREDENTIALS))), **server.options)
        key = server.add("Contact", FirstName="Maria", LastName="Lopez")
        known = crm.read(key)
        assert known is not None
        server.times = 1

        changed = crm.update(key, {"first_name": "Marie", "email": "m@x.com"}, known.fields)

        assert [clash.field for clash in changed.conflicts] == ["first_name"]
        assert (changed.fields["first_name"], changed.fields["email"]) == ("Mary", "m@x.com")


def test_who_changes_it_again_and_again_is_told() -> None:
    with Meddling() as server:
        crm = SalesforceCrm(Account(1, encrypt(json.dumps(CREDENTIALS))), **server.options)
        key = server.add("Contact", FirstName="Maria", LastName="Lopez")
        server.times = 9

        with pytest.raises(ChangedMeanwhile, match="somebody has just changed"):
            crm.update(key, {"email": "m@x.com"}, {})


def test_an_expired_token_is_asked_for_anew_once(
    crm: SalesforceCrm, salesforce: SalesforceServer
) -> None:
    crm.check()
    salesforce.token = "another"

    crm.check()

    tokens = [each for each in salesforce.seen if each.path.endswith("/token")]
    assert len(tokens) == 2
