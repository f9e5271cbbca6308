"""A rep's phone and a lead's, rung one after the other and connected."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from calls.carriers.base import Detection
from calls.dialling import placing
from calls.dialling import rep as bridging
from calls.dialling.placing import place_dial
from calls.enums import BridgeStatus, CallStatus, EndReason, LegRole
from calls.models import Bridge, Call
from calls.tests.carrier import ScriptedCarrier
from leads.dialing.services import request_dial
from leads.enums import (
    DialKind,
    DialOrigin,
    DialResult,
    DialStatus,
    LeadSource,
    MachineAction,
    SuppressionSource,
)
from leads.models import Dial, DialDecision, DialRules, Lead
from leads.services import create_lead, suppress
from salesdesk.accounts.enums import CallBy
from salesdesk.accounts.models import User
from salesdesk.accounts.services import change_rep, rep_of
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError

pytestmark = pytest.mark.django_db

REP_PHONE, LEAD_PHONE = "+14155550177", "+14155550188"
NOON = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leads.gate.clock.now", lambda: NOON)


@pytest.fixture
def lead(business: Business) -> Lead:
    return create_lead(
        business, source=LeadSource.WEB_FORM, first_name="Ana", last_name="Ruiz", phone=LEAD_PHONE
    )


@pytest.fixture
def dial(lead: Lead, rep: User, carrier: ScriptedCarrier) -> Dial:
    change_rep(rep_of(rep, lead.business_id), phone=REP_PHONE, call_by=CallBy.BRIDGE)
    return request_dial(lead, kind=DialKind.REP, user=rep, origin=DialOrigin.READY)


@pytest.fixture
def bridge(dial: Dial) -> Bridge:
    """The rep's phone rings."""
    place_dial(dial.public_id)
    return Bridge.objects.get(dial=dial)


@pytest.fixture
def joined(bridge: Bridge) -> Bridge:
    """The rep has answered and pressed a key, and the lead's phone rings."""
    ask("answer", bridge)
    ask("pressed", bridge, Digits="1")
    bridge.refresh_from_db()
    return bridge


def ask(path: str, bridge: Bridge, sid: str = "", **told: str) -> list[ElementTree.Element]:
    """The verbs with which the rep's leg is answered."""
    url = f"/twilio/rep/{path}/?bridge={bridge.public_id}"
    return _verbs(_post(url, CallSid=sid or bridge.rep_sid or "", **told))


def tell_lead(call: Call, status: str) -> None:
    _post(f"/twilio/status/?call={call.public_id}", CallSid=call.sid or "", CallStatus=status)


def tell_who(call: Call, who: str) -> None:
    _post(f"/twilio/amd/?call={call.public_id}", CallSid=call.sid or "", AnsweredBy=who)


def _post(url: str, **told: str) -> HttpResponse:
    answer = Client().post(url, told, headers={"X-Twilio-Signature": "valid"})
    assert isinstance(answer, HttpResponse)
    return answer


def _verbs(answer: HttpResponse) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(answer.content)) if answer.content else []  # noqa: S314


def again(row: Any) -> Any:
    row.refresh_from_db()
    return row


def lead_call(bridge: Bridge) -> Call:
    assert bridge.call is not None
    return bridge.call


# ---------------------------------------------------------------- from ring to ring


def test_the_reps_phone_is_rung_first_and_nobody_else(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial
) -> None:
    (rung,) = carrier.dialled
    assert (rung.to, rung.from_) == (REP_PHONE, "+14155550100")
    assert rung.ring_seconds == bridging.REP_RINGS_FOR
    assert again(dial).status == DialStatus.QUEUED
    assert not DialDecision.objects.exists()


def test_the_rep_hears_who_it_is_and_nobody_else_is_rung(
    bridge: Bridge, carrier: ScriptedCarrier
) -> None:
    first, second, say, hangup = ask("answer", bridge)

    for gather in (first, second):
        assert (gather.tag, gather.get("numDigits")) == ("Gather", "1")
        assert gather[0].text == "Ana Ruiz, from the web form. Press 1 to be connected."
        assert (gather.get("action") or "").endswith(f"/pressed/?bridge={bridge.public_id}")
    assert (say.text, hangup.tag) == (bridging.NO_KEY_HEARD, "Hangup")
    assert again(bridge).status == BridgeStatus.ASKED
    assert [each.to for each in carrier.dialled] == [REP_PHONE]
    assert not DialDecision.objects.exists()


def test_a_voicemail_that_answers_for_the_rep_never_meets_the_lead(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial
) -> None:
    ask("answer", bridge)
    (hangup,) = ask("pressed", bridge, Digits="")
    ask("status", bridge, CallStatus="completed")

    assert hangup.tag == "Hangup"
    assert [each.to for each in carrier.dialled] == [REP_PHONE]
    assert again(dial).status == DialStatus.FAILED
    assert (dial.result, dial.error) == (DialResult.NOT_TAKEN, bridging.NO_KEY)
    (hangup,) = ask("pressed", bridge, Digits="1")
    assert hangup.tag == "Hangup"
    assert len(carrier.dialled) == 1


def test_without_the_key_press_the_lead_is_rung_when_the_phone_is_answered(
    bridge: Bridge, carrier: ScriptedCarrier
) -> None:
    DialRules.objects.create(business=bridge.dial.business, rep_presses_key=False)

    say, dialled = ask("answer", bridge)

    assert (say.text, dialled.tag) == ("Connecting you with Ana Ruiz.", "Dial")
    assert [each.to for each in carrier.dialled] == [REP_PHONE, LEAD_PHONE]


@pytest.mark.parametrize("key", ["1", "5", "#"])
def test_when_the_rep_presses_a_key_the_gate_decides_and_the_lead_is_rung(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial, rep: User, key: str
) -> None:
    ask("answer", bridge)
    say, dialled = ask("pressed", bridge, Digits=key)

    assert say.text == "Connecting you with Ana Ruiz."
    conference = dialled[0]
    assert (conference.tag, conference.text) == ("Conference", bridge.public_id)
    assert conference.get("endConferenceOnExit") == "true"
    assert [each.to for each in carrier.dialled] == [REP_PHONE, LEAD_PHONE]
    decision = DialDecision.objects.get()
    assert (decision.allowed, decision.user) == (True, rep)
    call = lead_call(again(bridge))
    assert again(dial).status == DialStatus.PLACED
    assert dial.call_id == call.public_id
    roles = dict(call.legs.values_list("role", "number"))
    assert roles == {LegRole.REP: REP_PHONE, LegRole.CUSTOMER: LEAD_PHONE}


def test_the_lead_who_answers_joins_the_same_conference(joined: Bridge) -> None:
    call = lead_call(joined)
    (dialled,) = _verbs(_post(f"/twilio/rep/lead/?call={call.public_id}", CallSid=call.sid or ""))

    assert dialled[0].text == joined.public_id
    assert dialled[0].get("endConferenceOnExit") == "true"


def test_the_dial_learns_what_its_call_came_to(
    joined: Bridge, dial: Dial, django_capture_on_commit_callbacks: Any
) -> None:
    for status in ("in-progress", "completed"):
        with django_capture_on_commit_callbacks(execute=True):
            tell_lead(lead_call(joined), status)

    assert (again(dial).status, dial.result) == (DialStatus.ENDED, "answered")


def test_a_key_that_is_told_twice_dials_once(joined: Bridge, carrier: ScriptedCarrier) -> None:
    for path in ("answer", "pressed"):
        dialled = ask(path, joined, Digits="1")[-1]
        assert dialled[0].text == joined.public_id

    assert len(carrier.dialled) == 2


# ---------------------------------------------------------------- refusals


def test_who_opted_out_meanwhile_is_not_rung(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial, lead: Lead
) -> None:
    suppress(lead.business, phone=LEAD_PHONE, source=SuppressionSource.CALLER)

    say, _ = ask("pressed", bridge, Digits="1")

    assert say.text == "This call is not allowed. This number must not be called."
    assert [each.to for each in carrier.dialled] == [REP_PHONE]
    assert again(dial).status == DialStatus.BLOCKED
    assert [each.allowed for each in DialDecision.objects.all()] == [False]


def test_a_carrier_that_refuses_the_lead_is_told_to_the_rep(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial
) -> None:
    carrier.refusal = ProviderError("Twilio has blocked calls to this number.")

    say, hangup = ask("pressed", bridge, Digits="1")

    assert say.text == "The call could not be placed. Twilio has blocked calls to this number."
    assert hangup.tag == "Hangup"
    assert (again(dial).status, dial.error) == (DialStatus.FAILED, carrier.refusal.message)


def test_without_a_phone_the_dial_says_so(lead: Lead, rep: User, carrier: ScriptedCarrier) -> None:
    dial = request_dial(lead, kind=DialKind.REP, user=rep, origin=DialOrigin.READY)
    place_dial(dial.public_id)

    assert (again(dial).status, dial.error) == (DialStatus.FAILED, bridging.NO_PHONE)
    assert carrier.dialled == []


def test_a_canceled_dial_rings_nobody_any_more(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial
) -> None:
    Dial.objects.filter(pk=dial.pk).update(status=DialStatus.CANCELED)

    say, _ = ask("pressed", bridge, Digits="1")

    assert say.text == "This call is not wanted any more."
    assert len(carrier.dialled) == 1


# ---------------------------------------------------------------- how it ends


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("busy", bridging.BUSY), ("no-answer", bridging.NOT_ANSWERED)],
)
def test_a_rep_who_is_not_reached_is_told_why(
    bridge: Bridge, dial: Dial, status: str, sentence: str
) -> None:
    ask("status", bridge, CallStatus=status)

    assert (again(dial).status, dial.error) == (DialStatus.FAILED, sentence)
    assert again(bridge).status == BridgeStatus.OVER
    (hangup,) = ask("answer", bridge)
    assert hangup.tag == "Hangup"


def test_when_the_rep_hangs_up_the_lead_is_hung_up_on(
    joined: Bridge, carrier: ScriptedCarrier
) -> None:
    ask("status", joined, CallStatus="completed")
    ask("status", joined, CallStatus="completed")

    call = again(lead_call(joined))
    assert carrier.hung_up == [call.sid]
    assert call.end_reason == "rep_hung_up"
    assert call.legs.get(role=LegRole.REP).status == CallStatus.COMPLETED


@pytest.mark.parametrize(
    ("status", "result", "sentence"),
    [("busy", "busy", "The line is busy."), ("no-answer", "no_answer", "Nobody answered.")],
)
def test_a_lead_who_is_not_reached_is_told_to_the_rep(
    joined: Bridge,
    carrier: ScriptedCarrier,
    dial: Dial,
    django_capture_on_commit_callbacks: Any,
    status: str,
    result: str,
    sentence: str,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        tell_lead(lead_call(joined), status)

    ((sid, url),) = carrier.redirected
    assert sid == joined.rep_sid
    assert url.endswith(f"/twilio/rep/unreached/?bridge={joined.public_id}")
    say, _ = ask("unreached", joined)
    assert say.text == sentence
    assert (again(dial).result, dial.status) == (result, DialStatus.ENDED)


def test_after_a_talk_the_rep_hears_nothing_more(
    joined: Bridge, carrier: ScriptedCarrier, django_capture_on_commit_callbacks: Any
) -> None:
    for status in ("in-progress", "completed"):
        with django_capture_on_commit_callbacks(execute=True):
            tell_lead(lead_call(joined), status)

    assert carrier.redirected == []


def test_a_lead_who_answers_when_the_rep_has_gone_is_hung_up_on(joined: Bridge) -> None:
    ask("status", joined, CallStatus="completed")
    call = lead_call(joined)

    (hangup,) = _verbs(_post(f"/twilio/rep/lead/?call={call.public_id}", CallSid=call.sid or ""))
    assert hangup.tag == "Hangup"


# ---------------------------------------------------------------- a machine at the lead's


def test_a_machine_at_the_leads_is_told_while_it_talks_and_is_the_result(
    joined: Bridge, dial: Dial, django_capture_on_commit_callbacks: Any
) -> None:
    call = lead_call(joined)
    with django_capture_on_commit_callbacks(execute=True):
        tell_lead(call, "in-progress")
        tell_who(call, "machine_start")
    assert (again(dial).status, dial.result) == (DialStatus.ANSWERED, DialResult.VOICEMAIL)

    with django_capture_on_commit_callbacks(execute=True):
        tell_lead(call, "completed")
    assert (again(dial).status, dial.result) == (DialStatus.ENDED, DialResult.VOICEMAIL)


@pytest.mark.parametrize("who", ["human", "unknown"])
def test_a_person_at_the_leads_changes_nothing(
    joined: Bridge, dial: Dial, django_capture_on_commit_callbacks: Any, who: str
) -> None:
    call = lead_call(joined)
    with django_capture_on_commit_callbacks(execute=True):
        tell_lead(call, "in-progress")
        tell_who(call, who)
        tell_lead(call, "completed")
    assert (again(dial).status, dial.result) == (DialStatus.ENDED, DialResult.ANSWERED)


def test_the_leads_leg_is_listened_to_without_waiting_for_a_beep(
    joined: Bridge, carrier: ScriptedCarrier
) -> None:
    rules = DialRules(business=joined.dial.business, on_machine=MachineAction.LEAVE_MESSAGE)
    rules.save()
    url = f"{settings.PUBLIC_URL}/twilio/amd/?call={lead_call(joined).public_id}"
    assert carrier.dialled[0].detection is None
    assert carrier.dialled[1].detection == Detection(url, waits_for_beep=False)


# ---------------------------------------------------------------- the rep hangs up


def test_a_rep_who_hangs_up_ends_both_legs(joined: Bridge, carrier: ScriptedCarrier) -> None:
    placing.end_dial(joined.dial.public_id)

    call = again(lead_call(joined))
    assert carrier.hung_up == [call.sid, joined.rep_sid]
    assert call.end_reason == EndReason.REP_HUNG_UP


@pytest.mark.parametrize("path", ["", "answer"])
def test_a_rep_who_hangs_up_before_the_lead_is_rung_calls_nobody(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial, path: str
) -> None:
    if path:
        ask(path, bridge)
    placing.end_dial(dial.public_id)
    ask("status", bridge, CallStatus="completed")

    assert carrier.hung_up == [bridge.rep_sid]
    assert (again(dial).status, dial.error) == (DialStatus.FAILED, bridging.HUNG_UP)
    (hangup,) = ask("pressed", bridge, Digits="1")
    assert (hangup.tag, len(carrier.dialled)) == ("Hangup", 1)


def test_a_rep_who_hangs_up_while_the_lead_is_dialled_leaves_nobody_ringing(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial
) -> None:
    ask("answer", bridge)
    carrier.meanwhile = lambda: placing.end_dial(dial.public_id)
    ask("pressed", bridge, Digits="1")

    call = lead_call(again(bridge))
    assert carrier.hung_up == [bridge.rep_sid, call.sid]
    assert again(call).end_reason == EndReason.REP_HUNG_UP
    assert (again(dial).status, dial.error) == (DialStatus.FAILED, bridging.HUNG_UP)


def test_a_phone_put_down_while_the_lead_is_dialled_leaves_nobody_ringing(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial
) -> None:
    ask("answer", bridge)
    carrier.meanwhile = lambda: ask("status", bridge, CallStatus="completed")
    ask("pressed", bridge, Digits="1")

    call = lead_call(again(bridge))
    assert carrier.hung_up == [call.sid]
    assert (again(dial).status, dial.error) == (DialStatus.FAILED, bridging.HUNG_UP)
    leg = call.legs.get(role=LegRole.REP)
    assert (leg.status, leg.ended_at) == (CallStatus.COMPLETED, again(bridge).ended_at)


@pytest.mark.parametrize("has_bridge", [True, False])
def test_a_rep_who_hangs_up_while_their_phone_is_placed_hears_it_stop(
    dial: Dial, carrier: ScriptedCarrier, monkeypatch: pytest.MonkeyPatch, has_bridge: bool
) -> None:
    def end() -> None:
        if not has_bridge:
            monkeypatch.setattr(Bridge.objects, "select_related", lambda *_: Bridge.objects.none())
        placing.end_dial(dial.public_id)
        monkeypatch.undo()

    carrier.meanwhile = end
    place_dial(dial.public_id)

    assert carrier.hung_up == [Bridge.objects.get(dial=dial).rep_sid]
    assert (again(dial).status, dial.error) == (DialStatus.FAILED, bridging.HUNG_UP)


def test_a_rep_who_hangs_up_when_asked_for_a_key_was_no_voicemail(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The carrier tells of the end before it has answered the request."""
    ask("answer", bridge)
    monkeypatch.setattr(
        carrier, "hang_up", lambda sid: ask("status", bridge, CallStatus="completed")
    )
    placing.end_dial(dial.public_id)

    assert (again(dial).result, dial.error) == (DialResult.FAILED, bridging.HUNG_UP)


def test_a_key_pressed_while_the_end_is_told_is_heeded_by_whoever_comes_first(
    bridge: Bridge, carrier: ScriptedCarrier, dial: Dial
) -> None:
    ask("answer", bridge)
    stale = Bridge.objects.select_related("dial", "call").get(pk=bridge.pk)
    ask("pressed", bridge, Digits="1")
    bridging.note_rep(stale, CallStatus.COMPLETED)

    assert carrier.hung_up == [lead_call(again(bridge)).sid]
    assert again(dial).result != DialResult.NOT_TAKEN


def test_a_carrier_that_does_not_hang_up_leaves_no_reason(
    joined: Bridge, carrier: ScriptedCarrier
) -> None:
    carrier.refusal = ProviderError("Twilio is away.")
    placing.end_dial(joined.dial.public_id)

    assert again(lead_call(joined)).end_reason == ""


def test_a_dial_that_waits_is_taken_back(dial: Dial, carrier: ScriptedCarrier) -> None:
    placing.end_dial(dial.public_id)
    place_dial(dial.public_id)

    assert again(dial).status == DialStatus.CANCELED
    assert carrier.dialled == []


def test_a_call_that_is_over_is_left_alone(joined: Bridge, carrier: ScriptedCarrier) -> None:
    ask("status", joined, CallStatus="completed")
    hung_up = list(carrier.hung_up)
    placing.end_dial(joined.dial.public_id)
    assert carrier.hung_up == hung_up


# ---------------------------------------------------------------- who asks


@pytest.mark.parametrize("path", ["answer", "pressed", "lead", "left", "unreached", "status"])
def test_unsigned_requests_are_refused(bridge: Bridge, path: str) -> None:
    url = f"/twilio/rep/{path}/?bridge={bridge.public_id}"
    answer = Client().post(url, {"CallSid": bridge.rep_sid or ""})

    assert answer.status_code == 403
    assert again(bridge).status == BridgeStatus.RINGING


def test_another_call_does_not_move_a_bridge(bridge: Bridge, carrier: ScriptedCarrier) -> None:
    (hangup,) = ask("answer", bridge, sid="CA" + "f" * 32)

    assert hangup.tag == "Hangup"
    assert len(carrier.dialled) == 1
