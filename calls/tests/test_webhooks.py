"""The webhooks, asked as Twilio asks: signed over the public URL."""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from calls import services, twiml
from calls.carriers.base import get_carrier
from calls.enums import CallStatus, EndReason
from calls.models import Call, MediaStream
from conftest import BUSINESS_NUMBER, CUSTOMER_NUMBER, MakeCall, open_stream
from salesdesk.businesses.models import Business

pytestmark = pytest.mark.django_db

TOKEN = "the account's token"
SID = "CA" + "1" * 32


@pytest.fixture(autouse=True)
def twilio(settings: Settings) -> Iterator[None]:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.PUBLIC_URL = "https://desk.example.com"
    settings.MEDIA_STREAM_URL = "wss://media.example.com"
    settings.SECURE_SSL_REDIRECT = False
    get_carrier.cache_clear()
    yield
    get_carrier.cache_clear()


def post(path: str, **parameters: str) -> HttpResponse:
    url = "https://desk.example.com" + path
    signature = RequestValidator(TOKEN).compute_signature(url, parameters)
    answer = Client().post(path, parameters, headers={"X-Twilio-Signature": signature})
    assert isinstance(answer, HttpResponse)
    return answer


def ring(**changes: str) -> HttpResponse:
    parameters = {
        "CallSid": SID,
        "From": CUSTOMER_NUMBER,
        "To": BUSINESS_NUMBER,
        "CallStatus": "ringing",
        "Direction": "inbound",
        **changes,
    }
    return post("/twilio/voice/", **parameters)


def told(status: str, **parameters: str) -> HttpResponse:
    return post("/twilio/status/", CallSid=SID, CallStatus=status, **parameters)


def verbs(response: HttpResponse) -> list[str]:
    return [verb.tag for verb in ElementTree.fromstring(response.content)]  # noqa: S314  # ours


@pytest.mark.parametrize("path", ["/twilio/voice/", "/twilio/status/", "/twilio/stream-ended/"])
def test_an_unsigned_request_is_refused_before_anything_happens(
    business: Business, path: str
) -> None:
    parameters = {"CallSid": SID, "To": BUSINESS_NUMBER, "From": CUSTOMER_NUMBER}
    forged = Client().post(path, parameters, headers={"X-Twilio-Signature": "forged"})
    unsigned = Client().post(path, parameters)
    assert (forged.status_code, unsigned.status_code) == (403, 403)
    assert Client().get(path).status_code == 405
    assert not Call.objects.exists()


def test_a_signature_of_other_parameters_is_refused(business: Business) -> None:
    url = "https://desk.example.com/twilio/voice/"
    signature = RequestValidator(TOKEN).compute_signature(url, {"CallSid": SID})
    answer = Client().post(
        "/twilio/voice/",
        {"CallSid": SID, "To": BUSINESS_NUMBER},
        headers={"X-Twilio-Signature": signature},
    )
    assert answer.status_code == 403


def test_without_a_token_of_the_account_nothing_is_trusted(
    business: Business, settings: Settings
) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    assert ring().status_code == 403


def test_a_call_is_connected_to_a_stream_of_its_own(business: Business) -> None:
    answer = ring()
    connect = ElementTree.fromstring(answer.content)[0]  # noqa: S314  # our own answer
    assert connect.get("action") == "https://desk.example.com/twilio/stream-ended/"
    url = connect[0].get("url") or ""
    token = url.removeprefix("wss://media.example.com/media/").removesuffix("/")
    assert services.claim_stream(token).call.sid == SID


def test_asking_again_makes_no_second_call(business: Business) -> None:
    ring()
    ring()
    assert Call.objects.count() == 1


def test_nobodys_number_gets_a_sentence_and_a_record() -> None:
    answer = ring(To="+19995550000")
    assert verbs(answer) == ["Say", "Hangup"]
    assert twiml.NOBODY_HERE.encode().replace(b"'", b"'") in answer.content
    assert Call.objects.get().end_reason == EndReason.UNKNOWN_NUMBER
    assert verbs(ring(To="+19995550000")) == ["Say", "Hangup"]


def test_a_caller_without_number_is_a_caller(business: Business) -> None:
    ring(From="")
    assert Call.objects.get().from_number == "unknown"


def test_parameters_that_postgres_cannot_keep_do_no_harm(business: Business) -> None:
    assert ring(From="+1\0415", CallSid=f"{SID}\0").status_code == 200
    assert post("/twilio/voice/?call=a%00b", CallSid=SID).status_code == 204


def test_callbacks_complete_the_call(business: Business) -> None:
    ring()
    open_stream(Call.objects.get())
    assert told("completed", CallDuration="61", SequenceNumber="3").status_code == 204
    call = Call.objects.get()
    assert (call.status, call.duration_seconds) == (CallStatus.COMPLETED, 61)
    assert call.legs.get().status == CallStatus.COMPLETED


def test_repeated_and_late_callbacks_change_nothing(make_call: MakeCall) -> None:
    ring_call = make_call(status=CallStatus.RINGING)
    Call.objects.filter(pk=ring_call.pk).update(sid=SID)
    told("completed", CallDuration="61", SequenceNumber="3")
    before = Call.objects.values().get()
    events = ring_call.events.count()
    told("completed", CallDuration="99", SequenceNumber="3")
    assert ring_call.events.count() == events
    for late in ("initiated", "ringing", "in-progress", "busy", "failed"):
        told(late, SequenceNumber="1")
    assert Call.objects.values().get() == before


def test_an_outbound_call_is_known_by_the_id_in_its_url(
    business: Business, make_call: MakeCall
) -> None:
    call = Call.objects.create(
        business=business, direction="outbound", from_number="+1", to_number="+2"
    )
    path = f"/twilio/voice/?call={call.public_id}"
    answer = post(path, CallSid=SID, CallStatus="in-progress", Direction="outbound-api")
    assert verbs(answer) == ["Connect"]
    call.refresh_from_db()
    assert call.sid == SID
    wrong = post(path, CallSid="CA" + "2" * 32, CallStatus="in-progress")
    assert wrong.status_code == 204


def test_an_outbound_callback_may_come_before_the_carriers_answer(business: Business) -> None:
    call = Call.objects.create(
        business=business, direction="outbound", from_number="+1", to_number="+2"
    )
    path = f"/twilio/status/?call={call.public_id}"
    post(path, CallSid=SID, CallStatus="ringing", SequenceNumber="1")
    services.identify_call(call, SID)
    call.refresh_from_db()
    assert (call.status, call.sid, call.legs.count()) == (CallStatus.RINGING, SID, 1)


@pytest.mark.parametrize(
    ("told_status", "status"),
    [("busy", "busy"), ("no-answer", "no_answer"), ("failed", "failed"), ("canceled", "canceled")],
)
def test_outbound_calls_that_reach_nobody(
    business: Business, told_status: str, status: str
) -> None:
    call = Call.objects.create(
        business=business, direction="outbound", from_number="+1", to_number="+2"
    )
    path = f"/twilio/status/?call={call.public_id}"
    post(path, CallSid=SID, CallStatus=told_status, SequenceNumber="2")
    call.refresh_from_db()
    assert (call.status, call.duration_seconds) == (status, 0)


def test_what_is_not_known_here_is_not_asked_for_again() -> None:
    assert told("completed").status_code == 204
    assert told("a status of tomorrow").status_code == 204
    assert post("/twilio/voice/", Direction="outbound-api", CallSid=SID).status_code == 204
    assert post("/twilio/voice/?call=none", CallSid=SID).status_code == 204


# ---------------------------------------------------------------- the end of a stream


def ended_stream(**parameters: str) -> HttpResponse:
    return post("/twilio/stream-ended/", CallSid=SID, **parameters)


@pytest.fixture
def stream(business: Business) -> MediaStream:
    ring()
    return open_stream(Call.objects.get())


def test_an_orderly_end_hangs_up(stream: MediaStream) -> None:
    services.end_stream(stream, EndReason.AGENT_SAID_GOODBYE)
    assert verbs(ended_stream(CallStatus="in-progress")) == ["Hangup"]


def test_a_broken_engine_is_apologised_for(stream: MediaStream) -> None:
    services.end_stream(stream, EndReason.ENGINE_FAILED, error="Out of order.")
    assert verbs(ended_stream(CallStatus="in-progress")) == ["Say", "Hangup"]
    told("completed", SequenceNumber="3")
    assert Call.objects.get().status == CallStatus.FAILED


def test_a_stream_that_nobody_ended_broke(stream: MediaStream) -> None:
    assert verbs(ended_stream(CallStatus="in-progress")) == ["Say", "Hangup"]
    stream.refresh_from_db()
    assert stream.end_reason == EndReason.MEDIA_FAILED


def test_a_caller_who_hung_up_broke_nothing(stream: MediaStream) -> None:
    assert verbs(ended_stream(CallStatus="completed")) == ["Hangup"]
    stream.refresh_from_db()
    assert stream.ended_at is None


def test_a_stream_that_never_opened_is_apologised_for(business: Business) -> None:
    ring()
    assert verbs(ended_stream(CallStatus="in-progress")) == ["Say", "Hangup"]
    assert Call.objects.get().end_reason == EndReason.MEDIA_FAILED


# ---------------------------------------------------------------- who answered


@pytest.fixture
def outbound(business: Business, make_call: MakeCall) -> Call:
    return make_call(business, status=CallStatus.IN_PROGRESS, direction="outbound", sid=SID)


def tell_who(call: Call, who: str, sid: str = SID) -> HttpResponse:
    return post(f"/twilio/amd/?call={call.public_id}", CallSid=sid, AnsweredBy=who)


@pytest.mark.parametrize(
    ("who", "stored", "told"),
    [
        ("human", "human", "human"),
        ("unknown", "unknown", "unknown"),
        ("fax", "fax", "fax"),
        ("machine_start", "machine", "machine"),
        ("machine_end_beep", "machine", "machine over"),
        ("machine_end_silence", "machine", "machine over"),
        ("machine_end_other", "machine", "machine over"),
    ],
)
def test_who_answered_is_stored_and_told_to_the_session(
    outbound: Call, monkeypatch: pytest.MonkeyPatch, who: str, stored: str, told: str
) -> None:
    heard: list[tuple[str, ...]] = []
    monkeypatch.setattr("calls.push.to_live_call", lambda *words: heard.append(words))

    assert tell_who(outbound, who).status_code == 204

    outbound.refresh_from_db()
    assert outbound.answered_by == stored
    assert heard == [(outbound.public_id, "picked_up", told)]
    event = outbound.events.get(kind=services.ANSWERED_BY)
    assert event.detail == {"answered_by": stored, "by": "carrier"}


def test_a_verdict_that_is_repeated_is_noted_once(outbound: Call) -> None:
    tell_who(outbound, "machine_start")
    tell_who(outbound, "machine_start")
    assert outbound.events.filter(kind=services.ANSWERED_BY).count() == 1


@pytest.mark.parametrize(("who", "stays"), [("unknown", "machine"), ("human", "machine")])
def test_a_machine_that_was_known_by_its_words_stays_one(
    outbound: Call, who: str, stays: str
) -> None:
    Call.objects.filter(pk=outbound.pk).update(answered_by="machine")
    tell_who(outbound, who)
    outbound.refresh_from_db()
    assert outbound.answered_by == stays


def test_who_answered_is_taken_from_the_carrier_only(outbound: Call) -> None:
    path = f"/twilio/amd/?call={outbound.public_id}"
    forged = Client().post(path, {"CallSid": SID, "AnsweredBy": "machine_start"})
    assert forged.status_code == 403
    for sid, who in (("CA" + "2" * 32, "machine_start"), (SID, "somebody"), (SID, "")):
        assert tell_who(outbound, who, sid).status_code == 204
    Call.objects.filter(pk=outbound.pk).update(status=CallStatus.COMPLETED)
    assert tell_who(outbound, "machine_start").status_code == 204

    outbound.refresh_from_db()
    assert outbound.answered_by == ""
    assert not outbound.events.filter(kind=services.ANSWERED_BY).exists()
