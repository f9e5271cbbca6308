"""Asking the gate: what stands in the ledger, and who may use it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from conftest import BUSINESS_NUMBER, FRIDAY_NOON, POSTAL_ADDRESS
from leads.consent import record_consent
from leads.enums import (
    ConsentKind,
    ContactKind,
    DialKind,
    MessagePurpose,
    SuppressionSource,
)
from leads.enums import GateReason as Reason
from leads.gate.decide import decide
from leads.gate.facts import from_json
from leads.gate.services import FRESH, DialRefused, permit, permit_message, use
from leads.models import Attempt, Contact, DialDecision, DialRules, Lead
from leads.services import merge_facts, suppress, update_lead
from leads.tests.conftest import MARIA
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.businesses.services import set_postal_address
from salesdesk.lib.errors import Conflict, InvalidInput, NotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("daytime")]

OTHER_NUMBER = "+14155550177"
STAFF = SuppressionSource.STAFF


@pytest.fixture
def agreed(lead: Lead) -> Lead:
    record_consent(lead, ConsentKind.AI_VOICE, is_given=True, wording="I agree.", proof="form")
    return lead


def asked(lead: Lead, kind: DialKind = DialKind.AI, **how: Any) -> DialDecision:
    return permit(lead.business, phone=how.pop("phone", lead.phone), lead=lead, kind=kind, **how)


# ---------------------------------------------------------------- the ledger


def test_every_decision_is_a_line_with_its_facts(agreed: Lead) -> None:
    decision = asked(agreed)
    line = DialDecision.objects.get()
    assert (line.pk, line.allowed, line.reasons) == (decision.pk, True, [])
    assert (line.phone, line.caller, line.kind) == (MARIA, BUSINESS_NUMBER, ContactKind.AI)
    assert (line.lead, line.lead_name) == (agreed, "Maria Lopez")
    facts = from_json(line.facts)
    assert (facts.now, facts.zones) == (FRIDAY_NOON, ("America/Los_Angeles",))
    assert facts.states == ("CA",)
    assert decide(facts).allowed


def test_a_refusal_is_a_line_too(lead: Lead) -> None:
    decision = asked(lead)
    assert not decision.allowed
    assert decision.gate_reasons == (Reason.AI_CONSENT_MISSING,)
    assert decision.sentences == ["There is no consent to calls by an AI voice."]
    assert DialDecision.objects.filter(allowed=False).count() == 1


def test_what_is_no_number_is_refused_and_put_down(business: Business) -> None:
    decision = permit(business, phone="anonymous", kind=DialKind.REP)
    assert Reason.NOT_A_NUMBER in decision.gate_reasons
    assert decision.phone == "anonymous"


def test_a_lead_is_found_by_its_number(agreed: Lead) -> None:
    decision = permit(agreed.business, phone="(415) 555-0199", kind=DialKind.AI)
    assert (decision.lead, decision.allowed) == (agreed, True)


def test_the_line_outlives_lead_and_user(lead: Lead, manager: User) -> None:
    decision = permit(lead.business, phone=MARIA, lead=lead, kind=DialKind.REP, user=manager)
    lead.delete()
    manager.delete()
    line = DialDecision.objects.select_related("lead", "user").get(pk=decision.pk)
    assert (line.lead, line.user) == (None, None)
    assert (line.lead_name, line.user_name) == ("Maria Lopez", "Mary")


@pytest.mark.parametrize("table", ["leads_dialdecision", "leads_attempt"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET phone = 'x'", "DELETE FROM {}"], ids=["update", "delete"]
)
def test_postgres_itself_refuses_to_change_the_ledger(
    agreed: Lead, table: str, statement: str
) -> None:
    use(asked(agreed))
    with (
        pytest.raises(Error, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert DialDecision.objects.count() == Attempt.objects.count() == 1


@pytest.mark.parametrize("table", ["leads_dialdecision", "leads_attempt"])
def test_postgres_refuses_to_empty_the_ledger(agreed: Lead, table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER never_emptied")
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")


def test_the_triggers_hold_for_replication_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgname = 'append_only'")
        assert cursor.fetchall() == [("A",), ("A",)]


def test_the_orm_cannot_change_it_either(agreed: Lead) -> None:
    decision = asked(agreed)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        decision.delete()
    decision.allowed = False
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        decision.save()


# ---------------------------------------------------------------- whom


def test_a_suppressed_number_is_refused_however_it_is_written(agreed: Lead) -> None:
    suppress(agreed.business, phone=MARIA, source=STAFF)
    decision = permit(agreed.business, phone="415.555.0199", kind=DialKind.REP)
    assert decision.gate_reasons == (Reason.DO_NOT_CALL_NUMBER,)


def test_a_person_is_left_in_peace_at_every_number_of_theirs(agreed: Lead) -> None:
    Contact.objects.create(
        business=agreed.business, lead=agreed, phone=OTHER_NUMBER, is_lead=True, name="at work"
    )
    suppress(agreed.business, phone=OTHER_NUMBER, source=STAFF)
    assert asked(agreed).gate_reasons == (Reason.DO_NOT_CALL_PERSON,)


def test_a_number_that_was_only_told_counts_for_the_person(agreed: Lead) -> None:
    lead = merge_facts(agreed, {"callback_phone": OTHER_NUMBER})
    suppress(lead.business, phone=OTHER_NUMBER, source=STAFF)
    assert asked(lead).gate_reasons == (Reason.DO_NOT_CALL_PERSON,)


def test_a_person_can_be_left_in_peace_as_such(agreed: Lead) -> None:
    suppress(agreed.business, lead=agreed, source=STAFF)
    assert asked(agreed).gate_reasons == (Reason.DO_NOT_CALL_PERSON,)
    assert agreed.events.filter(text="Must not be contacted in any way.").count() == 1
    message = permit_message(agreed.business, lead=agreed, email="maria@example.com")
    assert message.gate_reasons == (Reason.DO_NOT_CALL_PERSON,)


def test_a_whole_company_is_left_in_peace(agreed: Lead) -> None:
    lead = update_lead(agreed, company="Acme Roofing, Inc.")
    suppress(lead.business, company="ACME Roofing", source=STAFF)
    assert asked(lead).gate_reasons == (Reason.DO_NOT_CALL_COMPANY,)
    assert lead.events.filter(text__startswith="Nobody at the company").count() == 1


def test_another_businesss_suppressions_do_not_count(
    agreed: Lead, other_business: Business
) -> None:
    suppress(other_business, phone=MARIA, source=STAFF)
    assert asked(agreed).allowed


def test_consent_can_be_withdrawn_and_given_anew(agreed: Lead) -> None:
    record_consent(agreed, ConsentKind.AI_VOICE, is_given=False)
    assert asked(agreed).gate_reasons == (Reason.CONSENT_WITHDRAWN,)
    assert asked(agreed, DialKind.REP).allowed
    record_consent(agreed, ConsentKind.AI_VOICE, is_given=True)
    assert asked(agreed).allowed


def test_the_businesss_own_numbers_are_not_called(agreed: Lead) -> None:
    decision = permit(agreed.business, phone=BUSINESS_NUMBER, kind=DialKind.REP)
    assert decision.gate_reasons == (Reason.OWN_NUMBER,)


def test_the_address_counts_beside_the_number(agreed: Lead) -> None:
    """A number of California and an address in New York: both clocks must allow it."""
    lead = update_lead(agreed, address="12 Elm St, Albany, NY 12207")
    facts = from_json(asked(lead).facts)
    assert set(facts.zones) == {"America/Los_Angeles", "America/New_York"}
    assert facts.states == ("CA", "NY")


# ---------------------------------------------------------------- callers


def test_a_business_without_number_cannot_call(make_business: object, agreed: Lead) -> None:
    agreed.business.numbers.all().delete()
    assert asked(agreed).gate_reasons == (Reason.CALLER_UNKNOWN,)


def test_the_calling_number_must_be_the_businesss_own(
    agreed: Lead, other_business: Business
) -> None:
    with pytest.raises(InvalidInput, match="not one of this business"):
        asked(agreed, caller="+13125550100")
    assert not DialDecision.objects.exists()


# ---------------------------------------------------------------- overriding


def test_a_manager_overrides_with_a_reason(lead: Lead, manager: User) -> None:
    decision = permit(
        lead.business,
        phone=MARIA,
        lead=lead,
        kind=DialKind.AI,
        user=manager,
        override_reason="  She asked\nfor it. ",
    )
    assert (decision.allowed, decision.overridden) == (True, True)
    assert decision.override_reason == "She asked for it."
    assert decision.gate_reasons == (Reason.AI_CONSENT_MISSING,)
    assert use(decision).decision == decision


@pytest.mark.parametrize("who", ["rep", "auditor", "outsider", None])
def test_others_cannot_override(
    who: str | None, lead: Lead, request: pytest.FixtureRequest
) -> None:
    user = request.getfixturevalue(who) if who else None
    with pytest.raises(NotAllowed):
        permit(
            lead.business, phone=MARIA, kind=DialKind.AI, user=user, override_reason="I want to."
        )


def test_nobody_overrides_a_do_not_call(lead: Lead, admin_user: User, superuser: User) -> None:
    suppress(lead.business, phone=MARIA, source=STAFF)
    for user in (admin_user, superuser):
        decision = permit(
            lead.business, phone=MARIA, kind=DialKind.AI, user=user, override_reason="Please."
        )
        assert (decision.allowed, decision.overridden) == (False, False)
        assert decision.override_reason == ""


def test_an_override_is_for_the_reasons_of_its_moment(lead: Lead, manager: User) -> None:
    """What comes up between the decision and the dialling was not overridden."""
    decision = permit(
        lead.business, phone=MARIA, kind=DialKind.AI, user=manager, override_reason="She asked."
    )
    DialRules.objects.create(business=lead.business, countries=["CA"])
    with pytest.raises(DialRefused) as refusal:
        use(decision)
    assert Reason.COUNTRY_NOT_ALLOWED in refusal.value.decision.gate_reasons


# ---------------------------------------------------------------- using


def test_a_decision_is_used_once(agreed: Lead) -> None:
    decision = asked(agreed)
    use(decision)
    with pytest.raises(Conflict, match="used already"):
        use(decision)


def test_a_refused_one_cannot_be_used(lead: Lead) -> None:
    with pytest.raises(DialRefused):
        use(asked(lead))
    assert not Attempt.objects.exists()


def test_an_old_one_cannot_be_used(agreed: Lead) -> None:
    decision = asked(agreed)
    decision.at = timezone.now() - FRESH - timedelta(seconds=1)
    with pytest.raises(Conflict, match="too old"):
        use(decision)


def test_what_was_dialled_counts(agreed: Lead) -> None:
    DialRules.objects.create(
        business=agreed.business, per_day=2, per_week=0, rest_minutes=0, caller_per_hour=0
    )
    for _ in range(2):
        use(asked(agreed))
    assert asked(agreed).gate_reasons == (Reason.TOO_MANY_TODAY,)
    other = permit(agreed.business, phone=OTHER_NUMBER, kind=DialKind.REP)
    assert other.allowed


def test_what_was_only_asked_does_not_count(agreed: Lead) -> None:
    DialRules.objects.create(business=agreed.business, per_day=1, rest_minutes=0)
    asked(agreed)
    assert asked(agreed).allowed


def test_numbers_rest(agreed: Lead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.gate.clock.now", lambda: FRIDAY_NOON)
    DialRules.objects.create(business=agreed.business, per_day=0, caller_per_hour=1)
    use(asked(agreed))
    found = set(asked(agreed).gate_reasons)
    assert found == {Reason.TOO_SOON_AGAIN, Reason.CALLER_TIRED}


# ---------------------------------------------------------------- messages


def test_messages_are_decided_and_put_down_too(agreed: Lead) -> None:
    business = agreed.business
    text = permit_message(business, lead=agreed, phone=MARIA)
    assert text.gate_reasons == (Reason.SMS_CONSENT_MISSING,)
    assert permit_message(business, phone=MARIA, purpose=MessagePurpose.SERVICE).allowed
    mail = permit_message(business, lead=agreed, email="Maria@Example.com")
    assert (mail.allowed, mail.email, mail.phone) == (True, "maria@example.com", "")
    assert DialDecision.objects.count() == 3


def test_advertising_by_mail_waits_for_a_postal_address(agreed: Lead) -> None:
    set_postal_address(agreed.business, "")
    mail: dict[str, Any] = {"lead": agreed, "email": "maria@example.com"}
    refused = permit_message(agreed.business, **mail)
    assert refused.gate_reasons == (Reason.POSTAL_ADDRESS_MISSING,)
    assert refused.facts["has_postal_address"] is False
    assert permit_message(agreed.business, **mail, purpose=MessagePurpose.SERVICE).allowed
    assert asked(agreed).allowed

    set_postal_address(agreed.business, POSTAL_ADDRESS)
    assert permit_message(agreed.business, **mail).allowed


def test_with_both_the_kind_says_what_is_meant(agreed: Lead) -> None:
    both: dict[str, Any] = {"phone": MARIA, "email": "maria@example.com"}
    text = permit_message(agreed.business, kind=ContactKind.SMS, **both)
    assert (text.kind, text.phone, text.email) == (ContactKind.SMS, MARIA, "")
    mail = permit_message(agreed.business, kind=ContactKind.EMAIL, **both)
    assert (mail.kind, mail.phone, mail.email) == (ContactKind.EMAIL, "", "maria@example.com")
    with pytest.raises(InvalidInput):
        permit_message(agreed.business, **both)
    with pytest.raises(InvalidInput):
        permit_message(agreed.business)


def test_a_suppressed_address_is_not_written_to_but_the_number_may_be_called(
    agreed: Lead,
) -> None:
    suppress(agreed.business, email="maria@example.com", source=STAFF)
    mail = permit_message(agreed.business, lead=agreed, email="Maria@example.com")
    assert mail.gate_reasons == (Reason.DO_NOT_WRITE,)
    assert asked(agreed).allowed
