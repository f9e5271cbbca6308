from typing import Any

import pytest

from leads import contacts
from leads.enums import LeadSource
from leads.merging.finding import doubles_of, groups_of
from leads.models import Lead
from leads.services import create_lead, merge_facts
from leads.tests.conftest import MARIA
from salesdesk.businesses.models import Business


def made(business: Business, **values: Any) -> Lead:
    return create_lead(business, source=LeadSource.API, **{"first_name": "Mary", **values})


def test_nobody_is_a_double_of_nobody(lead: Lead) -> None:
    made(lead.business)
    assert doubles_of(lead) == []
    assert groups_of(lead.business) == []


@pytest.mark.parametrize(
    ("key", "value"), [("callback_phone", MARIA), ("other_email", "Maria@Example.com")]
)
def test_what_was_captured_as_theirs_counts(lead: Lead, key: str, value: str) -> None:
    lead.email = "maria@example.com"
    lead.save()
    other = merge_facts(made(lead.business), {key: value})
    assert doubles_of(lead) == [other]
    assert doubles_of(other) == [lead]
    [group] = groups_of(lead.business)
    assert group.leads == (lead, other)


def test_a_contact_who_is_the_lead_counts_and_another_person_does_not(lead: Lead) -> None:
    other = made(lead.business)
    contact = contacts.add_contact(other, name="Maria", phone=MARIA)
    assert doubles_of(lead) == []
    contact.is_lead = True  # the services refuse it by now; rows from before may be so
    contact.save()
    assert doubles_of(lead) == [other]
    assert doubles_of(other) == [lead]
    assert [group.leads for group in groups_of(lead.business)] == [(lead, other)]


def test_the_same_leads_are_one_group(lead: Lead) -> None:
    lead.email = "maria@example.com"
    lead.save()
    merge_facts(made(lead.business), {"callback_phone": MARIA, "other_email": "maria@example.com"})
    assert len(groups_of(lead.business)) == 1


def test_another_business_has_its_own_people(lead: Lead, other_business: Business) -> None:
    made(other_business, phone=MARIA)
    assert doubles_of(lead) == []
    assert groups_of(lead.business) == []


def test_an_address_that_only_has_the_same_words_is_another(lead: Lead) -> None:
    one = made(lead.business, email="ann.lee@example.com")
    made(lead.business, email="lee.ann@example.com")
    assert doubles_of(one) == []
