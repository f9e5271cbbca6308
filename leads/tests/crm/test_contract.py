"""What every CRM does alike: the desk itself, and Salesforce against a local server."""

import json
from datetime import timedelta

import pytest

from leads.crm.base import CRM
from leads.crm.internal import DeskCrm
from leads.crm.salesforce import SalesforceCrm
from leads.models import Lead
from leads.outside.account import Account
from leads.outside.errors import Gone
from leads.tests.conftest import MARIA, NOW
from leads.tests.vendors.salesforce import CREDENTIALS, SalesforceServer
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import InvalidInput
from salesdesk.lib.secrets import encrypt

pytestmark = pytest.mark.django_db
WHO = {"first_name": "Maria", "last_name": "Lopez", "phone": MARIA, "email": "maria@example.com"}


@pytest.fixture(params=["internal", "salesforce"])
def crm(request: pytest.FixtureRequest, business: Business) -> CRM:
    if request.param == "internal":
        return DeskCrm(Account(business.pk))
    server: SalesforceServer = request.getfixturevalue("salesforce")
    account = Account(business.pk, encrypt(json.dumps(CREDENTIALS)))
    return SalesforceCrm(account, **server.options)


def test_it_answers(crm: CRM) -> None:
    crm.check()


def test_nobody_is_found_where_nobody_is(crm: CRM) -> None:
    assert crm.find(phone=MARIA) is None
    assert crm.find(email="maria@example.com") is None
    assert crm.find() is None


def test_who_is_created_is_found_by_number_and_address(crm: CRM) -> None:
    made = crm.create({**WHO, "address": "12 Oak Street, Oakland, CA 94607", "company": "Lopez"})

    assert {**made.fields, **WHO} == made.fields
    assert made.fields["address"] == "12 Oak Street, Oakland, CA 94607"
    assert (made.kind, made.phones) == ("lead", (MARIA,))
    assert crm.find(phone=MARIA) == crm.find(email="MARIA@example.com") == crm.read(made.id) == made


def test_another_one_is_not_found(crm: CRM) -> None:
    crm.create(WHO)

    assert crm.find(phone="+14155550198") is None
    assert crm.find(email="mario@example.com") is None


def test_what_stands_as_we_knew_it_is_changed(crm: CRM) -> None:
    made = crm.create(WHO)

    changed = crm.update(made.id, {"email": "m@example.com", "address": "1 Elm Road"}, made.fields)

    assert changed.conflicts == ()
    assert (changed.fields["email"], changed.fields["address"]) == ("m@example.com", "1 Elm Road")
    assert crm.read(made.id) == changed


def test_what_somebody_changed_there_is_left_and_told(crm: CRM) -> None:
    known = crm.create(WHO)
    crm.update(known.id, {"last_name": "Lopez-Diaz"}, known.fields)

    wanted = {"last_name": "Perez", "email": "m@example.com"}
    changed = crm.update(known.id, wanted, known.fields)

    assert (changed.fields["last_name"], changed.fields["email"]) == ("Lopez-Diaz", "m@example.com")
    [clash] = changed.conflicts
    assert (clash.field, clash.known, clash.theirs, clash.wanted) == (
        "last_name",
        "Lopez",
        "Lopez-Diaz",
        "Perez",
    )


def test_what_stands_there_already_is_no_conflict(crm: CRM) -> None:
    known = crm.create(WHO)
    crm.update(known.id, {"last_name": "Perez"}, known.fields)

    assert crm.update(known.id, {"last_name": "Perez"}, known.fields).conflicts == ()


def test_a_field_that_there_is_not_is_refused(crm: CRM) -> None:
    made = crm.create(WHO)

    with pytest.raises(InvalidInput):
        crm.update(made.id, {"shoe_size": "44"}, made.fields)


def test_what_is_gone_is_told(crm: CRM) -> None:
    assert crm.read("00Q999999999999999") is None
    assert crm.read("../../etc/passwd") is None
    assert crm.opportunity("00Q999999999999999") is None
    with pytest.raises(Gone):
        crm.update("00Q999999999999999", {"last_name": "Perez"}, {})


def test_events_are_kept(crm: CRM, business: Business) -> None:
    made = crm.create(WHO)

    keys = {
        crm.log_event(made.id, "Call", "Wants slate.", NOW + timedelta(minutes=each))
        for each in (0, 1)
    }

    assert len(keys) == 2
    assert Lead.objects.of(business).count() <= 1
