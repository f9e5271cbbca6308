"""Dials become calls, and calls tell their dials."""

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from calls import services as calls
from calls.dialling import placing, reporting, tasks
from calls.dialling.peace import hang_up_suppressed
from calls.enums import CallStatus, EndReason
from calls.models import Call
from calls.tests.carrier import ScriptedCarrier
from conftest import CUSTOMER_NUMBER, MakeCall
from leads.dialing import services as dialing
from leads.enums import (
    DialKind,
    DialOrigin,
    DialResult,
    DialStatus,
    LeadSource,
    SuppressionSource,
)
from leads.gate.services import DialRefused
from leads.models import Dial, DialDecision, DialRules, Lead
from leads.services import create_lead, merge_facts, suppress, update_lead
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import NotAllowed, ProviderError

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_gate")]

STAFF = SuppressionSource.STAFF


@pytest.fixture
def lead(business: Business) -> Lead:
    source = LeadSource.MANUAL
    return create_lead(business, source=source, first_name="Maria", phone=CUSTOMER_NUMBER)


@pytest.fixture
def dial(lead: Lead) -> Dial:
    return dialing.request_dial(lead, kind=DialKind.AI, origin=DialOrigin.CADENCE)


def placed(dial: Dial) -> Call:
    placing.place_dial(dial.public_id)
    dial.refresh_from_db()
    return Call.objects.get(public_id=dial.call_id)


# ---------------------------------------------------------------- placing


def test_a_dial_is_placed_with_its_line_in_the_ledger(dial: Dial, carrier: ScriptedCarrier) -> None:
    call = placed(dial)
    assert (dial.status, call.to_number) == (DialStatus.PLACED, CUSTOMER_NUMBER)
    assert call.metadata["decision"] == DialDecision.objects.get().public_id
    assert [order.to for order in carrier.dialled] == [CUSTOMER_NUMBER]


def test_a_dial_is_placed_once_however_often_it_is_asked_for(
    dial: Dial, carrier: ScriptedCarrier
) -> None:
    for _ in range(3):
        tasks.place(dial.public_id)
    assert len(carrier.dialled) == 1
    tasks.place("nothing")


def test_the_gate_is_asked_at_the_moment_of_dialling(
    dial: Dial, lead: Lead, carrier: ScriptedCarrier
) -> None:
    suppress(lead.business, phone=lead.phone, source=STAFF)
    placing.place_dial(dial.public_id)
    dial.refresh_from_db()
    assert (dial.status, dial.result) == (DialStatus.BLOCKED, DialResult.BLOCKED)
    assert dial.decision is not None
    assert dial.decision.reasons == ["do_not_call_number"]
    assert not carrier.dialled
    assert not Call.objects.exists()


def test_who_opts_out_between_the_gate_and_the_carrier_is_not_dialled(
    dial: Dial, carrier: ScriptedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = dialing.ask_gate

    def ask_and_opt_out(dial: Dial, **how: Any) -> DialDecision:
        decision = ask(dial, **how)
        assert decision.allowed
        suppress(dial.business, phone=dial.phone, source=STAFF)
        return decision

    monkeypatch.setattr(dialing, "ask_gate", ask_and_opt_out)
    placing.place_dial(dial.public_id)
    dial.refresh_from_db()
    assert (dial.status, carrier.dialled) == (DialStatus.BLOCKED, [])
    assert [line.allowed for line in DialDecision.objects.order_by("pk")] == [True, False]


def test_the_carriers_refusal_is_told_by_the_dial(dial: Dial, carrier: ScriptedCarrier) -> None:
    carrier.refusal = ProviderError("No such number can be called.")
    placing.place_dial(dial.public_id)
    dial.refresh_from_db()
    assert (dial.status, dial.error) == (DialStatus.FAILED, "No such number can be called.")


def test_a_kind_that_nobody_places_fails_with_a_sentence(
    dial: Dial, carrier: ScriptedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "PLACERS", {})
    placing.place_dial(dial.public_id)
    dial.refresh_from_db()
    assert dial.status == DialStatus.FAILED
    assert "AI agent" in dial.error


def test_due_dials_are_placed_in_the_background(
    dial: Dial, carrier: ScriptedCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.place, "delay", tasks.place)
    tasks.place_due()
    assert len(carrier.dialled) == 1


# ---------------------------------------------------------------- by hand


def test_a_person_dials_this_moment(lead: Lead, rep: User, carrier: ScriptedCarrier) -> None:
    call = placing.dial_now(lead.business, "(415) 555-0199", user=rep)
    dial = Dial.objects.get()
    assert (dial.call_id, dial.lead, dial.user) == (call.public_id, lead, rep)
    assert (dial.origin, dial.status) == (DialOrigin.MANUAL, DialStatus.PLACED)
    assert call.placed_by == rep


def test_a_person_is_told_why_not(lead: Lead, rep: User, carrier: ScriptedCarrier) -> None:
    suppress(lead.business, phone=lead.phone, source=STAFF)
    with pytest.raises(DialRefused, match="must not be called") as refusal:
        placing.dial_now(lead.business, lead.phone, user=rep)
    dial = Dial.objects.get()
    assert (dial.status, dial.decision) == (DialStatus.BLOCKED, refusal.value.decision)
    assert not carrier.dialled


def test_only_who_may_overrides(
    lead: Lead, rep: User, manager: User, open_gate: DialRules, carrier: ScriptedCarrier
) -> None:
    DialRules.objects.filter(pk=open_gate.pk).update(ai_needs_consent=True)
    with pytest.raises(NotAllowed):
        placing.dial_now(lead.business, lead.phone, user=rep, override_reason="Because.")
    assert not carrier.dialled
    placing.dial_now(lead.business, lead.phone, user=manager, override_reason="Because.")
    assert len(carrier.dialled) == 1


# ---------------------------------------------------------------- reporting


@pytest.mark.parametrize(
    ("status", "told", "result"),
    [
        (CallStatus.BUSY, DialStatus.ENDED, DialResult.BUSY),
        (CallStatus.NO_ANSWER, DialStatus.ENDED, DialResult.NO_ANSWER),
        (CallStatus.CANCELED, DialStatus.ENDED, DialResult.NO_ANSWER),
        (CallStatus.FAILED, DialStatus.FAILED, DialResult.FAILED),
        (CallStatus.COMPLETED, DialStatus.ENDED, DialResult.NO_ANSWER),
        (CallStatus.IN_PROGRESS, DialStatus.ANSWERED, ""),
    ],
)
def test_where_the_call_is_the_dial_is(
    dial: Dial,
    carrier: ScriptedCarrier,
    status: CallStatus,
    told: DialStatus,
    result: str,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    call = placed(dial)
    with django_capture_on_commit_callbacks(execute=True):
        calls.advance_call(call, status)
    dial.refresh_from_db()
    assert (dial.status, dial.result) == (told, result)


def test_a_call_that_was_talked_in_was_answered(dial: Dial, carrier: ScriptedCarrier) -> None:
    call = placed(dial)
    for status in (CallStatus.RINGING, CallStatus.IN_PROGRESS, CallStatus.COMPLETED):
        calls.advance_call(call, status)
        reporting.tell_dial(call.public_id)
    dial.refresh_from_db()
    assert (dial.status, dial.result) == (DialStatus.ENDED, DialResult.ANSWERED)
    assert dial.answered_at is not None


def test_an_inbound_call_has_no_dial(make_call: MakeCall) -> None:
    reporting.tell_dial(make_call().public_id)
    reporting.tell_dial("nothing")
    assert not Dial.objects.exists()


# ---------------------------------------------------------------- opting out


def suppressed(business: Business, **named: Any) -> None:
    for row in suppress(business, **named, source=STAFF):
        hang_up_suppressed(row.pk)


@pytest.mark.parametrize("how", ["phone", "lead", "company"])
def test_a_phone_that_rings_is_hung_up(
    how: str, dial: Dial, lead: Lead, carrier: ScriptedCarrier
) -> None:
    update_lead(lead, company="Acme")
    call = placed(dial)
    named = {"phone": lead.phone, "lead": lead, "company": "ACME, Inc."}
    suppressed(lead.business, **{how: named[how]})
    call.refresh_from_db()
    assert (carrier.hung_up, call.end_reason) == ([call.sid], EndReason.SUPPRESSED)

    calls.advance_call(call, CallStatus.CANCELED)
    reporting.tell_dial(call.public_id)
    dial.refresh_from_db()
    assert (dial.status, dial.result) == (DialStatus.ENDED, DialResult.BLOCKED)


def test_a_phone_that_rings_is_hung_up_when_another_number_of_theirs_is_closed(
    dial: Dial, lead: Lead, carrier: ScriptedCarrier
) -> None:
    merge_facts(lead, {"callback_phone": "+14155550199"})
    call = placed(dial)
    suppressed(lead.business, phone="+14155550199")
    assert carrier.hung_up == [call.sid]


def test_who_talks_already_is_not_cut_off(dial: Dial, lead: Lead, carrier: ScriptedCarrier) -> None:
    """They may have said it in this very call, and are told goodbye."""
    call = placed(dial)
    calls.advance_call(call, CallStatus.IN_PROGRESS)
    suppressed(lead.business, phone=lead.phone)
    assert carrier.hung_up == []


def test_others_ring_on(dial: Dial, lead: Lead, carrier: ScriptedCarrier) -> None:
    placed(dial)
    suppressed(lead.business, phone="+14155550177", company="Acme")
    assert carrier.hung_up == []


def test_a_carrier_that_cannot_hang_up_is_no_error(
    dial: Dial, lead: Lead, carrier: ScriptedCarrier, caplog: pytest.LogCaptureFixture
) -> None:
    call = placed(dial)
    carrier.refusal = ProviderError("Twilio could not be reached.")
    suppressed(lead.business, phone=lead.phone)
    call.refresh_from_db()
    assert call.end_reason == EndReason.SUPPRESSED  # who answers is hung up on by the webhook
    assert "goes on" in caplog.text
    assert lead.phone not in caplog.text


def test_who_answers_a_call_that_must_not_be_is_hung_up_on(
    dial: Dial, lead: Lead, carrier: ScriptedCarrier, client: Any
) -> None:
    call = placed(dial)
    carrier.refusal = ProviderError("Twilio could not be reached.")
    suppressed(lead.business, phone=lead.phone)
    carrier.refusal = None
    answer = client.post(
        f"/twilio/voice/?call={call.public_id}",
        {"CallSid": call.sid, "Direction": "outbound-api"},
        headers={"X-Twilio-Signature": "valid"},
    )
    assert "<Hangup" in answer.content.decode()
    assert "<Connect" not in answer.content.decode()
