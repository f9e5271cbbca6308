"""Placing calls, ending them, and talking to their agent."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from pytest_django import Settings
from rest_framework.test import APIClient

from calls import push
from calls.carriers.base import Dial, get_carrier
from calls.enums import CallStatus, EndReason
from calls.models import Call, CallEvent
from calls.tests.carrier import ScriptedCarrier
from conftest import BUSINESS_NUMBER, OTHER_BUSINESS_NUMBER, MakeCall
from leads.enums import SuppressionSource
from leads.models import DialDecision, DialRules
from leads.services import suppress
from salesdesk.accounts.models import User
from salesdesk.businesses.models import Business
from salesdesk.lib.errors import ProviderError

ApiFor = Callable[[User | None], APIClient]
INITIATE = "/api/v1/calls/initiate"
CUSTOMER = "+14155550123"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("open_gate")]


def refusal(response: Any, status: int) -> Any:
    assert response.status_code == status, response.content
    return response.json()["error"]


# ---------------------------------------------------------------- placing


@pytest.mark.parametrize("member", ["admin_user", "manager", "rep", "superuser"])
def test_a_call_is_placed(
    member: str,
    request: pytest.FixtureRequest,
    business: Business,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
) -> None:
    user = request.getfixturevalue(member)

    response = api_for(user).post(INITIATE, {"business": business.public_id, "to": CUSTOMER})

    assert response.status_code == 201, response.content
    data = response.json()
    assert (data["direction"], data["status"]) == ("outbound", "initiated")
    assert (data["from_number"], data["to_number"]) == (BUSINESS_NUMBER, CUSTOMER)
    assert data["placed_by"] == {"email": user.email, "name": user.name}
    assert [(dial.to, dial.from_) for dial in carrier.dialled] == [(CUSTOMER, BUSINESS_NUMBER)]
    assert Call.objects.get(public_id=data["id"]).sid == data["sid"]


def test_the_calling_number_can_be_chosen(
    business: Business, rep: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    business.numbers.create(number="+14155550177")
    body = {"business": business.public_id, "to": CUSTOMER, "from": "(415) 555-0177"}

    assert api_for(rep).post(INITIATE, body).status_code == 201
    assert carrier.dialled[0].from_ == "+14155550177"


def test_a_number_of_somebody_else_is_no_calling_number(
    business: Business,
    other_business: Business,
    rep: User,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
) -> None:
    body = {"business": business.public_id, "to": CUSTOMER, "from": OTHER_BUSINESS_NUMBER}

    assert refusal(api_for(rep).post(INITIATE, body), 422)["code"] == "invalid"
    assert carrier.dialled == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"to": "12"}, "to"),
        ({"to": "+14155550123x" * 20}, "to"),
        ({"to": None}, "to"),
        ({"to": ["+14155550123"]}, "to"),
        ({"from": "nobody"}, "from"),
        ({"business": ""}, "business"),
        ({"business": "a\x00b"}, "business"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(
    change: dict[str, Any],
    field: str,
    business: Business,
    rep: User,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
) -> None:
    body = {"business": business.public_id, "to": CUSTOMER, **change}

    error = refusal(api_for(rep).post(INITIATE, body), 422)

    assert list(error["fields"]) == [field]
    assert carrier.dialled == []
    assert not Call.objects.exists()


def test_an_auditor_may_not_place_calls(
    business: Business, auditor: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    body = {"business": business.public_id, "to": CUSTOMER}

    assert refusal(api_for(auditor).post(INITIATE, body), 403)["code"] == "not_allowed"
    assert carrier.dialled == []


def test_nobody_calls_for_another_business(
    business: Business, outsider: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    body = {"business": business.public_id, "to": CUSTOMER}

    assert refusal(api_for(outsider).post(INITIATE, body), 404)["code"] == "not_found"
    assert refusal(api_for(None).post(INITIATE, body), 401)["code"] == "not_authenticated"
    assert carrier.dialled == []


def test_a_business_without_a_number_cannot_call(
    make_business: Callable[..., Business],
    superuser: User,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
) -> None:
    body = {"business": make_business("Silent").public_id, "to": CUSTOMER}

    error = refusal(api_for(superuser).post(INITIATE, body), 409)

    assert error["code"] == "dial_refused"
    assert "The business has no active number to call from." in error["message"]


def test_what_the_gate_refuses_is_told_in_sentences_and_not_dialled(
    business: Business, rep: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    suppress(business, phone=CUSTOMER, source=SuppressionSource.API)
    body = {"business": business.public_id, "to": CUSTOMER}

    error = refusal(api_for(rep).post(INITIATE, body), 409)

    assert error == {"code": "dial_refused", "message": "This number must not be called."}
    assert carrier.dialled == []
    assert not Call.objects.exists()


def test_a_manager_may_override_with_a_reason_and_a_rep_may_not(
    business: Business,
    rep: User,
    manager: User,
    open_gate: DialRules,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
) -> None:
    DialRules.objects.filter(pk=open_gate.pk).update(ai_needs_consent=True)
    asked = "She asked for this call in writing."
    body = {"business": business.public_id, "to": CUSTOMER, "override_reason": asked}

    assert refusal(api_for(rep).post(INITIATE, body), 403)["code"] == "not_allowed"
    assert carrier.dialled == []

    assert api_for(manager).post(INITIATE, body).status_code == 201
    decision = DialDecision.objects.get()
    assert (decision.allowed, decision.overridden, decision.user) == (True, True, manager)
    assert decision.override_reason == asked
    assert decision.reasons == ["ai_consent_missing"]


def test_without_a_carrier_the_refusal_says_what_is_missing(
    business: Business, rep: User, settings: Settings, api_for: ApiFor
) -> None:
    settings.TWILIO_ACCOUNT_SID = settings.TWILIO_AUTH_TOKEN = ""
    get_carrier.cache_clear()

    error = refusal(
        api_for(rep).post(INITIATE, {"business": business.public_id, "to": CUSTOMER}), 409
    )

    assert error["code"] == "not_configured"
    assert "TWILIO_ACCOUNT_SID" in error["message"]


def test_the_carriers_refusal_is_passed_on_and_kept(
    business: Business, rep: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    carrier.refusal = ProviderError("Twilio has blocked calls to this number.")

    error = refusal(
        api_for(rep).post(INITIATE, {"business": business.public_id, "to": CUSTOMER}), 502
    )

    assert error == {
        "code": "provider_error",
        "message": "Twilio has blocked calls to this number.",
    }
    call = Call.objects.get()
    assert (call.status, call.error) == (CallStatus.FAILED, error["message"])


# ---------------------------------------------------------------- the same request twice


def test_the_same_request_with_the_same_key_dials_once(
    business: Business, rep: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    api, body = api_for(rep), {"business": business.public_id, "to": CUSTOMER}

    first = api.post(INITIATE, body, headers={"Idempotency-Key": "a-1"})
    Call.objects.update(status=CallStatus.RINGING)
    again = api.post(f"{INITIATE}/", body, headers={"Idempotency-Key": "a-1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(carrier.dialled) == Call.objects.count() == 1


def test_a_key_stands_for_one_body_and_one_user(
    business: Business, rep: User, manager: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    key = {"Idempotency-Key": "a-1"}
    body = {"business": business.public_id, "to": CUSTOMER}
    api_for(rep).post(INITIATE, body, headers=key)

    other_body = api_for(rep).post(INITIATE, {**body, "to": "+14155550124"}, headers=key)
    another = {**body, "to": "+14155550125"}
    other_user = api_for(manager).post(INITIATE, another, headers=key)

    assert refusal(other_body, 409)["code"] == "conflict"
    assert other_user.status_code == 201
    assert [dial.to for dial in carrier.dialled] == [CUSTOMER, "+14155550125"]


def test_a_request_that_was_refused_leaves_its_key_free(
    business: Business, rep: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    key = {"Idempotency-Key": "a-1"}
    wrong = {"business": business.public_id, "to": "12"}
    assert api_for(rep).post(INITIATE, wrong, headers=key).status_code == 422

    right = api_for(rep).post(INITIATE, {**wrong, "to": CUSTOMER}, headers=key)

    assert right.status_code == 201
    assert len(carrier.dialled) == 1


def test_a_failure_of_the_carrier_is_repeated_not_retried(
    business: Business, rep: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    """Nobody knows whether a carrier that did not answer has dialled."""
    key = {"Idempotency-Key": "a-1"}
    body = {"business": business.public_id, "to": CUSTOMER}
    carrier.refusal = ProviderError("Twilio could not be reached.", retryable=True)
    first = api_for(rep).post(INITIATE, body, headers=key)
    carrier.refusal = None

    again = api_for(rep).post(INITIATE, body, headers=key)

    assert refusal(first, 502) == refusal(again, 502)
    assert carrier.dialled == []


def test_a_request_whose_twin_is_under_way_is_refused(
    business: Business,
    rep: User,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api, body = api_for(rep), {"business": business.public_id, "to": CUSTOMER}
    answers: list[Any] = []

    def dial_while_the_twin_asks(dial: Dial) -> str:
        answers.append(_post(api, body))
        return "CA1"

    monkeypatch.setattr(carrier, "place", dial_while_the_twin_asks)
    first = _post(api, body)

    assert first.status_code == 201
    assert refusal(answers[0], 409)["code"] == "conflict"


def _post(api: APIClient, body: dict[str, str]) -> Any:
    return api.post(INITIATE, body, headers={"Idempotency-Key": "a-1"})


def test_a_key_has_a_longest_length(business: Business, rep: User, api_for: ApiFor) -> None:
    body = {"business": business.public_id, "to": CUSTOMER}

    refusal(api_for(rep).post(INITIATE, body, headers={"Idempotency-Key": "k" * 201}), 422)


# ---------------------------------------------------------------- ending


@pytest.mark.parametrize("member", ["admin_user", "manager", "superuser"])
def test_a_manager_ends_a_call(
    member: str,
    request: pytest.FixtureRequest,
    call: Call,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
) -> None:
    user = request.getfixturevalue(member)

    response = api_for(user).post(f"/api/v1/calls/{call.public_id}/end")

    assert response.status_code == 202
    assert response.json()["end_reason"] == EndReason.ENDED_BY_MANAGER
    assert carrier.hung_up == [call.sid]
    assert CallEvent.objects.get(kind="supervisor.end").user == user


@pytest.mark.parametrize("member", ["rep", "auditor"])
@pytest.mark.parametrize("action", ["end", "intervene"])
def test_who_may_only_look_cannot_take_part(
    action: str,
    member: str,
    request: pytest.FixtureRequest,
    call: Call,
    carrier: ScriptedCarrier,
    api_for: ApiFor,
) -> None:
    api = api_for(request.getfixturevalue(member))

    response = api.post(f"/api/v1/calls/{call.public_id}/{action}", {"action": "pause"})

    assert refusal(response, 403)["code"] == "not_allowed"
    assert carrier.hung_up == []
    assert not CallEvent.objects.filter(kind__startswith="supervisor").exists()


@pytest.mark.parametrize("action", ["end", "intervene"])
def test_a_call_of_others_cannot_be_touched(
    action: str, call: Call, outsider: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    url = f"/api/v1/calls/{call.public_id}/{action}"

    refusal(api_for(outsider).post(url, {"action": "pause"}), 404)
    refusal(api_for(None).post(url, {"action": "pause"}), 401)
    assert carrier.hung_up == []


def test_a_call_that_is_over_cannot_be_ended(
    ended_call: Call, manager: User, carrier: ScriptedCarrier, api_for: ApiFor
) -> None:
    response = api_for(manager).post(f"/api/v1/calls/{ended_call.public_id}/end")

    assert refusal(response, 409) == {
        "code": "conflict",
        "message": "This call is over already.",
    }
    assert carrier.hung_up == []


# ---------------------------------------------------------------- talking to the agent


@pytest.mark.parametrize(
    ("body", "command", "text"),
    [
        ({"action": "say", "text": " The visit\nis free. "}, "say", "The visit is free."),
        ({"action": "instruct", "text": "Offer a visit."}, "instruct", "Offer a visit."),
        ({"action": "pause"}, "pause", ""),
    ],
)
def test_the_process_that_holds_the_call_is_told(
    body: dict[str, str], command: str, text: str, call: Call, manager: User, api_for: ApiFor
) -> None:
    api = api_for(manager)

    response, message = _listening(
        call, lambda: api.post(f"/api/v1/calls/{call.public_id}/intervene", body)
    )

    assert response.status_code == 202
    assert response.json()["agent_paused"] is (command == "pause")
    assert message == {"type": "supervisor.command", "command": command, "text": text}
    assert CallEvent.objects.get(kind=f"supervisor.{command}").user == manager


def test_a_paused_agent_is_resumed(call: Call, manager: User, api_for: ApiFor) -> None:
    api, url = api_for(manager), f"/api/v1/calls/{call.public_id}/intervene"

    assert api.post(url, {"action": "pause"}).json()["agent_paused"] is True
    assert refusal(api.post(url, {"action": "pause"}), 409)["code"] == "conflict"
    assert api.post(url, {"action": "resume"}).json()["agent_paused"] is False
    assert refusal(api.post(url, {"action": "resume"}), 409)["code"] == "conflict"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "dance"}, "action"),
        ({}, "action"),
        ({"action": "say"}, "text"),
        ({"action": "say", "text": "  "}, "text"),
        ({"action": "instruct", "text": "x" * 1001}, "text"),
        (["say"], "body"),
    ],
)
def test_an_intervention_that_makes_no_sense_is_named(
    body: Any, field: str, call: Call, manager: User, api_for: ApiFor
) -> None:
    response = api_for(manager).post(f"/api/v1/calls/{call.public_id}/intervene", body)

    assert list(refusal(response, 422)["fields"]) == [field]


def test_an_agent_that_is_not_talking_cannot_be_told(
    make_call: MakeCall, manager: User, api_for: ApiFor
) -> None:
    call = make_call(status=CallStatus.RINGING)
    url = f"/api/v1/calls/{call.public_id}/intervene"

    for body in ({"action": "say", "text": "Hello"}, {"action": "pause"}):
        assert refusal(api_for(manager).post(url, body), 409)["code"] == "conflict"
    call.refresh_from_db()
    assert call.agent_paused is False


def _listening(call: Call, act: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """What ``act`` gives, and the next message to the process that holds the call."""

    async def run() -> tuple[Any, dict[str, Any]]:
        layer = get_channel_layer()
        assert layer is not None
        channel = await layer.new_channel()
        await layer.group_add(push.live_group(call.public_id), channel)
        answer = await sync_to_async(act)()
        return answer, await asyncio.wait_for(layer.receive(channel), timeout=5)

    return async_to_sync(run)()
