from typing import Any

import pytest

from leads import contacts
from leads.enums import LeadSource, LeadStage, SuppressionSource
from leads.models import Contact, Lead
from leads.services import (
    create_lead,
    ensure_lead,
    find_lead,
    is_left_in_peace,
    suppress,
    update_lead,
)
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import Conflict, InvalidInput

JOHN, OFFICE = "+14155550142", "+14155550143"


# ---------------------------------------------------------------- accounts


def test_a_lead_is_put_into_an_account_that_is_made_once(lead: Lead, rep: User) -> None:
    other = create_lead(lead.business, source=LeadSource.API, first_name="John")
    one = contacts.put_into_account(lead, "Harbor Dental", by=rep)
    two = contacts.put_into_account(other, " harbor dental ")
    assert one.account is not None
    assert one.account == two.account
    assert one.account.name == "Harbor Dental"
    assert contacts.put_into_account(one, "").account is None


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("Harbor Group", {"harbor dental": "Their lawyer.", "harbor group": "Their lawyer."}),
        ("HARBOR dental, LLC", {"harbor dental": "Their lawyer."}),
        ("Known", {"harbor dental": "Their lawyer.", "known": "Of its own."}),
    ],
)
def test_a_renamed_company_is_left_in_peace_as_before(
    name: str, entries: dict[str, str], lead: Lead, rep: User, other_business: Business
) -> None:
    lead = contacts.put_into_account(lead, "Harbor Dental")
    assert lead.account is not None
    staff = SuppressionSource.STAFF
    suppress(lead.business, company="Known", reason="Of its own.", source=staff)
    suppress(lead.business, company="Harbor Dental", reason="Their lawyer.", source=staff)
    contacts.update_account(lead.account, name=name, by=rep)
    told = dict(lead.business.suppressions.values_list("company", "reason"))
    assert told == {"known": "Of its own.", **entries}
    assert is_left_in_peace(Lead.objects.get(pk=lead.pk))
    assert not other_business.suppressions.exists()


def test_who_may_be_called_may_be_after_a_change_of_name(lead: Lead) -> None:
    lead = contacts.put_into_account(lead, "Harbor Dental")
    assert lead.account is not None
    contacts.update_account(lead.account, name="Harbor Group")
    assert not lead.business.suppressions.exists()


def test_an_account_is_found_by_its_name_or_its_addresses(business: Business) -> None:
    account = contacts.create_account(business, name="Harbor Dental", domain="harbor.example")
    assert contacts.find_account(business, name="HARBOR DENTAL") == account
    assert contacts.find_account(business, email="Ann@Harbor.example") == account
    assert contacts.find_account(business, name="Harbor") is None


def test_a_domain_that_anybody_has_says_nothing(business: Business) -> None:
    contacts.create_account(business, name="Somebody", domain="gmail.com")
    assert contacts.find_account(business, email="ann@gmail.com") is None


def test_the_same_account_is_not_made_twice(business: Business) -> None:
    contacts.create_account(business, name="Harbor Dental")
    with pytest.raises(Conflict):
        contacts.create_account(business, name="harbor dental")


def test_an_account_of_another_business_is_refused(lead: Lead, other_business: Business) -> None:
    account = contacts.create_account(other_business, name="Harbor Dental")
    with pytest.raises(InvalidInput, match="does not belong"):
        update_lead(lead, account=account)


# ---------------------------------------------------------------- contacts


def test_a_contact_has_a_role_and_a_number_as_it_is_compared(lead: Lead, rep: User) -> None:
    contact = contacts.add_contact(lead, name="Luis", role="Husband", phone="415 555 0142", by=rep)
    assert (contact.phone, contact.role, contact.business) == (JOHN, "Husband", lead.business)
    told = lead.events.latest("pk")
    assert (told.text, told.by) == ("Added to the people: Luis, Husband.", rep)


@pytest.mark.parametrize(
    "values", [{}, {"role": "Boss"}, {"name": "x" * 161}, {"phone": "12"}, {"email": "nobody"}]
)
def test_a_contact_that_cannot_be_is_refused(lead: Lead, values: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        contacts.add_contact(lead, **values)
    assert not Contact.objects.exists()


def test_another_number_of_the_lead_leads_to_them(lead: Lead) -> None:
    contacts.add_contact(lead, phone=JOHN, is_lead=True)
    assert find_lead(lead.business, phone=JOHN) == lead
    assert ensure_lead(lead.business, source=LeadSource.CALL_IN, phone=JOHN) == (lead, False)


def test_the_number_of_somebody_else_does_not_lead_to_the_lead(lead: Lead) -> None:
    contacts.add_contact(lead, name="Luis", phone=JOHN)
    assert find_lead(lead.business, phone=JOHN) is None


def test_another_leads_number_cannot_be_taken(lead: Lead) -> None:
    create_lead(lead.business, source=LeadSource.API, phone=JOHN)
    with pytest.raises(Conflict, match="merge"):
        contacts.add_contact(lead, phone=JOHN, is_lead=True)


def test_an_account_has_contacts_but_no_further_numbers_of_its_own(business: Business) -> None:
    account = contacts.create_account(business, name="Harbor Dental")
    contact = contacts.add_contact(account, name="Reception", phone=OFFICE)
    assert contact.account == account
    with pytest.raises(InvalidInput):
        contacts.update_contact(contact, is_lead=True)


def test_what_is_taken_away_stays_in_the_history(lead: Lead) -> None:
    contact = contacts.add_contact(lead, name="Luis")
    contacts.remove_contact(contact)
    assert lead.contacts.count() == 0
    assert lead.events.latest("pk").text == "Taken away from the people: Luis."


# ---------------------------------------------------------------- what follows a change


def test_the_time_zone_comes_from_the_number_and_follows_it(lead: Lead) -> None:
    assert lead.time_zone == "America/Los_Angeles"
    lead = update_lead(lead, phone="+12125550100")
    lead.refresh_from_db()
    assert lead.time_zone == "America/New_York"


def test_a_time_zone_that_was_given_stays(lead: Lead) -> None:
    update_lead(lead, time_zone="America/Denver")
    lead = update_lead(lead, phone="+12125550100", address="1 Main St, Austin, TX")
    lead.refresh_from_db()
    assert lead.time_zone == "America/Denver"


def test_an_address_decides_where_somebody_is(lead: Lead) -> None:
    update_lead(lead, address="1 Main St, Springfield, IL 62701")
    lead.refresh_from_db()
    assert lead.time_zone == "America/Chicago"
    assert lead.phone == MARIA


def test_a_lead_is_closed_as_long_as_it_is_won_or_lost(lead: Lead) -> None:
    lead = update_lead(lead, stage=LeadStage.LOST, close_reason="Too expensive")
    assert lead.closed_at is not None
    lead = update_lead(lead, stage=LeadStage.CONTACTED)
    lead.refresh_from_db()
    assert (lead.closed_at, lead.close_reason) == (None, "")
