"""Lists, filter and page of a lead say of everybody what the gate would."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from leads import contacts
from leads.barred import ENTERED, LISTED, OF_COMPANY, barred_keys, list_with, mark_barred
from leads.consent import record_consent
from leads.enums import (
    ConsentKind,
    ContactKind,
    DialKind,
    GateReason,
    LeadSource,
    ListKind,
    SuppressionSource,
)
from leads.gate.services import permit
from leads.lead_page import who_context
from leads.models import DoNotCallEntry, DoNotCallList, Lead
from leads.services import create_lead, is_left_in_peace, merge_facts, suppress, update_lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business

OTHER_NUMBER, TOLD_NUMBER, BROTHERS_NUMBER = "+14155550123", "+14155550124", "+14155550125"
ADDRESS = "maria@example.com"
IN_PEACE = {
    GateReason.DO_NOT_CALL_NUMBER,
    GateReason.DO_NOT_CALL_PERSON,
    GateReason.DO_NOT_CALL_COMPANY,
    GateReason.DO_NOT_CALL_LIST,
    GateReason.CONSENT_WITHDRAWN,
}
STAFF = SuppressionSource.STAFF


@pytest.fixture
def everywhere(lead: Lead) -> Lead:
    """Maria with all by which somebody can be named, and somebody else beside her."""
    account = contacts.create_account(lead.business, name="Acme Co. LLC")
    lead = update_lead(lead, email=ADDRESS, company="Tiffany & Co., Inc.", account=account)
    contacts.add_contact(lead, name="at work", phone=OTHER_NUMBER, is_lead=True)
    contacts.add_contact(lead, name="Her brother", phone=BROTHERS_NUMBER, email="b@example.com")
    create_lead(lead.business, source=LeadSource.API, first_name="Bob", phone="+14155550101")
    return merge_facts(lead, {"callback_phone": TOLD_NUMBER})


def marked(lead: Lead) -> Any:
    fresh: Any = Lead.objects.select_related("account").get(pk=lead.pk)
    mark_barred(lead.business, [fresh])
    return fresh


def barred(business: Business) -> set[int]:
    return set(Lead.objects.filter(pk__in=barred_keys(business)).values_list("pk", flat=True))


def reasons_against(lead: Lead, kind: DialKind) -> set[GateReason]:
    """Of being left in peace, as the gate has them."""
    decision = permit(lead.business, phone=lead.phone, lead=lead, kind=kind)
    return IN_PEACE & set(decision.gate_reasons)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"phone": MARIA}, ENTERED),
        ({"phone": OTHER_NUMBER}, ENTERED),
        ({"phone": TOLD_NUMBER}, ENTERED),
        ({"phone": BROTHERS_NUMBER}, ""),
        ({"email": ADDRESS}, ""),
        ({"email": "b@example.com"}, ""),
        ({"company": "TIFFANY & Co."}, ""),
        ({"company": "Tiffany & Co., Inc."}, OF_COMPANY),
        ({"company": "Tiffany"}, ""),
        ({"company": "Acme Co., Ltd."}, OF_COMPANY),
        ({"company": "Acme"}, ""),
        ({"company": "Acme Co. LLC Inc"}, ""),
    ],
)
def test_lists_filter_and_page_agree_with_the_gate(
    named: Mapping[str, Any], sentence: str, everywhere: Lead, rep: User
) -> None:
    suppress(everywhere.business, source=STAFF, **named)
    is_barred = bool(sentence)
    assert marked(everywhere).barred_by == sentence
    assert barred(everywhere.business) == ({everywhere.pk} if is_barred else set())
    assert who_context(rep, everywhere)["is_in_peace"] is is_barred
    assert is_left_in_peace(everywhere) is is_barred
    for kind in DialKind:
        assert bool(reasons_against(everywhere, kind)) is is_barred


def test_a_person_that_is_named_as_such_is_barred(everywhere: Lead, rep: User) -> None:
    suppress(everywhere.business, lead=everywhere, source=STAFF)
    assert marked(everywhere).barred_by == ENTERED
    assert barred(everywhere.business) == {everywhere.pk}
    assert who_context(rep, everywhere)["is_in_peace"]


@pytest.mark.parametrize(
    ("phone", "told", "at_work", "is_barred"),
    [
        ("", {}, False, True),
        ("", {"callback_phone": ""}, False, True),
        (MARIA, {}, False, False),
        ("", {"callback_phone": TOLD_NUMBER}, False, False),
        ("", {}, True, False),
    ],
)
def test_a_closed_address_bars_only_who_has_no_number(
    phone: str,
    told: Mapping[str, str],
    at_work: bool,
    is_barred: bool,
    business: Business,
    rep: User,
) -> None:
    lead = create_lead(business, source=LeadSource.API, email=ADDRESS, phone=phone)
    lead = merge_facts(lead, told)
    if at_work:
        contacts.add_contact(lead, name="at work", phone=OTHER_NUMBER, is_lead=True)
    suppress(business, email=ADDRESS, source=SuppressionSource.LINK)
    found = marked(lead)
    assert (found.barred_by, found.gets_no_mail) == ((ENTERED, False) if is_barred else ("", True))
    assert barred(business) == ({lead.pk} if is_barred else set())
    assert who_context(rep, lead)["is_in_peace"] is is_left_in_peace(lead) is is_barred


@pytest.mark.parametrize(
    ("answers", "rep_is_barred", "agent_is_barred"),
    [
        ((), True, True),
        (((ConsentKind.CALL, True),), False, False),
        (((ConsentKind.CALL, True), (ConsentKind.CALL, False)), True, True),
        (((ConsentKind.AI_VOICE, True),), True, False),
        (((ConsentKind.AI_VOICE, False),), True, True),
        (((ConsentKind.AI_VOICE, True), (ConsentKind.CALL, False)), True, True),
        (((ConsentKind.SMS, True),), True, True),
    ],
)
def test_a_number_on_a_list_may_be_called_in_the_way_agreed_to(
    answers: tuple[tuple[ConsentKind, bool], ...],
    rep_is_barred: bool,
    agent_is_barred: bool,
    lead: Lead,
    rep: User,
) -> None:
    national = DoNotCallList.objects.create(
        business=lead.business, name="National", kind=ListKind.NATIONAL, as_of=timezone.localdate()
    )
    DoNotCallEntry.objects.create(list=national, phone=MARIA)
    for kind, is_given in answers:
        record_consent(lead, kind, is_given=is_given, wording="So.")
    shown = who_context(rep, lead)
    assert (list_with(lead, ContactKind.REP) == national) is rep_is_barred
    assert (shown["do_not_call_list"] == national) is rep_is_barred
    assert shown["agent_may_call"] is not agent_is_barred
    assert marked(lead).barred_by == (LISTED if agent_is_barred else "")
    assert barred(lead.business) == ({lead.pk} if agent_is_barred else set())
    assert bool(reasons_against(lead, DialKind.REP)) is rep_is_barred
    assert bool(reasons_against(lead, DialKind.AI)) is agent_is_barred


def test_entries_of_another_business_do_not_count(
    everywhere: Lead, other_business: Business
) -> None:
    suppress(other_business, phone=OTHER_NUMBER, company="Acme Co. LLC", source=STAFF)
    suppress(other_business, phone=TOLD_NUMBER, source=STAFF)
    assert marked(everywhere).barred_by == ""
    assert not barred(everywhere.business)


def test_marking_costs_the_same_for_many(
    everywhere: Lead, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    suppress(everywhere.business, phone=OTHER_NUMBER, source=STAFF)
    create_lead(everywhere.business, source=LeadSource.API, first_name="Cy", company="Acme")
    leads = list(Lead.objects.select_related("account").order_by("pk"))
    for count in (1, 3):
        with django_assert_num_queries(3):
            mark_barred(everywhere.business, leads[:count])
        for each in leads:
            each._prefetched_objects_cache = {}  # type: ignore[attr-defined]
